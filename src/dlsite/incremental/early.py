"""End a build or check in which nothing changed: compare two listings, say what was said, exit.

Nothing but the listings is looked at, and none of the libraries is imported: what such
a run costs is Python's start and one look at every file.  A run in which a few pages have
changed goes on from what was seen here (`touchup`).  Whatever is out of the ordinary (no
record, another version, a file that cannot be read) means that the run is done in full,
which finds out for itself.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence

from dlsite.files.leftovers import has_leftovers
from dlsite.files.stamped import Stamped
from dlsite.files.walk import SEPARATOR, Globs, is_settled, stamp, walk
from dlsite.incremental.typed import Typed, typed
from dlsite.memory import tool
from dlsite.memory.store import FOLDER, NAME, Store

# To import it takes longer than to compare two listings.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

CONFIG_FILES = ("dlsite.yml", "dlsite.yaml", "_config.yml")

_ENVIRONMENT = ("DLSITE_BASE_URL", "GITHUB_ACTIONS", "PYTHONTZPATH")
_RECENT = "recent"
_MOST_RUNS = 8
_MOST_BESIDE = 500

MOST_EDITS = 8
"""Edits of more pages at once are seldom all of words."""

SUMMARY = ("\1", "\2", "\3", "\0")
"""What stands in a summary for the numbers of outputs written, unchanged and removed, and for
the seconds that a run took."""


def run_key(asked: Typed) -> str:
    """Return the name of a run: all that decides what it does, beside the files and the time."""
    return json.dumps([*asked.words, *(os.environ.get(name) for name in _ENVIRONMENT)])


def manner(colour: str, *, is_quiet: bool) -> str:
    """Return the name of a way to tell what was found; `colour` is `always` or `never`."""
    return f"quiet, {colour}" if is_quiet else colour


ALIKE = ""
"""The name for all ways to tell of it, where they are one."""


def told(shown: Mapping[str, str], colour: str, *, is_quiet: bool) -> str:
    """Return what was found as it is told in one way, of all ways by name."""
    return shown[ALIKE if ALIKE in shown else manner(colour, is_quiet=is_quiet)]


def listing_of(folders: Iterable[str], files: Iterable[str], root: str) -> str:
    """Return one text that changes whenever something does that a site is made of.

    `folders` are the listings of its folders; `files` single files of the site or of the
    system, which may or may not be there.
    """
    stamps = [stamp_of(os.path.join(root, file)) for file in files]
    return SEPARATOR.join([tool.listing(), *stamps, *folders])


def stamp_of(path: str) -> str:
    """Return the stamp of a file; an empty one where there is none."""
    try:
        return stamp(os.stat(path))
    except OSError:
        return ""


def stamps_of(folder: str, paths: Iterable[str]) -> list[str]:
    """Return the stamps of files of a folder; an empty one for what is not there."""
    return [stamp_of(f"{folder}/{path}") for path in paths]


def keep(store: Store, key: str, record: dict[str, Any], sources: str, outputs: Stamped) -> None:
    """Remember a run."""
    recent = [each for each in json.loads(store.get("runs", _RECENT) or "[]") if each != key]
    for old in recent[_MOST_RUNS - 1 :]:
        store.remove("runs", _parts(old))
    record |= {"edited": {}, "rewritten": {}}
    runs = json.dumps([key, *recent[: _MOST_RUNS - 1]])
    texts = (json.dumps(record), sources, *outputs.to_keep(), runs)
    store.put_for_sure("runs", dict(zip((*_parts(key), _RECENT), texts, strict=True)))


def keep_changes(seen: Seen, rewritten: Mapping[str, str]) -> None:
    """Remember a run in which pages were edited: the listings stay, and beside them what is other.

    `rewritten` are the stamps of outputs by path, empty for one that is there no more.
    """
    record = seen.record
    record["edited"] |= {edit.relative: edit.stamp for edit in seen.edits}
    record["rewritten"] |= rewritten
    if len(record["edited"]) + len(record["rewritten"]) > _MOST_BESIDE:
        standing = [(path, stamp) for path, stamp in record["rewritten"].items() if stamp]
        outputs = seen.outputs.without(record["rewritten"]) + Stamped.of(standing)
        keep(seen.store, seen.key, record, seen.listing, outputs)
    else:
        seen.store.put_for_sure("runs", {seen.key: json.dumps(record)})


def recall(store: Store, key: str) -> tuple[dict[str, Any], str, Stamped] | None:
    """Return the record of a run, the listing of its sources, and its outputs."""
    contents = dict(store.contents("runs", _parts(key)))
    known, sources, paths, numbers = (contents.get(part) for part in _parts(key))
    if known is None or sources is None or paths is None or numbers is None:
        return None
    return json.loads(known), sources.decode(), Stamped.kept(paths.decode(), numbers)


def is_timely(record: dict[str, Any]) -> bool:
    """Say whether a run of now has the same pages to publish, none of them due or overdue."""
    now = os.environ.get("SOURCE_DATE_EPOCH") or time.time()
    is_due: bool = record["since"] <= int(now) < record["until"]
    return is_due


def _parts(key: str) -> tuple[str, str, str, str]:
    return key, f"{key} sources", f"{key} outputs", f"{key} stamps"


class Edit:
    """A page file that has changed: its path in the content folder, its stamps now and before."""

    __slots__ = ("before", "relative", "stamp")

    def __init__(self, relative: str, stamp: str, before: str) -> None:
        self.relative = relative
        self.stamp = stamp
        self.before = before


class Seen:
    """A run that was done before, and what stands there now: a few pages are other ones, or none.

    `asked` is what was typed, `key` the name of the run and `record` what is remembered of
    it.  `listing` is that of the sources as they are now, looked at at `taken_ns` (since the
    epoch); `files` are path and stamp of those of the content folder, and `edits` the pages
    that have changed.  `outputs` are those of what was published that stand as they were
    left, but for those that the record says have been rewritten since.
    """

    __slots__ = ("asked", "edits", "files", "key", "listing", "outputs", "record", "started",
                 "store", "taken_ns")  # fmt: skip

    def __init__(self, store: Store, asked: Typed, key: str, record: dict[str, Any]) -> None:
        self.store = store
        self.asked = asked
        self.key = key
        self.record = record
        self.taken_ns = time.time_ns()
        self.started = time.perf_counter()
        self.listing = ""
        self.files: list[tuple[str, str]] = []
        self.edits: list[Edit] = []
        self.outputs = Stamped.of(())

    def saw(self, stamps: Mapping[str, str]) -> bool:
        """Say whether outputs that were read, by path, were the ones that had been looked at."""
        known = self.outputs.stamps(stamps.keys()) | self.record["rewritten"]
        return all(known.get(path) == stamp_ for path, stamp_ in stamps.items())

    def source_path(self, relative: str) -> str:
        """Return the path of a page file in the site."""
        return f"{self.record['folders'][0][0]}/{relative}"


def look(arguments: Sequence[str]) -> Seen | None:
    """Look at the site, and return what is remembered of the same run with what stands there.

    `None` where there is nothing, or where more has changed than a few pages; else its store
    is open.
    """
    asked = typed(arguments)
    if asked is None or not os.path.isfile(path := f"{asked.root}/{FOLDER}/{NAME}"):
        return None
    store = Store(path)
    try:
        seen = _looked(store, asked)
    except (LookupError, TypeError, ValueError, OSError):
        # What is remembered has the form of another version, or what stands there cannot be seen.
        seen = None
    if seen is None:
        store.close()
    return seen


def _looked(store: Store, asked: Typed) -> Seen | None:
    root, key = asked.root, run_key(asked)
    recalled = recall(store, key)
    if recalled is None or not is_timely(recalled[0]):
        return None
    record, sources, outputs = recalled
    seen = Seen(store, asked, key, record)
    walks = [
        walk(os.path.join(root, path), Globs(exclude, include))
        for path, exclude, include in record["folders"]
    ]
    start = listing_of((), record["files"], root)
    seen.listing = SEPARATOR.join([start, *(walked.listing() for walked in walks)])
    seen.files = walks[0].files
    if seen.listing != sources or record["edited"]:
        first = start.count(SEPARATOR) + 1
        edits = _edits(sources, seen.listing, seen.files, record["edited"], first=first)
        if edits is None:
            return None
        seen.edits = edits
    output, rewritten = os.path.join(root, record["output"]), record["rewritten"]
    seen.outputs = outputs.without(rewritten)
    if not seen.outputs.stand_in(output) or stamps_of(output, rewritten) != [*rewritten.values()]:
        return None
    if record["manifest"] and has_leftovers(output):
        return None
    edited = {seen.source_path(edit.relative) for edit in seen.edits}
    is_as_it_was = all(
        digest_of(os.path.join(root, path)) == digest
        for path, _, digest in record["racy"]
        if path not in edited
    )
    return seen if is_as_it_was else None


def _edits(
    before: str, now: str, files: Sequence[tuple[str, str]], known: Mapping[str, str], *, first: int
) -> list[Edit] | None:
    """Return the page files whose stamps have changed; `None` where more has.

    `before` and `now` are two listings of the sources, of which that of the content folder
    begins at part `first`, and has `files`; `known` are stamps that are newer than `before`.
    """
    old, new = before.split(SEPARATOR), now.split(SEPARATOR)
    if len(old) != len(new):
        return None
    stamps = dict(known)
    for index, part in enumerate(new):
        if part != old[index]:
            # A listing says whether the folder exists, then path and stamp of each file.
            number, rest = divmod(index - first - 2, 2)
            if rest or not 0 <= number < len(files):
                return None
            stamps.setdefault(files[number][0], old[index])
    stamp_by_path = dict(files)
    edits = [
        Edit(path, stamp_by_path[path], stamp)
        for path, stamp in stamps.items()
        if stamp_by_path[path] != stamp
    ]
    return edits if len(edits) <= MOST_EDITS else None


def repeat(seen: Seen) -> int:
    """Do a run in which nothing has changed, and return its exit code."""
    _settle(seen.store, seen.key, seen.record)
    seen.store.close()
    return tell(seen, (0, seen.record["outputs"], 0))


def tell(seen: Seen, numbers: tuple[int, int, int]) -> int:
    """Say what the run said, and return its exit code.

    `numbers` are those of outputs written, unchanged and removed.
    """
    code: int = seen.record["code"]
    try:
        say(seen.record, seen.asked, numbers, time.perf_counter() - seen.started)
    except BrokenPipeError:
        from dlsite.processes.ending import EXIT_INTERRUPTED  # noqa: PLC0415 - needed only then

        tell_nobody()
        return EXIT_INTERRUPTED
    return code


def tell_nobody() -> None:
    """Let the reader of our output be gone; Python would complain again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            os.dup2(nowhere, stream.fileno())


