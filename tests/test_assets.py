"""The theme's stylesheets and scripts as they are published: smaller, and the same to a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dlsite.build import analyse
from dlsite.config.settings import Config
from dlsite.records import StaticFile

STATIC = Path(__file__).parents[1] / "static"
PROSE = "---\ntitle: A\npermalink: /a/\n---\nWords.\n"
CUSTOM = "/* Mine. */\nbody { color: red }\n"

MakeSite = Callable[[Mapping[str, str]], Path]

RULES = """text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return [...sheet.cssRules].map((rule) => rule.cssText);
}"""


def published(root: Path) -> dict[str, StaticFile]:
    return {file.url_path: file for file in analyse(root, Config()).sources.statics}


@pytest.mark.browser
def test_a_browser_reads_the_same_rules(browser: Browser, site: MakeSite) -> None:
    files = published(site({"content/a.md": PROSE.replace("Words", "$x$")}))
    with browser.new_page() as page:
        for name in ("style.css", "math.css", "search.css"):
            source = (STATIC / name).read_text("utf-8")
            text = files[name if name in files else "style.css"].content.decode()
            wanted, found = (page.evaluate(RULES, each) for each in (source, text))
            # A property of our own keeps the blanks that it was written with.
            tight = [re.sub(r"\s*([,:])\s*", r"\1", rule) for rule in wanted]
            assert tight, name
            assert set(tight) <= {re.sub(r"\s*([,:])\s*", r"\1", rule) for rule in found}, name


@pytest.mark.parametrize("name", ["style.css", "search.css", "site.js", "search.js"])
def test_readers_do_not_load_what_only_authors_read(name: str, site: MakeSite) -> None:
    file = published(site({"content/a.md": PROSE}))[name]
    assert len(file.content) < 0.9 * (STATIC / name).stat().st_size
    assert not re.search(rb"^\s*//|/\*|\n ", file.content, re.MULTILINE)


def test_rules_of_formulas_come_with_the_first_formula(site: MakeSite) -> None:
    root = site({"content/a.md": PROSE})
    files = published(root)
    assert "math.css" not in files
    assert b"mtable.numbered" not in files["style.css"].content
    (root / "content/a.md").write_text(PROSE.replace("Words", "$x$"))
    after = published(root)
    assert "math.css" not in after
    assert b"mtable.numbered" in after["style.css"].content
    assert after["style.css"].digest != files["style.css"].digest


def test_files_of_the_sites_own_are_published_as_they_are(site: MakeSite) -> None:
    own = {"static/custom.css": CUSTOM, "static/style.css": CUSTOM, "static/more.js": "// Mine.\n"}
    root = site({"content/a.md": PROSE, **own})
    files = published(root)
    for path, text in own.items():
        file = files[path.removeprefix("static/")]
        assert (file.content, Path(file.origin).read_text()) == (b"", text)
    (root / "content/a.md").write_text(PROSE.replace("Words", "$x$"))
    style = published(root)["style.css"].content.decode()
    assert style.startswith(CUSTOM)
    assert "mtable.numbered" in style
