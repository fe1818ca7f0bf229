"""`llms.txt` says what pages there are, in the shape that llmstxt.org gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dlsite.rendering import Renderer
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]

QUIET = "check: {rules: {page-orphan: 'off', page-deadend: 'off'}}\n"
PAGES = {
    "content/a.md": "---\ntitle: 'A [draft] of $x^2$'\ndescription: One.\n---\nT.\n",
    "content/b.md": "---\ntitle: b\npermalink: /b(1)/\n---\nT.\n",
    "content/c.md": "---\ntitle: C\nsitemap: false\n---\nT.\n",
    "content/d.md": "---\ntitle: D\n---\nT.\n",
}


def _llms(understood: Understood, config: str) -> str | None:
    outputs = Renderer.of(understood(PAGES | {"dlsite.yml": config + QUIET})).emit()
    return {output.path: output.content.decode() for output in outputs}.get("llms.txt")


def test_the_navigation_comes_first_and_nothing_twice(understood: Understood) -> None:
    config = (
        "title: Notes\ndescription: All of it.\nbase_url: https://example.org/n\n"
        "nav: [{Nets: [{D: /d/}, {Again: /d/}, {Tags: 'https://x.org'}]}]\n"
    )
    assert _llms(understood, config) == (
        "# Notes\n\n> All of it.\n\n## Nets\n\n- [D](https://example.org/n/d/index.html.md)\n\n"
        "## All other pages\n\n"
        "- [A \\[draft\\] of x²](https://example.org/n/a/index.html.md): One.\n"
        "- [b](https://example.org/n/b%281%29/index.html.md)\n"
    )


def test_without_a_navigation_all_pages_are_one_list(understood: Understood) -> None:
    assert _llms(understood, "title: Notes\n") == (
        "# Notes\n\n## Pages\n\n- [A \\[draft\\] of x²](/a/index.html.md): One.\n"
        "- [b](/b%281%29/index.html.md)\n- [D](/d/index.html.md)\n"
    )


def test_it_can_be_switched_off(understood: Understood) -> None:
    assert _llms(understood, "llms: false\n") is None
