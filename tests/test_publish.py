"""What is written into an output directory, what is removed, and what is never touched."""

from __future__ import annotations

import json
import os
import resource
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.publish.directory import PublishError
from dlsite.publish.manifest import MANIFEST, read_manifest
from dlsite.publish.run import Published, clean, publish
from dlsite.records import OutputFile
from publishing import folders_in, publish_texts, texts_in
from running import LINUX

# What is written


def test_first_build_writes_everything(tmp_path: Path) -> None:
    published = publish_texts({"index.html": "home", "a/index.html": "a"}, tmp_path / "public")
    assert published == Published(("a/index.html", "index.html"), (), (), 0)
    assert texts_in(tmp_path / "public") == {"index.html": "home", "a/index.html": "a"}


def test_second_build_writes_nothing(tmp_path: Path) -> None:
    texts = {"index.html": "home", "a/index.html": "a"}
    publish_texts(texts, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert publish_texts(texts, tmp_path) == Published((), (), (), 2)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    publish_texts({"a.html": "1", "b.html": "1"}, tmp_path)
    before = (tmp_path / "a.html").stat()
    published = publish_texts({"a.html": "1", "b.html": "2"}, tmp_path)
    assert published == Published((), ("b.html",), (), 1)
    after = (tmp_path / "a.html").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_static_file_is_copied_from_its_origin(tmp_path: Path) -> None:
    origin = tmp_path / "x.png"
    origin.write_bytes(b"\x89PNG\r\n")
    publish([OutputFile("x.png", origin=str(origin))], tmp_path / "public")
    assert (tmp_path / "public/x.png").read_bytes() == b"\x89PNG\r\n"


def test_static_file_that_has_gone_is_an_error_before_the_first_write(tmp_path: Path) -> None:
    outputs = [OutputFile("a.html", b"a"), OutputFile("x.png", origin=str(tmp_path / "gone"))]
    with pytest.raises(PublishError, match="gone"):
        publish(outputs, tmp_path / "public")
    assert texts_in(tmp_path / "public") == {}


def test_a_file_that_somebody_edited_is_made_right_again(tmp_path: Path) -> None:
    publish_texts({"a.html": "ours"}, tmp_path)
    (tmp_path / "a.html").write_text("edit")
    assert publish_texts({"a.html": "ours"}, tmp_path).changed == ("a.html",)
    assert texts_in(tmp_path) == {"a.html": "ours"}


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_are_readable_as_the_umask_says(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        publish_texts({"a/b.html": "x"}, tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "a/b.html").stat().st_mode & 0o777 == mode
    assert (tmp_path / MANIFEST).stat().st_mode & 0o777 == mode


# What is removed


def test_stale_file_goes_with_its_empty_folders(tmp_path: Path) -> None:
    publish_texts({"a/b/index.html": "x", "c.html": "c"}, tmp_path)
    assert publish_texts({"c.html": "c"}, tmp_path).removed == ("a/b/index.html",)
    assert texts_in(tmp_path) == {"c.html": "c"}
    assert folders_in(tmp_path) == set()


def test_foreign_files_survive(tmp_path: Path) -> None:
    publish_texts({"a/index.html": "x"}, tmp_path)
    foreign = {"CNAME": "x.org", "a/mine.txt": "mine", ".git/config": "git", "b/c.txt": "c"}
    for path, text in foreign.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    publish_texts({"z.html": "z"}, tmp_path)
    assert texts_in(tmp_path) == foreign | {"z.html": "z"}
    assert clean(tmp_path) == ("z.html",)
    assert texts_in(tmp_path) == foreign


def test_clean_removes_an_output_directory_that_is_all_ours(tmp_path: Path) -> None:
    publish_texts({"a/index.html": "x"}, tmp_path / "public")
    assert clean(tmp_path / "public") == ("a/index.html",)
    assert not (tmp_path / "public").exists()


def test_clean_of_nothing_is_nothing(tmp_path: Path) -> None:
    assert clean(tmp_path / "public") == ()


def test_new_letter_case_leaves_no_old_file(tmp_path: Path) -> None:
    publish_texts({"About/index.html": "x"}, tmp_path)
    publish_texts({"about/index.html": "x"}, tmp_path)
    assert set(texts_in(tmp_path)) == {"about/index.html"}


def test_file_becomes_folder_and_file_again(tmp_path: Path) -> None:
    publish_texts({"a": "file"}, tmp_path)
    publish_texts({"a/index.html": "folder"}, tmp_path)
    assert texts_in(tmp_path) == {"a/index.html": "folder"}
    publish_texts({"a": "file"}, tmp_path)
    assert texts_in(tmp_path) == {"a": "file"}


_PATHS = st.sampled_from(["a", "a/b", "a/b/c", "a/c", "b", "b/a", "B", "b/index.html"])
_SITES = st.lists(
    st.dictionaries(_PATHS, st.sampled_from("123"), max_size=5).filter(
        lambda site: (
            not any(
                one != other and other.lower().startswith(f"{one.lower()}/")
                for one in site
                for other in site
            )
            and len({path.lower() for path in site}) == len(site)
        )
    ),
    min_size=1,
    max_size=5,
)


@given(_SITES)
def test_any_sequence_of_builds_ends_as_the_last_one_alone(sites: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        (output / "mine.txt").write_text("mine")
        for site in sites:
            publish_texts(site, output)
        assert texts_in(output) == sites[-1] | {"mine.txt": "mine"}
        assert set(read_manifest(output)) == set(sites[-1])


# What is in the way


def _refused(texts: Mapping[str, str], output: Path, match: str) -> None:
    """Assert that publishing fails with these words and changes nothing."""
    before = texts_in(output), folders_in(output)
    with pytest.raises(PublishError, match=match):
        publish_texts(texts, output)
    assert (texts_in(output), folders_in(output)) == before


def test_foreign_file_in_the_way_stops_before_the_first_write(tmp_path: Path) -> None:
    publish_texts({"a.html": "1"}, tmp_path)
    (tmp_path / "b.html").write_text("mine")
    _refused({"a.html": "2", "b.html": "ours"}, tmp_path, r"b\.html.* is in the way")


def test_foreign_file_in_the_way_is_replaced_by_force(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text("mine")
    publish_texts({"b.html": "ours"}, tmp_path, force=True)
    assert texts_in(tmp_path) == {"b.html": "ours"}


def test_foreign_file_where_a_folder_must_go_stops_before_the_first_write(tmp_path: Path) -> None:
    publish_texts({"a.html": "1"}, tmp_path)
    (tmp_path / "b").write_text("mine")
    _refused({"a.html": "2", "b/index.html": "ours"}, tmp_path, "b")


def test_foreign_folder_where_a_file_must_go_stops_before_the_first_write(tmp_path: Path) -> None:
    publish_texts({"a.html": "1"}, tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/mine.txt").write_text("mine")
    _refused({"a.html": "2", "b": "ours"}, tmp_path, "b")


def test_nothing_is_written_through_a_folder_that_is_a_symbolic_link(tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    elsewhere.mkdir()
    publish_texts({"z.html": "1"}, output)
    (output / "a").symlink_to(elsewhere)
    _refused({"a/index.html": "a", "z.html": "2"}, output, "symbolic link")
    assert list(elsewhere.iterdir()) == []


def test_nothing_is_removed_through_a_folder_that_is_a_symbolic_link(tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    publish_texts({"a/index.html": "a", "z.html": "z"}, output)
    (output / "a").rename(elsewhere)
    (output / "a").symlink_to(elsewhere)
    publish_texts({"z.html": "z"}, output)
    assert (elsewhere / "index.html").read_text() == "a"


def test_symbolic_link_in_place_of_our_file_is_replaced_not_followed(tmp_path: Path) -> None:
    output, precious = tmp_path / "public", tmp_path / "precious.txt"
    publish_texts({"a.html": "1"}, output)
    precious.write_text("precious")
    (output / "a.html").unlink()
    (output / "a.html").symlink_to(precious)
    publish_texts({"a.html": "2"}, output)
    assert precious.read_text() == "precious"
    assert not (output / "a.html").is_symlink()


# The manifest


@pytest.mark.parametrize(
    "path", ["../precious.txt", "a/../../precious.txt", "{root}/precious.txt", "", ".", "a//b"]
)
def test_manifest_cannot_lead_out_of_the_output_directory(tmp_path: Path, path: str) -> None:
    output = tmp_path / "public"
    publish_texts({"a.html": "a"}, output)
    (tmp_path / "precious.txt").write_text("precious")
    manifest = json.loads((output / MANIFEST).read_text())
    manifest["files"][path.format(root=tmp_path)] = "0" * 64
    (output / MANIFEST).write_text(json.dumps(manifest))
    publish_texts({"a.html": "a"}, output)
    clean(output)
    assert (tmp_path / "precious.txt").read_text() == "precious"


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "{",
        "[]",
        "null",
        '{"version": 1}',
        '{"version": 1, "files": []}',
        '{"version": 99, "files": {"mine.txt": "0"}}',
        '{"version": 1, "files": {"mine.txt": null}}',
        "\ud800",
        "\x00",
    ],
)
def test_damaged_manifest_is_no_licence_to_remove(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / MANIFEST).write_bytes(manifest.encode("utf-8", "surrogatepass"))
    publish_texts({"a.html": "a"}, tmp_path)
    assert texts_in(tmp_path) == {"a.html": "a", "mine.txt": "mine"}
    assert set(read_manifest(tmp_path)) == {"a.html"}


@LINUX
def test_folder_that_cannot_be_made_is_said_with_its_cause() -> None:
    with pytest.raises(PublishError, match="/proc/dlsite"):
        publish_texts({"a.html": "a"}, Path("/proc/dlsite"))


@LINUX
def test_pipe_in_the_place_of_an_empty_file_is_not_read(tmp_path: Path) -> None:
    publish_texts({"a.txt": "", "b.txt": ""}, tmp_path)
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    publish_texts({"a.txt": "", "b.txt": ""}, tmp_path)
    assert (tmp_path / "a.txt").is_file()
    assert texts_in(tmp_path) == {"a.txt": "", "b.txt": ""}


def test_full_disk_keeps_the_old_file_and_leaves_no_litter(tmp_path: Path) -> None:
    publish_texts({"a.html": "old"}, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(PublishError, match="too large"):
            publish_texts({"a.html": "new" * 1000}, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert texts_in(tmp_path) == {"a.html": "old"}
