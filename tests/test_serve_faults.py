"""What breaks while the preview runs is shown where the reader looks, until it is mended."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.request import urlopen

import pytest

from dlsite.build import load_config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.processes.budget import parse_in_time
from dlsite.serve.panel import panel
from previewing import PAGE, SITE, Loaded, Start, preview_of
from running import Write


def test_broken_front_matter_is_shown_until_mended(start: Start) -> None:
    live = start()
    live.write("content/first.md", "---\ntitle: [<b>First\npermalink: /first/\n---\nOne.\n")
    other = live.wait("/second/", lambda reply: "dlsite-panel" in reply.text)
    assert other.status == 200
    assert "<h1>Second</h1>" in other.text
    assert "content/first.md:" in other.text
    broken = live.ask("/first/")
    # The page has lost its fields, but neither its address nor its body.
    assert broken.status == 200
    assert "<p>One.</p>" in broken.text
    assert "content/first.md:3:" in broken.text
    assert "<pre>3 | permalink: /first/" in broken.text
    assert [each.rule for each in live.shown[-1]] == ["front-matter-syntax"]
    live.write("content/first.md", PAGE)
    live.wait("/first/", lambda reply: "dlsite-panel" not in reply.text)
    assert "dlsite-panel" not in live.ask("/second/").text
    assert live.said[-1] == "no findings in the site"


def test_permalink_that_broken_front_matter_takes_away_shows_why(start: Start) -> None:
    third = "---\ntitle: Third\npermalink: /elsewhere/\n---\nThree.\n"
    live = start({**SITE, "content/third.md": third})
    assert live.ask("/elsewhere/").status == 200
    live.write("content/third.md", third.replace("permalink: /", "- <b>/"))
    broken = live.wait("/elsewhere/", lambda reply: reply.status == 500)
    assert "content/third.md:3:" in broken.text
    assert "<pre>3 | - &lt;b&gt;/elsewhere/" in broken.text
    assert "<b>/else" not in broken.text
    assert live.ask("/elsewhere").headers["location"] == "/elsewhere/"
    live.write("content/third.md", third)
    mended = live.wait("/elsewhere/", lambda reply: reply.status == 200)
    assert "dlsite-panel" not in mended.text
    live.write("content/third.md", third.replace("/elsewhere/", "/moved/"))
    live.wait("/moved/", lambda reply: reply.status == 200)
    assert live.ask("/elsewhere/").status == 404


def test_page_whose_title_breaks_its_front_matter_is_shown_with_the_reason(start: Start) -> None:
    third = "---\ntitle: Third\npermalink: /elsewhere/\n---\nThree.\n"
    live = start({**SITE, "content/third.md": third.replace("Third", "Third: <b>more")})
    broken = live.ask("/elsewhere/")
    assert (broken.status, "content/third.md:2:13" in broken.text) == (200, True)
    assert "Three." in broken.text
    assert "<b>more" not in broken.text


def test_page_that_takes_too_long_is_named_and_the_preview_goes_on(
    site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = parse_in_time.__kwdefaults__ or {}
    monkeypatch.setattr(parse_in_time, "__kwdefaults__", {**given, "seconds": 0.2})
    shown: list[Diagnostic] = []
    root = site(SITE)

    def show(found: Iterable[Diagnostic], _: Mapping[str, str]) -> None:
        shown.extend(found)
        live.end()

    live = preview_of(root, show=show)
    # Read in this thread, the main one, as `serve` does.
    with live:
        # The expressions of that language take twice as long with each sign.
        slow = "```tads3\nextern //" + "\\" * 80 + "\n```\n"
        (root / "content/first.md").write_text(f"{PAGE}\n{slow}", "utf-8")
        patience = threading.Timer(30, live.end)
        patience.start()
        live.follow()
        patience.cancel()
        with urlopen(f"{live.address}/first/", timeout=10) as reply:
            assert "extern //" in reply.read().decode()
    (finding,) = shown
    assert finding.rule == "markdown-failed"
    assert "seconds" in finding.message


def test_findings_are_told_once(start: Start) -> None:
    live = start({**SITE, "content/first.md": f"{PAGE}\n[gone](/nowhere/)\n"})
    assert [each.rule for found in live.shown for each in found] == ["link-missing"]
    live.write("content/first.md", f"{PAGE}\nAbove.\n\n[gone](/nowhere/)\n")
    live.wait("/first/", lambda reply: "Above." in reply.text)
    assert len(live.shown) == 1
    live.write("content/first.md", f"{PAGE}\n[gone](/nowhere/) [away](/elsewhere/)\n")
    live.wait("/first/", lambda reply: "away" in reply.text)
    assert [each.target for each in live.shown[-1]] == ["/elsewhere/"]


def test_finding_of_one_page_is_not_on_another(start: Start) -> None:
    live = start({**SITE, "content/first.md": f"{PAGE}\n[gone](/nowhere/)\n"})
    assert "<details><summary>dlsite: 1 error</summary>" in live.ask("/first/").text
    assert "dlsite-panel" not in live.ask("/second/").text


def test_two_pages_on_one_permalink_are_shown(start: Start) -> None:
    live = start()
    live.write("content/third.md", PAGE)
    reply = live.wait("/second/", lambda reply: "[permalink-conflict]" in reply.text)
    assert "content/third.md" in reply.text
    assert "content/first.md" in reply.text


@pytest.mark.parametrize(
    "text", ["{% if %}", "{{ page.nothing.at_all }}", "{% include 'no.html' %}"]
)
def test_template_error_is_shown_until_mended(start: Start, text: str) -> None:
    live = start()
    live.write("templates/page.html", f"<main></main>\n{text}\n")
    reply = live.wait("/first/", lambda reply: reply.status == 500)
    assert "templates/page.html:2" in reply.text
    assert "[template-error]" in reply.text
    assert live.ask("/").status == 200
    live.ask("/second/")
    assert [each.rule for found in live.shown for each in found].count("template-error") == 1
    live.write("templates/page.html", "<p>mended</p>")
    live.wait("/first/", lambda reply: reply.status == 200 and "mended" in reply.text)
    assert "no findings in the site" in live.said


def test_broken_configuration_keeps_the_last_one(start: Start) -> None:
    live = start({**SITE, "dlsite.yml": "title: Notes\nbase_url: https://example.org/sub\n"})
    for text in ("title: [", "titel: Notes\n", "title: 1\nbase_url: {}\n"):
        live.write("dlsite.yml", text)
        reply = live.wait("/sub/first/", lambda reply: "dlsite.yml" in reply.text)
        assert reply.status == 200
        assert "[config-" in reply.text
    live.write("dlsite.yml", "title: Mended\n")
    live.wait("/first/", lambda reply: "Mended" in reply.text and "dlsite-panel" not in reply.text)


def test_configuration_that_cannot_be_loaded_is_a_finding(start: Start, tmp_path: Path) -> None:
    root = tmp_path / "site"

    def load() -> Loaded:
        if "gone" in (root / "dlsite.yml").read_text():
            raise ValueError("the clock has stopped")
        return load_config(root)

    live = start(load=load)
    live.write("dlsite.yml", "# gone\n")
    live.wait("/first/", lambda reply: "the clock has stopped" in reply.text)
    live.write("dlsite.yml", "title: Back\n")
    live.wait("/first/", lambda reply: "Back" in reply.text)


def test_bug_in_the_pipeline_keeps_the_last_good_pages(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("<script>oh</script>")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    live = start()
    with monkeypatch.context() as broken:
        broken.setattr("dlsite.understanding.run_checks", fail)
        live.write("content/first.md", PAGE.replace("One", "Changed"))
        reply = live.wait("/first/", lambda reply: "bug in dlsite" in reply.text)
        assert reply.status == 200
        assert "One" in reply.text
        assert "<script>oh" not in reply.text
        assert list(tmp_path.glob("dlsite-bug-*.txt"))
    live.write("content/first.md", PAGE.replace("One", "Mended"))
    reply = live.wait("/first/", lambda reply: "Mended" in reply.text)
    assert "bug in dlsite" not in reply.text


def test_bug_is_told_and_outlived_where_no_file_can_be_written(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    live = start()
    with monkeypatch.context() as broken:
        broken.setattr("dlsite.understanding.run_checks", fail)
        live.write("content/first.md", PAGE.replace("One", "Changed"))
        live.wait("/first/", lambda reply: "bug in dlsite" in reply.text)
    traceback, remark = live.said[-2:]
    assert traceback.endswith("ZeroDivisionError: first line\nsecond line\n")
    assert remark.endswith("please report it with the lines above")
    live.write("content/first.md", PAGE.replace("One", "Mended"))
    live.wait("/first/", lambda reply: "Mended" in reply.text)


def test_bug_at_the_start_is_a_page(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as broken:
        broken.setattr("dlsite.reading.analyse", fail)
        live = start()
        reply = live.ask("/first/")
        assert reply.status == 500
        assert "this is a bug in dlsite (ZeroDivisionError)" in reply.text
    live.write("content/first.md", PAGE)
    live.wait("/first/", lambda reply: reply.status == 200)


def test_panel_escapes_what_it_quotes() -> None:
    finding = Diagnostic(
        "link-missing",
        Position("content/<i>.md", 1, 5, 8),
        "link to '</script><script>alert(1)</script>\x1b[2J'",
        ("<b>help</b>",),
    )
    shown = panel([finding], {"content/<i>.md": "a & <script>alert(1)</script>"}, is_open=True)
    assert "<script" not in shown
    assert "<b>help" not in shown
    assert "\x1b" not in shown
    assert "1 | a &amp; &lt;script&gt;alert(1)&lt;/script&gt;\n        ^^^^^^^^</pre>" in shown
