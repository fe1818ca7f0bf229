"""The output directory: what is written, what is removed, and what is never touched."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.config.settings import Config
from dlsite.files.leftovers import JOURNAL
from dlsite.publish.directory import PublishError, output_directory
from dlsite.publish.journal import complete
from dlsite.publish.lock import locked
from dlsite.publish.manifest import MANIFEST, read_manifest
from dlsite.publish.run import FEW, Published, clean, publish
from dlsite.records import OutputFile
from running import broken_off

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")


def _outputs(texts: Mapping[str, str]) -> tuple[OutputFile, ...]:
    return tuple(OutputFile(path, text.encode()) for path, text in texts.items())


def _publish(texts: Mapping[str, str], output: Path, *, force: bool = False) -> Published:
    return publish(_outputs(texts), output, force=force)


def _files(output: Path) -> dict[str, str]:
    """Return every file below `output` but the manifest, by path."""
    return {
        path.relative_to(output).as_posix(): path.read_text()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def _folders(output: Path) -> set[str]:
    return {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_dir()}


# What is written


def test_first_build_writes_everything(tmp_path: Path) -> None:
    published = _publish({"index.html": "home", "a/index.html": "a"}, tmp_path / "public")
    assert published == Published(("a/index.html", "index.html"), (), (), 0)
    assert _files(tmp_path / "public") == {"index.html": "home", "a/index.html": "a"}


def test_second_build_writes_nothing(tmp_path: Path) -> None:
    texts = {"index.html": "home", "a/index.html": "a"}
    _publish(texts, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert _publish(texts, tmp_path) == Published((), (), (), 2)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    _publish({"a.html": "1", "b.html": "1"}, tmp_path)
    before = (tmp_path / "a.html").stat()
    published = _publish({"a.html": "1", "b.html": "2"}, tmp_path)
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
    assert _files(tmp_path / "public") == {}


def test_a_file_that_somebody_edited_is_made_right_again(tmp_path: Path) -> None:
    _publish({"a.html": "ours"}, tmp_path)
    (tmp_path / "a.html").write_text("edit")
    assert _publish({"a.html": "ours"}, tmp_path).changed == ("a.html",)
    assert _files(tmp_path) == {"a.html": "ours"}


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_files_are_readable_as_the_umask_says(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        _publish({"a/b.html": "x"}, tmp_path)
    finally:
        os.umask(before)
    assert (tmp_path / "a/b.html").stat().st_mode & 0o777 == mode
    assert (tmp_path / MANIFEST).stat().st_mode & 0o777 == mode


# What is removed


def test_stale_file_goes_with_its_empty_folders(tmp_path: Path) -> None:
    _publish({"a/b/index.html": "x", "c.html": "c"}, tmp_path)
    assert _publish({"c.html": "c"}, tmp_path).removed == ("a/b/index.html",)
    assert _files(tmp_path) == {"c.html": "c"}
    assert _folders(tmp_path) == set()


def test_foreign_files_survive(tmp_path: Path) -> None:
    _publish({"a/index.html": "x"}, tmp_path)
    foreign = {"CNAME": "x.org", "a/mine.txt": "mine", ".git/config": "git", "b/c.txt": "c"}
    for path, text in foreign.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    _publish({"z.html": "z"}, tmp_path)
    assert _files(tmp_path) == foreign | {"z.html": "z"}
    assert clean(tmp_path) == ("z.html",)
    assert _files(tmp_path) == foreign


def test_clean_removes_an_output_directory_that_is_all_ours(tmp_path: Path) -> None:
    _publish({"a/index.html": "x"}, tmp_path / "public")
    assert clean(tmp_path / "public") == ("a/index.html",)
    assert not (tmp_path / "public").exists()


def test_clean_of_nothing_is_nothing(tmp_path: Path) -> None:
    assert clean(tmp_path / "public") == ()


def test_new_letter_case_leaves_no_old_file(tmp_path: Path) -> None:
    _publish({"About/index.html": "x"}, tmp_path)
    _publish({"about/index.html": "x"}, tmp_path)
    assert set(_files(tmp_path)) == {"about/index.html"}


def test_file_becomes_folder_and_file_again(tmp_path: Path) -> None:
    _publish({"a": "file"}, tmp_path)
    _publish({"a/index.html": "folder"}, tmp_path)
    assert _files(tmp_path) == {"a/index.html": "folder"}
    _publish({"a": "file"}, tmp_path)
    assert _files(tmp_path) == {"a": "file"}


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
            _publish(site, output)
        assert _files(output) == sites[-1] | {"mine.txt": "mine"}
        assert set(read_manifest(output)) == set(sites[-1])


# What is in the way


def _refused(texts: Mapping[str, str], output: Path, match: str) -> None:
    """Assert that publishing fails with these words and changes nothing."""
    before = _files(output), _folders(output)
    with pytest.raises(PublishError, match=match):
        _publish(texts, output)
    assert (_files(output), _folders(output)) == before


def test_foreign_file_in_the_way_stops_before_the_first_write(tmp_path: Path) -> None:
    _publish({"a.html": "1"}, tmp_path)
    (tmp_path / "b.html").write_text("mine")
    _refused({"a.html": "2", "b.html": "ours"}, tmp_path, r"b\.html.* is in the way")


def test_foreign_file_in_the_way_is_replaced_by_force(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text("mine")
    _publish({"b.html": "ours"}, tmp_path, force=True)
    assert _files(tmp_path) == {"b.html": "ours"}


def test_foreign_file_where_a_folder_must_go_stops_before_the_first_write(tmp_path: Path) -> None:
    _publish({"a.html": "1"}, tmp_path)
    (tmp_path / "b").write_text("mine")
    _refused({"a.html": "2", "b/index.html": "ours"}, tmp_path, "b")


def test_foreign_folder_where_a_file_must_go_stops_before_the_first_write(tmp_path: Path) -> None:
    _publish({"a.html": "1"}, tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b/mine.txt").write_text("mine")
    _refused({"a.html": "2", "b": "ours"}, tmp_path, "b")


def test_nothing_is_written_through_a_folder_that_is_a_symbolic_link(tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    elsewhere.mkdir()
    _publish({"z.html": "1"}, output)
    (output / "a").symlink_to(elsewhere)
    _refused({"a/index.html": "a", "z.html": "2"}, output, "symbolic link")
    assert list(elsewhere.iterdir()) == []


def test_nothing_is_removed_through_a_folder_that_is_a_symbolic_link(tmp_path: Path) -> None:
    output, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    _publish({"a/index.html": "a", "z.html": "z"}, output)
    (output / "a").rename(elsewhere)
    (output / "a").symlink_to(elsewhere)
    _publish({"z.html": "z"}, output)
    assert (elsewhere / "index.html").read_text() == "a"


def test_symbolic_link_in_place_of_our_file_is_replaced_not_followed(tmp_path: Path) -> None:
    output, precious = tmp_path / "public", tmp_path / "precious.txt"
    _publish({"a.html": "1"}, output)
    precious.write_text("precious")
    (output / "a.html").unlink()
    (output / "a.html").symlink_to(precious)
    _publish({"a.html": "2"}, output)
    assert precious.read_text() == "precious"
    assert not (output / "a.html").is_symlink()


# The manifest


@pytest.mark.parametrize(
    "path", ["../precious.txt", "a/../../precious.txt", "{root}/precious.txt", "", ".", "a//b"]
)
def test_manifest_cannot_lead_out_of_the_output_directory(tmp_path: Path, path: str) -> None:
    output = tmp_path / "public"
    _publish({"a.html": "a"}, output)
    (tmp_path / "precious.txt").write_text("precious")
    manifest = json.loads((output / MANIFEST).read_text())
    manifest["files"][path.format(root=tmp_path)] = "0" * 64
    (output / MANIFEST).write_text(json.dumps(manifest))
    _publish({"a.html": "a"}, output)
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
    _publish({"a.html": "a"}, tmp_path)
    assert _files(tmp_path) == {"a.html": "a", "mine.txt": "mine"}
    assert set(read_manifest(tmp_path)) == {"a.html"}


# Interruption and failure


_CHILD = """
import sys
from pathlib import Path
from dlsite.publish.run import publish
from dlsite.records import OutputFile

