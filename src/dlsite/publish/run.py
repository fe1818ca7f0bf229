"""Make a directory hold exactly the site, besides what is not ours.

The only code that touches the output directory, and only after everything rendered.  A
change of a few files is made in place behind a journal; a larger one is built beside
the directory and exchanged with it in one step, where nothing of anybody else's is in
it.  Whoever is killed leaves what the next run completes or removes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dlsite.publish.change import Change, find_change
from dlsite.publish.directory import PublishError, is_all_ours, is_empty, refuse_foreign
from dlsite.publish.exchange import exchange, sweep
from dlsite.publish.journal import change_in_place, complete, remove
from dlsite.publish.lock import locked
from dlsite.publish.manifest import MANIFEST, read_manifest
from dlsite.publish.respelt import Spellings
from dlsite.records import OutputFile

FEW, FEW_OF = 32, 200
"""Up to so many files, or one of so many, are renamed one by one: sooner done than a directory
is built."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing changed, as paths in the output directory, sorted.

    `is_in_place` says that what is unchanged are the same files as before.
    `digests` are those of all that stands there now and is ours, by path.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)
    is_in_place: bool = True

    @property
    def numbers(self) -> tuple[int, int, int]:
        """How many outputs were written, left unchanged and removed."""
        return len(self.added) + len(self.changed), self.unchanged, len(self.removed)


def nobody() -> None:
    """Tell nobody that there is somebody to wait for."""


def publish(
    outputs: Iterable[OutputFile],
    output: Path,
    *,
    force: bool = False,
    unchanged: Mapping[str, str] = MappingProxyType({}),
    on_wait: Callable[[], None] = nobody,
) -> Published:
    """Make `output` hold exactly `outputs` and what is `unchanged`, besides what is not ours.

    `unchanged` are path and digest of outputs that stand as the last build left them;
    `ChangedMeanwhileError` says that another build has been at work since.

    A file in the way that is not ours stops everything before the first write, unless
    `force`.  `on_wait` is called where another build is at work in the directory, before
    waiting for it.  Raises `PublishError` also where the system refuses.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        with locked(output, on_wait):
            sweep(output)
            complete(output)
            return _publish(tuple(outputs), output, unchanged, force=force)
    except OSError as error:
        where = error.filename or output
        raise PublishError(f"cannot write '{where}': {error.strerror or error}") from error


def _publish(
    outputs: tuple[OutputFile, ...], output: Path, unchanged: Mapping[str, str], *, force: bool
) -> Published:
    # For a first build there is nothing to compare with, and nothing in the way.
    standing = None if is_empty(output) else output
    change = find_change(outputs, standing, read_manifest(output), unchanged)
    paths = {file.path for file in change.pending}
    ours = Spellings(output, change.before)
    for path in paths if standing else ():
        refuse_foreign(output, path, ours, force=force)
    changed = tuple(sorted(path for path in paths if standing and (output / path).is_file()))
    added = tuple(sorted(paths - set(changed)))
    removed = tuple(path for path in change.stale if (output / path).is_file())
    is_in_place = change.is_nothing or _carry_out(output, change)
    return Published(added, changed, removed, len(change.kept), change.digests, is_in_place)


def _carry_out(output: Path, change: Change) -> bool:
    """Do what has to be done; return whether the directory is still the same one."""
    few = max(FEW, len(change.digests) // FEW_OF)
    is_large = len(change.pending) + len(change.stale) > few
    if is_large and is_all_ours(output, change.before) and exchange(output, change):
        return False
    change_in_place(output, change)
    return True


def clean(output: Path) -> tuple[str, ...]:
    """Remove what dlsite wrote, and nothing else; returns the paths removed."""
    if not output.is_dir():
        return ()
    with locked(output, nobody):
        sweep(output)
        complete(output)
        ours = sorted(path for path in read_manifest(output) if (output / path).is_file())
        remove(output, ours, ())
        (output / MANIFEST).unlink(missing_ok=True)
        if not any(output.iterdir()):
            output.rmdir()
    return tuple(path for path in ours if not (output / path).exists())
