"""Put a few files in the place of others in a directory of which the rest is as it should be.

Who has looked at the directory knows that it is; that nobody has published since is shown
by the manifest, of which the digest is known.  The change is made in place, behind a
journal, whatever its size: with words changed and nothing else, each file is as good beside
the old ones as beside the new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from dlsite.dataclass import dataclass
from dlsite.publish.change import ChangedMeanwhileError, content_of
from dlsite.publish.directory import PublishError, refuse_foreign
from dlsite.publish.exchange import sweep
from dlsite.publish.journal import complete, put_in_place
from dlsite.publish.lock import locked
from dlsite.publish.manifest import MANIFEST, Entries
from dlsite.records import OutputFile


@dataclass(frozen=True, slots=True)
class Amended:
    """What was written, by path with its digest, what was removed, and what stands unchanged.

    `manifest` is the digest of the manifest.
    """

    digests: Mapping[str, str]
    removed: tuple[str, ...]
    unchanged: int
    manifest: str


def amend(
    output: Path,
    files: Iterable[OutputFile],
    gone: Iterable[str],
    manifest: str,
    on_wait: Callable[[], None],
) -> Amended:
    """Write those of `files` that stand there otherwise or not at all, and remove what is `gone`.

    `manifest` is the digest of the manifest that the last build wrote; raises
    `ChangedMeanwhileError` where another one stands there, and `PublishError` where
    something is in the way or the system refuses.
    """
    try:
        with locked(output, on_wait):
            sweep(output)
            complete(output)
            return _amend(output, files, gone, manifest)
    except OSError as error:
        where = error.filename or output
        raise PublishError(f"cannot write '{where}': {error.strerror or error}") from error


def _amend(
    output: Path, files: Iterable[OutputFile], gone: Iterable[str], manifest: str
) -> Amended:
    # A pipe of somebody else's would be read for ever.
    content = (output / MANIFEST).read_bytes() if (output / MANIFEST).is_file() else b""
    if hashlib.sha256(content).hexdigest() != manifest:
        raise ChangedMeanwhileError
    entries = Entries(content)
    added: list[OutputFile] = []
    changed: list[OutputFile] = []
    digests = {}
    for file in files:
        digest = hashlib.sha256(content_of(file)).hexdigest()
        known = entries.get(file.path)
        if known == digest:
            continue
        refuse_foreign(output, file.path, {file.path: known} if known else {}, force=False)
        (changed if known else added).append(file)
        digests[file.path] = digest
    removed = tuple(sorted(path for path in gone if entries.get(path)))
    unchanged = len(entries) - len(changed) - len(removed)
    for path in removed:
        entries.remove(path)
    for path, digest in digests.items():
        entries.put(path, digest)
    if not digests and not removed:
        return Amended({}, (), unchanged, manifest)
    content = entries.content()
    # What is new stands before anything leads to it.
    put_in_place(output, [*added, *changed], content, last=removed)
    return Amended(digests, removed, unchanged, hashlib.sha256(content).hexdigest())
