"""Links from findings in the preview to an editor: addresses, names, and who decides."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest

from dlsite.cli import main
from dlsite.diagnostics import Diagnostic, Position
from dlsite.serve.editors import EDITORS, EditorError, link_to
from dlsite.serve.panel import panel

ROOT = Path("/notes & more")
PLACE = Position("content/é <b>.md", 5, 12, 3)


@pytest.mark.parametrize("name", EDITORS)
def test_every_editor_is_told_file_line_and_column(name: str) -> None:
    address = link_to(name, ROOT)(PLACE)
    parts = urlsplit(address)
    assert parts.scheme
    assert address.isascii()
    assert not set(address) & set(" <>\"'")
    text = unquote(f"{parts.netloc}{parts.path}?{parts.query}")
    assert str(PurePosixPath(ROOT, PLACE.path)) in text
    assert "5" in text.rpartition(".md")[2]
    assert "12" in text.rpartition(".md")[2]


def test_an_address_of_ones_own_is_filled_in() -> None:
    own = link_to("my-editor:open?f={path}&at={line},{column}", ROOT)
    assert own(Position("content/{line}.md", 5, 12)) == (
        "my-editor:open?f=/notes%20%26%20more/content/%7Bline%7D.md&at=5,12"
    )
    # Of a file as a whole the beginning is meant.
    assert own(Position("dlsite.yml")).endswith("/dlsite.yml&at=1,1")


def test_what_is_no_file_of_the_site_has_no_link() -> None:
    link = link_to("vscode", ROOT)
    assert [link(Position(path, 1, 1)) for path in ("", "theme:templates/page.html")] == ["", ""]
    assert link_to("none", ROOT)(PLACE) == ""


@pytest.mark.parametrize(
    "name", ["vscod", "", "vscode://file", "javascript:alert('{path}')", "{path}", "a b:{path}"]
)
def test_what_is_no_editor_is_refused(name: str) -> None:
    with pytest.raises(EditorError, match=r"one of: cursor, emacs, .*, none, or an address"):
        link_to(name, ROOT)


def test_findings_in_the_page_open_their_places() -> None:
    finding = Diagnostic("link-missing", PLACE, "a link", related=(Position("content/b.md", 7),))
    shown = panel([finding], {}, is_open=True, link_to=link_to("idea", ROOT))
    place = (
        "idea://open?file=/notes%20%26%20more/content/%C3%A9%20%3Cb%3E.md&amp;line=5&amp;column=12"
    )
    assert f'<b><a href="{place}">content/é &lt;b&gt;.md:5:12</a></b>' in shown
    assert '/content/b.md&amp;line=7&amp;column=1">content/b.md:7</a>' in shown
    assert "<a " not in panel([finding], {}, is_open=True)


@pytest.mark.parametrize(
    ("variable", "flags", "wrong"),
    [("", ["--editor", "vscod"], "vscod"), ("nano", [], "nano"), ("zed", ["--editor", "x"], "x")],
)
def test_flag_goes_before_the_environment(  # noqa: PLR0913, PLR0917 - all that it takes
    variable: str,
    flags: list[str],
    wrong: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DLSITE_EDITOR", variable)
    assert main(["-C", str(tmp_path), "serve", *flags]) == 2
    assert f"dlsite: there is no editor '{wrong}'" in capsys.readouterr().err