output, count = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
while True:
    for state in ("new", "old"):
        names = [f"p{n}/index.html" for n in range(count)] + [f"{state}/only.html"]
        publish([OutputFile(name, (state * 5000).encode()) for name in names], output)
"""


def _site(state: str, count: int) -> dict[str, str]:
    names = [*(f"p{number}/index.html" for number in range(count)), f"{state}/only.html"]
    return dict.fromkeys(names, state * 5000)


def _without_journal(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if not path.startswith(JOURNAL)}


def _kill_at(seconds: float, output: Path, count: int) -> None:
    """Kill a process that publishes one state after the other, so long after its start."""
    command = [sys.executable, "-c", _CHILD, str(output), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.kill()


@LINUX
@pytest.mark.parametrize("count", [5, FEW + 8], ids=["a few files", "many files"])
def test_build_that_is_killed_tears_nothing_and_the_next_one_mends_it(
    tmp_path: Path, count: int
) -> None:
    seconds = random.Random(7)
    output = tmp_path / "public"
    _publish(_site("old", count), output)
    for _ in range(12):
        _kill_at(seconds.uniform(0, 0.05), output, count)
        files = _without_journal(_files(output))
        states = {text[:3] for text in files.values()}
        assert all(text == text[:3] * 5000 for text in files.values()), "a torn file"
        assert len([path for path in files if path.startswith("p")]) == count, "a missing file"
        if count > FEW:
            (state,) = states
            assert files == _site(state, count), "a mixture"
        _publish(_site("old", count), output)
        assert _files(output) == _site("old", count)
        assert [path.name for path in tmp_path.iterdir()] == ["public"], "litter"


@LINUX
def test_reader_of_a_site_that_is_exchanged_misses_nothing(tmp_path: Path) -> None:
    output, count = tmp_path / "public", FEW + 8
    _publish(_site("old", count), output)
    command = [sys.executable, "-c", _CHILD, str(output), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        end = time.monotonic() + 0.7
        polls = 0
        while time.monotonic() < end:
            assert (output / f"p{polls % count}/index.html").read_text()[:3] in ("old", "new")
            polls += 1
        child.kill()
    assert polls > count


@pytest.mark.parametrize("step", ["undecided", "decided", "half done"])
def test_journal_is_completed_once_it_is_decided(tmp_path: Path, step: str) -> None:
    old, new = {"a.html": "old a", "s.html": "old s"}, {"a.html": "new a", "b/c.html": "new"}
    _publish(old, tmp_path)
    dies_at = {"undecided": 0, "decided": 1, "half done": 2}[step]
    with broken_off(after=dies_at):
        _publish(new, tmp_path)
    complete(tmp_path)
    assert _files(tmp_path) == (old if step == "undecided" else new)
    assert set(read_manifest(tmp_path)) == set(_files(tmp_path))


@pytest.mark.parametrize(
    "plan",
    [
        "nonsense",
        "{}",
        '{"first": ["../x"], "renames": {}, "last": []}',
        '{"first": [], "renames": {"a/../../x": "0"}, "last": []}',
        '{"first": [], "renames": {"x": "../../secret"}, "last": []}',
        '{"first": [], "renames": [1], "last": []}',
    ],
)
def test_journal_that_cannot_be_trusted_is_dropped(tmp_path: Path, plan: str) -> None:
    output = tmp_path / "public"
    _publish({"a.html": "a"}, output)
    (tmp_path / "x").write_text("mine")
    (output / JOURNAL).mkdir()
    (output / JOURNAL / "0").write_text("evil")
    (output / JOURNAL / "plan.json").write_text(plan)
    assert _publish({"a.html": "a"}, output).unchanged == 1
    assert (tmp_path / "x").read_text() == "mine"
    assert _files(output) == {"a.html": "a"}


def test_what_a_killed_first_build_left_is_adopted_and_swept(tmp_path: Path) -> None:
    output = tmp_path / "public"
    (output / JOURNAL).mkdir(parents=True)
    (output / JOURNAL / "0").write_text("half a file")
    (tmp_path / ".public.dlsite-k1ll3d").mkdir()
    assert output_directory(tmp_path, Config()) == output
    _publish({"a.html": "a"}, output)
    assert _files(output) == {"a.html": "a"}
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@LINUX
def test_many_files_beside_those_of_others_are_changed_in_place(tmp_path: Path) -> None:
    output, count = tmp_path / "public", FEW + 8
    _publish(_site("old", count), output)
    (output / ".git").mkdir()
    (output / ".git/HEAD").write_text("ref")
    inode = output.stat().st_ino
    _publish(_site("new", count), output)
    assert output.stat().st_ino == inode
    assert _files(output) == _site("new", count) | {".git/HEAD": "ref"}


@LINUX
def test_exchanged_directory_keeps_its_rights_and_links_what_is_unchanged(tmp_path: Path) -> None:
    output, count = tmp_path / "public", FEW + 8
    same = {"same.html": "same"}
    _publish(_site("old", count) | same, output)
    output.chmod(0o750)
    before = (output / "same.html").stat()
    _publish(_site("new", count) | same, output)
    after = (output / "same.html").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert output.stat().st_mode & 0o777 == 0o750
    assert _files(output) == _site("new", count) | same


@LINUX
@pytest.mark.parametrize("refusal", [errno.EXDEV, errno.EBUSY, errno.ENOSYS, errno.EPERM])
def test_system_that_cannot_exchange_gets_the_files_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    output, count = tmp_path / "public", FEW + 8
    _publish(_site("old", count), output)

    def refuse(*_: object) -> int:
        ctypes.set_errno(refusal)
        return -1

    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(renameat2=refuse))
        _publish(_site("new", count), output)
    assert _files(output) == _site("new", count)
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@LINUX
def test_second_build_waits_for_the_first(tmp_path: Path) -> None:
    output = tmp_path / "public"
    _publish({"a.html": "a"}, output)
    said: list[str] = []
    with ThreadPoolExecutor() as threads:
        with locked(output, lambda: said.append("nobody holds it yet")):
            waiting = threads.submit(
                publish, _outputs({"a.html": "b"}), output, on_wait=lambda: said.append("waits")
            )
            while not said:
                time.sleep(0.01)
            assert (output / "a.html").read_text() == "a"
        waiting.result(timeout=10)
    assert said == ["waits"]
    assert _files(output) == {"a.html": "b"}


@LINUX
def test_folder_that_cannot_be_made_is_said_with_its_cause() -> None:
    with pytest.raises(PublishError, match="/proc/dlsite"):
        _publish({"a.html": "a"}, Path("/proc/dlsite"))


@LINUX
def test_pipe_in_the_place_of_an_empty_file_is_not_read(tmp_path: Path) -> None:
    _publish({"a.txt": "", "b.txt": ""}, tmp_path)
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    _publish({"a.txt": "", "b.txt": ""}, tmp_path)
    assert (tmp_path / "a.txt").is_file()
    assert _files(tmp_path) == {"a.txt": "", "b.txt": ""}


def test_full_disk_keeps_the_old_file_and_leaves_no_litter(tmp_path: Path) -> None:
    _publish({"a.html": "old"}, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(PublishError, match="too large"):
            _publish({"a.html": "new" * 1000}, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _files(tmp_path) == {"a.html": "old"}


# Which directory


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a site below a home directory."""
    home = tmp_path / "home"
    site = home / "site"
    for name in ("content", "templates", "static", "full"):
        (site / name).mkdir(parents=True)
    (site / "full/mine.txt").write_text("mine")
    (site / "file").write_text("mine")
    (site / "loop").symlink_to("loop")
    (site / "to_home").symlink_to(home)
    monkeypatch.setenv("HOME", str(home))
    return site


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        pytest.param(".", "own sources", id="the site"),
        pytest.param("..", "own sources", id="its parent, which is the home directory"),
        pytest.param("../..", "own sources", id="a folder above it"),
        pytest.param("/", "own sources", id="the root"),
        pytest.param("content", "own sources", id="the content"),
        pytest.param("static", "own sources", id="the static files"),
        pytest.param("content/public", "inside the sources", id="inside the content"),
        pytest.param("templates/x/y", "inside the sources", id="inside the templates"),
        pytest.param("full", "did not write", id="a folder of somebody else's"),
        pytest.param("full/../content", "own sources", id="the content by a detour"),
        pytest.param("file", "is a file", id="a file"),
        pytest.param("to_home", "own sources", id="a symbolic link to the home directory"),
        pytest.param("loop", "loop", id="a symbolic link to itself"),
        pytest.param("x" * 300, "too long", id="a name that is too long"),
    ],
)
def test_foolish_output_directory_is_refused(root: Path, output: str, reason: str) -> None:
    with pytest.raises(PublishError, match=reason):
        output_directory(root, Config(output=output))


def test_home_directory_is_refused_wherever_the_site_is(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    with pytest.raises(PublishError, match="not a folder for a site"):
        output_directory(root, Config(output=str(tmp_path / "other")), force=True)


@pytest.mark.parametrize("output", [".", "..", "/", "content", "content/public", "file", "to_home"])
def test_force_adopts_files_but_no_foolish_folder(root: Path, output: str) -> None:
    assert output_directory(root, Config(output="full"), force=True) == root / "full"
    with pytest.raises(PublishError):
        output_directory(root, Config(output=output), force=True)


@pytest.mark.parametrize("kept", [".git", ".gitignore", ".nojekyll", "CNAME"])
def test_what_hosting_keeps_is_no_foreign_file(root: Path, kept: str) -> None:
    (root / "public").mkdir()
    (root / "public" / kept).write_text("")
    assert output_directory(root, Config()) == root / "public"


def test_output_directory_may_be_anywhere_else(root: Path, tmp_path: Path) -> None:
    assert output_directory(root, Config(output="public")) == root / "public"
    assert output_directory(root, Config(output="a/b/c")) == root / "a/b/c"
    assert output_directory(root, Config(output=str(tmp_path / "www"))) == tmp_path / "www"
