"""The preview follows what is edited: a real watcher, real files."""

from __future__ import annotations

import re
import shutil
import time
from functools import partial

import pytest

from dlsite.cli import main
from previewing import PAGE, SITE, Reply, Start
from running import Write


def test_edit_is_shown(start: Start) -> None:
    live = start()
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)


def _shows(word: str, reply: Reply) -> bool:
    return word in reply.text


def test_reworded_page_alone_is_read(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\nWords.\n"})
    before = {path: live.ask(path) for path in ("/first/", "/second/", "/search/", "/")}
    monkeypatch.setattr("dlsite.reading.analyse", None)
    for number in range(3):
        word = f"<b>words {number}</b>"
        live.write("content/first.md", f"{PAGE}\nMore {word}.\n")
        live.wait("/first/", partial(_shows, word))
    live.write("content/first.md", f"{PAGE}\nWords.\n")
    live.wait("/first/", lambda reply: reply.body == before["/first/"].body)
    assert {path: live.ask(path).body for path in before} == {
        path: reply.body for path, reply in before.items()
    }
    assert live.shown == []


@pytest.mark.parametrize("way", ["in place", "beside"])
def test_reworded_page_is_read_however_it_is_saved(
    start: Start, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\nWords.\n"})
    monkeypatch.setattr("dlsite.reading.analyse", None)
    file = live.root / "content/first.md"
    text = f"{PAGE}\nOther words.\n"
    match way:
        case "in place":
            file.write_text(text)
        case "beside":
            (live.root / "content/4913").write_text("")
            (live.root / "content/4913").unlink()
            file.rename(live.root / "content/first.md~")
            (live.root / "content/first.new").write_text(text)
            (live.root / "content/first.new").rename(file)
    live.wait("/first/", lambda reply: "Other words" in reply.text)


def test_what_a_build_has_parsed_is_not_parsed_again(
    start: Start, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["-C", str(site(SITE)), "build", "-q"]) == 0
    monkeypatch.setattr("dlsite.pages.timed_parse", None)
    live = start()
    assert "Two" in live.ask("/second/").text


@pytest.mark.parametrize("way", ["damaged", "cleaned", "used by a build"])
def test_preview_outlives_its_memory(start: Start, way: str) -> None:
    live = start()
    memory = live.root / ".dlsite/cache.sqlite"
    match way:
        case "damaged":
            memory.write_bytes(memory.read_bytes()[:4096] + bytes(len(memory.read_bytes()) - 4096))
        case "cleaned":
            assert main(["-C", str(live.root), "clean", "-q"]) == 0
        case "used by a build":
            assert main(["-C", str(live.root), "build", "-q", "--drafts"]) == 0
    for path, word in [("/first/", "One"), ("/second/", "Two")]:
        live.wait(path, partial(_shows, word))
    live.write("content/first.md", PAGE.replace("One", "Three"))
    live.wait("/first/", partial(_shows, "Three"))
    live.wait("/second/", partial(_shows, "Two"))


def test_search_finds_what_was_reworded(start: Start) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\nWords.\n"})

    def index() -> str:
        manifest = live.ask("/search/index/manifest.js").text
        names = re.findall(r'"([0-9a-f]{10}\.js)"', manifest)
        return "".join(live.ask(f"/search/index/{name}").text for name in names)

    assert "zebra" not in index()
    live.write("content/first.md", f"{PAGE}\nZebra.\n")
    live.wait("/first/", lambda reply: "Zebra" in reply.text)
    assert "zebra" in index()


def test_finding_that_moves_is_shown_at_its_line(start: Start) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\n[gone](/gone/)\n"})
    assert "content/first.md:8:" in live.ask("/first/").text
    live.write("content/first.md", f"{PAGE}\nAbove.\n\n[gone](/gone/)\n")
    live.wait("/first/", lambda reply: "content/first.md:10:" in reply.text)


def test_last_of_many_saves_is_shown(start: Start) -> None:
    live = start()
    for number in range(200):
        live.write("content/first.md", PAGE.replace("One", f"Save {number}."))
        time.sleep(0.005)
    live.wait("/first/", lambda reply: "Save 199." in reply.text)


def test_new_renamed_and_deleted_pages_follow(start: Start) -> None:
    live = start()
    live.write("content/deep/er/third.md", "Third.\n")
    live.wait("/deep/er/third/", lambda reply: reply.status == 200)
    (live.root / "content/deep").rename(live.root / "content/moved")
    live.wait("/moved/er/third/", lambda reply: reply.status == 200)
    assert live.ask("/deep/er/third/").status == 404
    live.write("content/moved/er/fourth.md", "Fourth.\n")
    live.wait("/moved/er/fourth/", lambda reply: reply.status == 200)
    (live.root / "content/moved/er/third.md").unlink()
    live.wait("/moved/er/third/", lambda reply: reply.status == 404)


def test_content_folder_that_goes_and_returns_is_followed(start: Start) -> None:
    live = start()
    shutil.rmtree(live.root / "content")
    live.wait("/first/", lambda reply: reply.status == 404)
    live.write("content/first.md", PAGE)
    live.wait("/first/", lambda reply: reply.status == 200)
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)


def test_site_that_goes_and_returns_is_followed(start: Start) -> None:
    live = start()
    away = live.root.with_name("away")
    live.root.rename(away)
    live.wait("/first/", lambda reply: reply.status == 404)
    away.rename(live.root)
    live.wait("/first/", lambda reply: reply.status == 200)
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)


def test_template_folder_made_later_is_followed(start: Start) -> None:
    live = start()
    live.write("templates/post.html", "<p>unused, no dates here</p>")
    live.write("templates/page.html", "<p>own {{ page.title }}</p>")
    live.wait("/first/", lambda reply: "<p>own First</p>" in reply.text)


def test_changed_configuration_is_followed(start: Start) -> None:
    live = start()
    live.write("dlsite.yml", "title: Renamed\nbase_url: https://example.org/sub\n")
    live.wait("/sub/first/", lambda reply: "Renamed" in reply.text)


def test_nothing_is_written_but_the_memory(start: Start) -> None:
    live = start()
    live.ask("/first/")
    assert {path.name for path in live.root.iterdir()} == {
        *(path.partition("/")[0] for path in SITE),
        ".dlsite",
    }


def test_watch_limit_falls_back_to_polling(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlsite.serve.watch.POLL_SECONDS", 0.1)
    monkeypatch.setattr(
        "dlsite.serve.watch.Observer", lambda: (_ for _ in ()).throw(OSError(28, "No space"))
    )
    live = start()
    assert "looking for changes" in live.said[0]
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)
