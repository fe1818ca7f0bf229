"""Change a directory in place, so that whoever is interrupted can be completed.

Everything new is first written into a folder of its own inside the directory, then a
plan of what goes where; from then on the change is decided.  The plan is a list of
renames and removals that can be done again and again, so the next run completes what
a killed one began.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from dlsite.dataclass import dataclass
from dlsite.files.leftovers import JOURNAL
from dlsite.publish.change import Change, content_of
from dlsite.publish.manifest import MANIFEST, is_plain, manifest_content, parents
from dlsite.publish.respelt import is_one_file
from dlsite.records import OutputFile
from dlsite.urls.permalinks import collision_key

_PLAN = "plan.json"


@dataclass(frozen=True, slots=True)
class _Plan:
    """Removals that must come first, renames by path from a staged name, and the others.

    The manifest is the last rename.
    """

    first: tuple[str, ...]
    staged_by_path: Mapping[str, str]
    last: tuple[str, ...]


def change_in_place(output: Path, change: Change) -> None:
    """Carry out a change; what is interrupted before it is decided leaves nothing changed."""
    put_in_place(
        output,
        change.pending,
        manifest_content(change.digests),
        first=change.in_the_way,
        last=change.stale,
    )


def put_in_place(
    output: Path,
    files: Iterable[OutputFile],
    manifest: bytes,
    *,
    first: Iterable[str] = (),
    last: Iterable[str] = (),
) -> None:
    """Remove what must go `first`, then put files in place one after another, and the `manifest`.

    What must go `last` is removed when all of the new files stand.
    """
    journal = output / JOURNAL
    try:
        plan = _stage(journal, files, manifest, tuple(first), tuple(last))
    except BaseException:
        shutil.rmtree(journal, ignore_errors=True)
        raise
    _carry_out(output, plan)


def complete(output: Path) -> None:
    """Complete what a killed run had decided, and forget what it had not."""
    journal = output / JOURNAL
    if journal.is_symlink() or not journal.is_dir():
        return
    plan = _read_plan(journal)
    if plan is None:
        shutil.rmtree(journal)
    else:
        _carry_out(output, plan)


def _stage(
    journal: Path,
    files: Iterable[OutputFile],
    manifest: bytes,
    first: tuple[str, ...],
    last: tuple[str, ...],
) -> _Plan:
    files = tuple(files)
    _refuse_unwritable(journal.parent, [*first, *(file.path for file in files), *last])
    journal.mkdir()
    staged: dict[str, str] = {}
    for number, file in enumerate(files):
        (journal / str(number)).write_bytes(content_of(file))
        staged[file.path] = str(number)
    (journal / MANIFEST).write_bytes(manifest)
    plan = _Plan(first, staged, last)
    written = {"first": plan.first, "renames": staged, "last": plan.last}
    # Renamed into its place, so that there is never half of it.
    (journal / f"{_PLAN}.new").write_text(json.dumps(written), encoding="utf-8")
    (journal / f"{_PLAN}.new").replace(journal / _PLAN)
    return plan


def _refuse_unwritable(output: Path, paths: Iterable[str]) -> None:
    """Raise where a folder may not be changed: half of what is decided would be done."""
    for folder in sorted({path.rpartition("/")[0] for path in paths}):
        place = output / folder
        while not place.exists():
            place = place.parent
        if place.is_dir() and not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))


def _read_plan(journal: Path) -> _Plan | None:
    try:
        written = json.loads((journal / _PLAN).read_text(encoding="utf-8"))
        plan = _Plan(tuple(written["first"]), dict(written["renames"]), tuple(written["last"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    paths = [*plan.first, *plan.last, *plan.staged_by_path]
    names = plan.staged_by_path.values()
    is_sound = all(map(is_plain, paths)) and all(str(name).isdecimal() for name in names)
    return plan if is_sound else None


def _carry_out(output: Path, plan: _Plan) -> None:
    journal = output / JOURNAL
    staged = plan.staged_by_path
    # Where a run was killed among its renames, what they have put in place is not to go.
    standing = [path for path, name in staged.items() if not (journal / name).exists()]
    remove(output, plan.first, standing)
    for path, name in staged.items():
        if (journal / name).exists():
            _make_folders(output, path)
            (journal / name).replace(output / path)
    remove(output, plan.last, staged)
    if (journal / MANIFEST).exists():
        (journal / MANIFEST).replace(output / MANIFEST)
    # The plan goes first: without it what is left of the journal means nothing.
    (journal / _PLAN).unlink(missing_ok=True)
    shutil.rmtree(journal)


def _make_folders(output: Path, path: str) -> None:
    """Make the folders of `path`; a file in their place goes, as it was found to be allowed."""
    for parent in parents(path):
        if (output / parent).is_symlink():
            raise NotADirectoryError(20, "is a symbolic link", str(output / parent))
        if (output / parent).is_file():
            (output / parent).unlink()
    target = output / path
    if target.is_dir() and not target.is_symlink():
        # Only empty folders are left in it by now, the deepest of them last in order.
        for folder in sorted(target.rglob("*"), reverse=True):
            folder.rmdir()
        target.rmdir()
    target.parent.mkdir(parents=True, exist_ok=True)


def remove(output: Path, paths: Iterable[str], kept: Iterable[str]) -> None:
    """Remove files of ours, and folders that are left empty; never behind a symbolic link.

    On a file system that is blind to case the new spelling of a path in `kept` is the
    old file, which then stays.
    """
    twins = {collision_key(path): path for path in kept}
    for path in paths:
        target = output / path
        if any((output / parent).is_symlink() for parent in parents(path)):
            continue
        if not os.path.lexists(target) or (target.is_dir() and not target.is_symlink()):
            continue
        twin = twins.get(collision_key(path))
        if twin is not None and is_one_file(output, path, twin):
            continue
        target.unlink()
        for folder in target.parents:
            if folder == output or any(folder.iterdir()):
                break
            folder.rmdir()