def digest_of(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file in hex; empty where it cannot be read, or has no end."""
    from hashlib import file_digest  # noqa: PLC0415 - needed only just after a change

    if not os.path.isfile(path):
        return ""
    try:
        with open(path, "rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _settle(store: Store, key: str, record: dict[str, Any]) -> None:
    """Note that files which had just changed have been looked at again, later."""
    racy = [entry for entry in record["racy"] if not is_settled(entry[1], time.time_ns())]
    if len(racy) < len(record["racy"]):
        store.put("runs", [(key, json.dumps(record | {"racy": racy}))])


def say(
    record: dict[str, Any], asked: Typed, numbers: tuple[int, int, int], seconds: float
) -> None:
    """Print what the run printed that is remembered, in the manner asked for.

    What is counted is told anew: `numbers` are those of outputs written, unchanged and removed.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    stream = sys.stderr if record["to_error"] else sys.stdout
    # There is none where whoever started us has closed it (`>&-`).
    if stream is not None:
        colour = _colour(asked.color, stream)
        stream.write(told(record["shown"], colour, is_quiet=asked.is_quiet))
        stream.flush()
    for line in () if asked.is_quiet or sys.stderr is None else record["summary"]:
        sys.stderr.write(counted(line, numbers, seconds) + "\n")


def counted(line: str, numbers: tuple[int, int, int], seconds: float) -> str:
    """Return a line of a summary with the numbers in the place of its marks (`SUMMARY`)."""
    for mark, number in zip(SUMMARY, (*numbers, f"{seconds:.2f}"), strict=True):
        line = line.replace(mark, str(number))
    return line


def _colour(wanted: str, stream: TextIO) -> str:
    if wanted != "auto":
        return wanted
    return "never" if not stream.isatty() or os.environ.get("NO_COLOR") else "always"
