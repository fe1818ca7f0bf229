"""What publishing has to do to a directory, decided before anything is done."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from stat import S_ISREG
from types import MappingProxyType

from dlsite.dataclass import dataclass
from dlsite.publish.manifest import folders_of, parents
from dlsite.publish.respelt import Spellings, in_new_spelling
from dlsite.records import OutputFile


@dataclass(frozen=True, slots=True)
class Change:
    """The difference between a directory and a site.

    `digests` are those of all outputs by path, `before` those of the last build.
    `pending` are the outputs that the directory does not hold as they should be,
    `kept` the paths of the others; `stale` the paths of the last build that are no
    outputs any more, `respelt` those of them that stand in the place of new outputs or of
    their folders under another spelling: on a file system that is blind to letter case.
    """

    digests: Mapping[str, str]
    before: Mapping[str, str]
    pending: tuple[OutputFile, ...]
    kept: tuple[str, ...]
    stale: tuple[str, ...]
    respelt: Collection[str]

    @property
    def is_nothing(self) -> bool:
        """Whether the directory is as it should be."""
        return not self.pending and self.digests == self.before

    @property
    def in_the_way(self) -> tuple[str, ...]:
        """The stale files where a folder must go, and those in folders where a file must go.

        So are those of which new ones would keep the letter case.
        """
        if not self.stale:
            return ()
        folders = folders_of(self.digests)
        return tuple(
            path
            for path in self.stale
            if path in self.respelt
            or path in folders
            or any(parent in self.digests for parent in parents(path))
        )


class ChangedMeanwhileError(Exception):
    """What was to be kept is not what stands in the directory: another build was faster."""


def find_change(
    outputs: Iterable[OutputFile],
    output: Path | None,
    before: Mapping[str, str],
    unchanged: Mapping[str, str] = MappingProxyType({}),
) -> Change:
    """Compare every output with what stands in the directory, byte for byte.

    Without `output` nothing stands there.
    `unchanged` are path and digest of outputs that need not be compared, for nobody has
    touched them since the last build.  Raises `ChangedMeanwhileError` where that build
    is not the one that they are known from.
    """
    if any(before.get(path) != digest for path, digest in unchanged.items()):
        raise ChangedMeanwhileError
    digests = dict(unchanged)
    pending: list[OutputFile] = []
    kept = list(unchanged)
    spellings = Spellings(output or Path(), before)
    for file in outputs:
        digests[file.path] = _digest(file)
        is_respelt = output and file.path not in before and file.path in spellings
        if output and not is_respelt and _holds(output / file.path, content_of(file)):
            kept.append(file.path)
        else:
            pending.append(file)
    stale = tuple(sorted(before.keys() - digests.keys()))
    new = [file.path for file in pending if file.path not in before]
    respelt = in_new_spelling(output, stale, new) if output and stale and new else ()
    return Change(digests, before, tuple(pending), tuple(kept), stale, respelt)


def _digest(file: OutputFile) -> str:
    # A file may have changed since somebody took its digest.
    if file.digest and not file.origin:
        return file.digest
    return hashlib.sha256(content_of(file)).hexdigest()


def content_of(file: OutputFile) -> bytes:
    """Return the bytes of an output file, from its origin or from where they are held."""
    if file.held is not None:
        return file.held.read()
    return Path(file.origin).read_bytes() if file.origin else file.content


def _holds(target: Path, content: bytes) -> bool:
    try:
        found = target.stat()
        # A pipe of somebody else's would be read for ever.
        is_like_it = S_ISREG(found.st_mode) and found.st_size == len(content)
        return is_like_it and target.read_bytes() == content
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False
