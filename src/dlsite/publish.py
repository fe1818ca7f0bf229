"""Write a site into its output directory: what differs, what is stale, the manifest last.

The only code that touches the output directory, and only after everything rendered.
Files there that no earlier build wrote are not touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dlsite.config import Config
from dlsite.records import OutputFile
from dlsite.urls import collision_key

MANIFEST = ".dlsite-manifest.json"
_MANIFEST_VERSION = 1
_TEMPORARY = (".dlsite-", ".tmp")


class PublishError(Exception):
    """The output directory cannot be used, or not be written; the message says why."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing changed, as paths in the output directory, sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


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
    # What hosting tools keep in a publish folder is no sign of somebody else's work.
    kept = {".git", ".gitignore", ".nojekyll", "CNAME"}
    names = {entry.name for entry in os.scandir(output) if not _is_temporary(entry.name)}
    return MANIFEST in names or names <= kept


def _is_temporary(name: str) -> bool:
    """Say whether a file is what a killed build left behind."""
    start, end = _TEMPORARY
    return name.startswith(start) and name.endswith(end)


def read_manifest(output: Path) -> dict[str, str]:
    """Return path and digest of every file that the last build wrote; empty if unreadable."""
    try:
        manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        if manifest["version"] != _MANIFEST_VERSION or not isinstance(files, dict):
            return {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {
        path: digest
        for path, digest in files.items()
        if isinstance(digest, str) and _is_plain(path)
    }


def _is_plain(path: str) -> bool:
    """Say whether a path of a manifest stays inside the folder; a manifest may be tampered with."""
    parts = path.split("/")
    return bool(path) and not path.startswith("/") and not {"", ".", ".."} & set(parts)


def publish(outputs: Iterable[OutputFile], output: Path, *, force: bool = False) -> Published:
    """Make `output` hold exactly `outputs`, besides what is not ours.

    Each file is written beside its target and renamed over it, so that no reader sees
    half of one; stale files go last, then folders that are left empty.  A file in the
    way that is not ours stops everything before the first write, unless `force`.
    Raises `PublishError` also where the system refuses.
    """
    try:
        return _publish(tuple(outputs), output, force=force)
    except OSError as error:
        where = error.filename or output
        raise PublishError(f"cannot write '{where}': {error.strerror or error}") from error


def _publish(outputs: tuple[OutputFile, ...], output: Path, *, force: bool) -> Published:
    before = read_manifest(output)
    digests: dict[str, str] = {}
    pending: list[OutputFile] = []
    for file in outputs:
        content = _content(file)
        digests[file.path] = hashlib.sha256(content).hexdigest()
        if not _holds(output / file.path, content):
            pending.append(file)
    for file in pending:
        _refuse_foreign(output, file.path, before, force=force)
    added = tuple(sorted(file.path for file in pending if not (output / file.path).is_file()))
    changed = tuple(sorted({file.path for file in pending} - set(added)))
    output.mkdir(parents=True, exist_ok=True)
    _sweep(output)
    if pending:
        # Whoever is interrupted from here on leaves a record of what may be its own.
        _write_manifest(output, digests | before)
    stale = before.keys() - digests.keys()
    removed = _remove(output, _in_the_way(stale, digests), digests)
    for file in pending:
        _make_folders(output, file.path)
        _write(output / file.path, _content(file), output)
    removed += _remove(output, stale, digests)
    _write_manifest(output, digests)
    return Published(added, changed, tuple(sorted(removed)), len(outputs) - len(pending))


def _content(file: OutputFile) -> bytes:
    return Path(file.origin).read_bytes() if file.origin else file.content


def _refuse_foreign(output: Path, path: str, before: Mapping[str, str], *, force: bool) -> None:
    """Raise where something that is not ours stands in the way of `path`.

    Not even `force` writes through a symbolic link among the folders, which could lead
    anywhere, or removes a folder with files of others.
    """
    target = output / path
    for parent in _parents(path):
        if (output / parent).is_symlink():
            raise PublishError(f"'{output.name}/{parent}' is a symbolic link")
        if (output / parent).is_file() and parent not in before and not force:
            raise _in_the_way_error(output, parent)
    if target.is_dir() and not target.is_symlink():
        for foreign in sorted(target.rglob("*")):
            name = foreign.relative_to(output).as_posix()
            if name not in before and (foreign.is_symlink() or not foreign.is_dir()):
                raise _in_the_way_error(output, name, remedy="move it away")
    elif target.exists() and path not in before and not force:
        raise _in_the_way_error(output, path)


def _in_the_way_error(
    output: Path, path: str, *, remedy: str = "move it away, or let it be replaced with --force"
) -> PublishError:
    where = f"'{output.name}/{path}'"
    return PublishError(f"{where} is in the way, and dlsite did not write it; {remedy}")


def _parents(path: str) -> Iterator[str]:
    """Yield the folders of a path of the output directory, outermost first."""
    return (parent.as_posix() for parent in reversed(PurePosixPath(path).parents[:-1]))


def _sweep(output: Path) -> None:
    """Remove what a killed build left behind."""
    for entry in os.scandir(output):
        if _is_temporary(entry.name) and entry.is_file(follow_symlinks=False):
            Path(entry.path).unlink()


def _write_manifest(output: Path, digests: dict[str, str]) -> None:
    manifest = {"version": _MANIFEST_VERSION, "files": dict(sorted(digests.items()))}
    content = (json.dumps(manifest, ensure_ascii=False, indent=0) + "\n").encode()
    if not _holds(output / MANIFEST, content):
        _write(output / MANIFEST, content, output)


def _holds(target: Path, content: bytes) -> bool:
    try:
        return target.stat().st_size == len(content) and target.read_bytes() == content
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def _write(target: Path, content: bytes, output: Path) -> None:
    # A hidden file, so that no server shows it meanwhile, and always in one folder, so
    # that the next build finds what a killed one left.
    prefix, suffix = _TEMPORARY
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=output)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        # mkstemp makes files private; these are for a web server to read.
        os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101 - a name, not a path, from mkstemp
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _make_folders(output: Path, path: str) -> None:
    """Make the folders of `path`; a file in their place goes, as it was found to be allowed."""
    for parent in _parents(path):
        if (output / parent).is_file():
            (output / parent).unlink()
    target = output / path
    if target.is_dir() and not target.is_symlink():
        # Only empty folders are left in it by now, the deepest of them last in order.
        for folder in sorted(target.rglob("*"), reverse=True):
            folder.rmdir()
        target.rmdir()
    target.parent.mkdir(parents=True, exist_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _in_the_way(stale: AbstractSet[str], digests: Mapping[str, str]) -> set[str]:
    """Return the old files where a folder must go, and those in folders where a file must go."""
    folders = {parent for path in digests for parent in _parents(path)}
    return {path for path in stale if path in folders or any(p in digests for p in _parents(path))}


def _remove(output: Path, paths: Iterable[str], digests: Mapping[str, str]) -> list[str]:
    """Remove files of ours, and folders that are left empty; returns the paths removed."""
    kept = {collision_key(path): output / path for path in digests}
    removed = []
    for path in sorted(paths):
        target = output / path
        twin = kept.get(collision_key(path))
        # On a file system that is blind to case the new spelling of a path is the old file.
        is_kept = twin is not None and twin.exists() and target.exists() and twin.samefile(target)
        is_behind_link = any((output / parent).is_symlink() for parent in _parents(path))
        if is_kept or is_behind_link or not target.is_file():
            continue
        target.unlink()
        removed.append(path)
        for folder in target.parents:
            if folder == output or any(folder.iterdir()):
                break
            folder.rmdir()
    return removed


def clean(output: Path) -> tuple[str, ...]:
    """Remove what dlsite wrote, and nothing else; returns the paths removed."""
    removed = _remove(output, read_manifest(output), {})
    if output.is_dir():
        _sweep(output)
        (output / MANIFEST).unlink(missing_ok=True)
        if not any(output.iterdir()):
            output.rmdir()
    return tuple(removed)
