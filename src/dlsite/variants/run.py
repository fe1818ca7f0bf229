"""Give the images that pages show smaller forms, made once and found again by their content.

An effect.  What an image becomes is remembered by the digest of its bytes, of the settings
and of the encoders; the forms lie in a folder of the site's memory, named by their digests.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import quote, unquote

from dlsite.files.walk import stamp
from dlsite.memory.cache import Cache
from dlsite.memory.store import FOLDER
from dlsite.records import IMAGES, Page, StaticFile, Variant
from dlsite.urls.permalinks import MAX_SEGMENT_BYTES, dark_twin
from dlsite.variants.encode import SETTINGS, Encoded, encode, encoders, is_available
from dlsite.variants.plan import FEWEST_BYTES, SUFFIX_BY_KIND, Made, worthwhile

SUFFIXES = (".jpeg", ".jpg", ".png", ".webp")
"""The images that get other forms."""

PLACE = f"{FOLDER}/images"
"""Where the forms lie in a site."""

_CACHED = "image variants"
# More is no picture for a page, and has to be held in memory several times.
_MOST_BYTES = 128 * 1024 * 1024
# So many times as many as are used may be remembered before the others are thrown out.
_ROOM = 2
_DIGEST_LENGTH = 10


@dataclass(frozen=True, slots=True)
class _Form:
    """A form that was made: media type, pixels across, digest; `stamp` is that of its file."""

    kind: str
    width: int
    digest: str
    stamp: str = ""


Progress = Callable[[str, int, int], None]


class Variants:
    """Makes the forms of a site's images, and remembers them.

    `folder` is the site's; without one the forms stay in memory.  `verify` takes no stamp
    for granted.
    """

    def __init__(
        self, cache: Cache, folder: Path | None, workers: int = 1, *, verify: bool = False
    ) -> None:
        self._store = cache.store
        self._folder = None if folder is None else folder / PLACE
        self._workers = workers
        self._verify = verify
        self._fresh: dict[str, bytes] = {}
        self._started_ns = time.time_ns()

    def add_to(
        self, statics: tuple[StaticFile, ...], pages: Iterable[Page], progress: Progress
    ) -> tuple[StaticFile, ...]:
        """Return the static files, those that pages show as images with their forms."""
        wanted = shown(statics, pages)
        if not wanted or not is_available():
            return statics
        keys = _keys(wanted)
        known = self._known(set(keys.values()))
        missing = {keys[file.path]: file for file in wanted if keys[file.path] not in known}
        with ThreadPoolExecutor(self._workers) as pool:
            # One that works alone needs no thread, of which the system may allow none.
            do = map if self._workers == 1 else pool.map
            for number, (key, forms) in enumerate(
                zip(missing, do(self._make, missing.values()), strict=True)
            ):
                known[key] = forms
                progress("images", number + 1, len(missing))
        self._keep(known, set(keys.values()))
        return tuple(
            self._with_forms(file, known[keys[file.path]]) if file.path in keys else file
            for file in statics
        )

    def with_remembered(
        self, statics: tuple[StaticFile, ...], wanted: Iterable[StaticFile]
    ) -> tuple[StaticFile, ...]:
        """Return the static files, those that are `wanted` with the forms made before."""
        keys = _keys(wanted)
        known = self._known(set(keys.values()))
        return tuple(
            self._with_forms(file, known.get(keys.get(file.path, ""), ())) for file in statics
        )

    # One image

    def _make(self, file: StaticFile) -> list[_Form]:
        try:
            path = Path(file.origin)
            if not FEWEST_BYTES <= path.stat().st_size <= _MOST_BYTES:
                return []
            content = path.read_bytes()
        except OSError:
            # Said already, where its digest was taken; or it has gone meanwhile.
            return []
        kind, width, encoded = encode(content)
        by_form = {Made(each.kind, each.width, len(each.content)): each for each in encoded}
        kept = worthwhile(by_form, own_kind=kind, own_width=width, length=len(content))
        return [self._put(by_form[form]) for form in kept]

    def _put(self, made: Encoded) -> _Form:
        """Write a form into the folder, or keep it in memory where that cannot be."""
        digest = hashlib.sha256(made.content).hexdigest()
        form = _Form(made.kind, made.width, digest)
        if self._folder is None or not self._store.is_kept:
            self._fresh[digest] = made.content
            return form
        path = self._folder / digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            passing = path.with_name(f"{digest}.{os.getpid()}.new")
            passing.write_bytes(made.content)
            passing.replace(path)
            return replace(form, stamp=stamp(path.stat()))
        except OSError:
            self._fresh[digest] = made.content
            return form

    def _with_forms(self, file: StaticFile, forms: Iterable[_Form]) -> StaticFile:
        return replace(file, variants=tuple(self._variant(file, form) for form in forms))

    def _variant(self, file: StaticFile, form: _Form) -> Variant:
        stem = PurePosixPath(file.url_path).with_suffix("")
        name = f"{stem}-{form.width}.{form.digest[:_DIGEST_LENGTH]}{SUFFIX_BY_KIND[form.kind]}"
        content = self._fresh.get(form.digest, b"")
        origin = "" if content or self._folder is None else str(self._folder / form.digest)
        copy = StaticFile(name, file.path, origin, form.digest, content=content)
        return Variant(copy, form.kind, form.width)

    # Memory

    def _known(self, wanted: set[str]) -> dict[str, list[_Form]]:
        """Return what is remembered and still there, by key."""
        try:
            rows = json.loads(self._store.get("stamps", _CACHED) or "{}")
            remembered = {key: [_Form(**form) for form in forms] for key, forms in rows.items()}
        except (ValueError, TypeError, AttributeError):
            return {}
        known = {}
        for key, forms in remembered.items():
            found = [self._found(form) for form in forms] if key in wanted else list(forms)
            if None not in found:
                known[key] = [form for form in found if form is not None]
        return known

    def _found(self, form: _Form) -> _Form | None:
        """Return a form with the stamp that its file has now; `None` where it is not the same."""
        if self._folder is None:
            return None
        path = self._folder / form.digest
        try:
            now = stamp(path.stat())
            if now == form.stamp and not self._verify:
                return form
            is_same = hashlib.sha256(path.read_bytes()).hexdigest() == form.digest
        except OSError:
            return None
        return replace(form, stamp=now) if is_same else None

    def _keep(self, known: Mapping[str, list[_Form]], used: set[str]) -> None:
        """Remember what is known, without what is not used where that has become much."""
        if self._folder is None:
            return
        kept = {
            key: forms
            for key, forms in known.items()
            if (key in used or len(known) <= _ROOM * len(used))
            and not any(form.digest in self._fresh for form in forms)
        }
        text = json.dumps({key: [asdict(form) for form in kept[key]] for key in sorted(kept)})
        if text == self._store.get("stamps", _CACHED):
            return
        self._store.put("stamps", [(_CACHED, text)])
        named = {form.digest for forms in kept.values() for form in forms}
        for path in self._files():
            # What has come since we began is of another build, which is going to publish it.
            with suppress(OSError):
                if path.name not in named and path.stat().st_mtime_ns < self._started_ns:
                    path.unlink()

    def _files(self) -> Iterator[Path]:
        if self._folder is not None and self._folder.is_dir():
            yield from self._folder.iterdir()


class Remembered(Variants):
    """The forms that an earlier build has made; makes none, and writes nothing."""

    def add_to(
        self, statics: tuple[StaticFile, ...], pages: Iterable[Page], progress: Progress
    ) -> tuple[StaticFile, ...]:
        """Return the static files, those that pages show as images with the forms there are."""
        del progress
        wanted = shown(statics, pages)
        return self.with_remembered(statics, wanted) if wanted and is_available() else statics


def shown(statics: Iterable[StaticFile], pages: Iterable[Page]) -> list[StaticFile]:
    """Return the images that pages show, and their dark twins.

    Where a reference leads is known only when every file has its route, so a file counts
    that is called as one is: what is made in vain is made once.
    """
    names = {_name(target) for page in pages for target in _targets(page)}
    names |= {dark_twin(name) for name in names}
    return [
        file
        for file in statics
        if file.url_path.lower().endswith(SUFFIXES)
        and not file.fault
        and (name := _name(quote(file.url_path))) in names
        and len(name.encode()) <= MAX_SEGMENT_BYTES
    ]


def _targets(page: Page) -> Iterator[str]:
    # Those of the front matter stand last, and are not shown.
    fields = page.front_matter
    count = len(page.references) - (fields.image is not None) - len(fields.requires)
    for reference in page.references[:count]:
        if reference.kind in IMAGES:
            yield reference.target


def _name(target: str) -> str:
    path = unquote(target.partition("?")[0].partition("#")[0])
    return normalize("NFC", path.strip().rpartition("/")[2])


def _keys(files: Iterable[StaticFile]) -> dict[str, str]:
    """Return under what the forms of each file are remembered, by its path."""
    made_by = f"{SETTINGS} {encoders()}"
    return {
        file.path: hashlib.sha256(f"{file.digest} {made_by}".encode()).hexdigest()[:32]
        for file in files
    }


def clean(folder: Path) -> None:
    """Remove the forms that are remembered of the site in `folder`."""
    place = folder / PLACE
    if place.is_dir():
        for path in place.iterdir():
            path.unlink(missing_ok=True)
        place.rmdir()
