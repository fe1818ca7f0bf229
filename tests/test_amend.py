"""A few outputs put in the place of others, and the manifest changed line by line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.publish.amend import Amended, amend
from dlsite.publish.change import ChangedMeanwhileError
from dlsite.publish.directory import PublishError
from dlsite.publish.manifest import MANIFEST, Entries, manifest_content, read_manifest
from dlsite.publish.run import nobody, publish
from dlsite.records import OutputFile

PATHS = st.text(st.sampled_from('ab/é中"\\\n :,{}\U0001d53c'), min_size=1, max_size=8)
SITE = {"index.html": "home", "a/index.html": "a", "b/index.html": "b", "old.js": "old"}


def outputs(texts: Mapping[str, str]) -> list[OutputFile]:
    return [OutputFile(path, text.encode()) for path, text in texts.items()]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def amended(output: Path, texts: Mapping[str, str], *gone: str) -> Amended:
    manifest = digest((output / MANIFEST).read_bytes())
    return amend(output, outputs(texts), gone, manifest, nobody)


def held(output: Path) -> dict[str, str]:
    """Return every file by path, and see that the manifest says the same."""
    found = {
        path.relative_to(output).as_posix(): path.read_text()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    known = {path: digest(text.encode()) for path, text in found.items()}
    assert read_manifest(output) == known
    assert (output / MANIFEST).read_bytes() == manifest_content(known)
    return found


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """Return a directory in which a site is published."""
    publish(outputs(SITE), tmp_path / "public")
    return tmp_path / "public"


def test_files_are_put_in_place_and_removed(output: Path) -> None:
    made = amended(output, {"a/index.html": "A", "b/index.html": "b", "new.js": "new"}, "old.js")
    assert held(output) == {
        "index.html": "home",
        "a/index.html": "A",
        "b/index.html": "b",
        "new.js": "new",
    }
    assert made.digests == {"a/index.html": digest(b"A"), "new.js": digest(b"new")}
    assert (made.removed, made.unchanged) == (("old.js",), 2)
    assert made.manifest == digest((output / MANIFEST).read_bytes())


def test_what_stands_there_already_is_not_written(output: Path) -> None:
    before = (output / MANIFEST).stat()
    made = amended(output, {"a/index.html": "a"}, "never/there")
    assert (made.digests, made.removed, made.unchanged) == ({}, (), 4)
    assert (output / MANIFEST).stat() == before


def test_what_another_build_has_published_is_not_amended(output: Path) -> None:
    known = digest((output / MANIFEST).read_bytes())
    publish(outputs(SITE | {"index.html": "another"}), output)
    with pytest.raises(ChangedMeanwhileError):
        amend(output, outputs({"a/index.html": "A"}), (), known, nobody)
    assert held(output) == SITE | {"index.html": "another"}


def test_what_is_not_ours_stays(output: Path) -> None:
    (output / "mine.js").write_text("mine")
    with pytest.raises(PublishError):
        amended(output, {"a/index.html": "A", "mine.js": "new"})
    assert (output / "mine.js").read_text() == "mine"
    assert (output / "a/index.html").read_text() == "a"


@given(
    st.dictionaries(PATHS, st.sampled_from(["1f", "2e"])),
    st.lists(st.tuples(PATHS, st.sampled_from(["", "3d", "4c"]))),
)
def test_a_manifest_that_is_changed_is_that_of_the_files(
    files: dict[str, str], changes: list[tuple[str, str]]
) -> None:
    entries = Entries(manifest_content(files))
    for path, new in changes:
        assert entries.get(path) == files.get(path, "")
        if new:
            files[path] = new
            entries.put(path, new)
        else:
            files.pop(path, None)
            entries.remove(path)
    assert (entries.content(), len(entries)) == (manifest_content(files), len(files))


@pytest.mark.parametrize("content", [b"", b"{}\n", b'{"version": 1, "files": {"a": "1f"}}\n'])
def test_another_form_of_manifest_is_none_to_change(content: bytes) -> None:
    with pytest.raises(ValueError, match="no manifest"):
        Entries(content)
