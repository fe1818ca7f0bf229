"""Which directory a site may be published into: no foolish one, and nobody else's."""

from __future__ import annotations

import os
from collections.abc import Collection, Container
from pathlib import Path

from dlsite.config.settings import Config
from dlsite.files.leftovers import OWN_PREFIX
from dlsite.publish.manifest import MANIFEST, parents

# What hosting tools keep in a publish folder is no sign of somebody else's work.
_KEPT = frozenset([".git", ".gitignore", ".nojekyll", "CNAME"])


class PublishError(Exception):
    """The output directory cannot be used, or not be written; the message says why."""


def output_directory(root: Path, config: Config, *, force: bool = False) -> Path:
    """Return the directory to publish into; raises `PublishError` for a foolish one.

    Refused are the site, its sources and every folder above them, the home directory,
    and, without `force`, a folder with files in it that no build of ours has marked.
    """
    try:
        return _output_directory(root, config, force=force)
    except (OSError, RuntimeError) as error:
        # Until Python 3.13 a loop of symbolic links is a RuntimeError.
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise PublishError(f"'{config.output}' cannot be used: {reason}") from error


def _output_directory(root: Path, config: Config, *, force: bool) -> Path:
    output = (root / config.output).resolve()
    sources = [root, *(root / name for name in (config.content, config.templates, config.static))]
    for source in (path.resolve() for path in sources):
        if source == output or source.is_relative_to(output):
            raise PublishError(f"'{config.output}' holds the site's own sources")
        if output.is_relative_to(source) and source != root.resolve():
            raise PublishError(f"'{config.output}' lies inside the sources ('{source.name}')")
    if output == Path.home().resolve() or output == Path(output.anchor):
        raise PublishError(f"'{config.output}' is not a folder for a site")
    # A symbolic link that is left after resolving leads to itself.
    if (output.exists() or output.is_symlink()) and not output.is_dir():
        raise PublishError(f"'{config.output}' is a file, not a folder")
    if not force and output.is_dir() and not _is_ours(output):
        raise PublishError(
            f"'{config.output}' holds files that dlsite did not write; "
            "choose an empty folder, or adopt this one with --force"
        )
    return output


def _is_ours(output: Path) -> bool:
    names = [entry.name for entry in output.iterdir()]
    return MANIFEST in names or all(name in _KEPT or name.startswith(OWN_PREFIX) for name in names)


def is_empty(output: Path) -> bool:
    """Say whether nothing is in the directory, or nothing but what we keep there for ourselves."""
    with os.scandir(output) as entries:
        return all(entry.name.startswith(OWN_PREFIX) for entry in entries)


def is_all_ours(output: Path, before: Collection[str]) -> bool:
    """Say whether nothing is in the directory but what an earlier build wrote there."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(output / folder) as entries:
            for entry in entries:
                path = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif path not in before and path != MANIFEST:
                    return False
    return True


def refuse_foreign(output: Path, path: str, before: Container[str], *, force: bool) -> None:
    """Raise where something that is not ours stands in the way of `path`.

    Not even `force` writes through a symbolic link among the folders, which could lead
    anywhere, or removes a folder with files of others.
    """
    target = output / path
    for parent in parents(path):
        if (output / parent).is_symlink():
            raise PublishError(f"'{output.name}/{parent}' is a symbolic link")
        if (output / parent).is_file() and parent not in before and not force:
            raise _in_the_way(output, parent)
    if target.is_dir() and not target.is_symlink():
        for foreign in sorted(target.rglob("*")):
            name = foreign.relative_to(output).as_posix()
            if name not in before and (foreign.is_symlink() or not foreign.is_dir()):
                raise _in_the_way(output, name, remedy="move it away")
    elif target.exists() and path not in before and not force:
        raise _in_the_way(output, path)


def _in_the_way(
    output: Path, path: str, *, remedy: str = "move it away, or let it be replaced with --force"
) -> PublishError:
    where = f"'{output.name}/{path}'"
    return PublishError(f"{where} is in the way, and dlsite did not write it; {remedy}")
