"""The words that converting a body adds to it, in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.markup.labels import ENGLISH, Words, words_of
from dlsite.rendering import Renderer
from dlsite.understanding import Analysis

CONVERTER = Converter(MarkupOptions())
LANGUAGES = [
    "ar",
    "cs",
    "da",
    "de",
    "es",
    "fa",
    "fr",
    "he",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "zh",
]
BODY = """\
> [!WARNING]
> Text.[^a]

!!! danger
    Again.[^a]

!!! note ""
    No title.

!!! custom
    A kind of its own.

* a
{:toc}

## H

| a |
|---|
| b |

```python
x = 1
```

[^a]: Note.
"""


def said(language: str) -> list[str]:
    """Return the labels and titles of the body, in the order of the page."""
    html = CONVERTER.convert(BODY, language=language).html
    return [a or b for a, b in re.findall(r'aria-label="([^"]*)"|callout-title">([^<]*)<', html)]


def test_a_german_body_speaks_german() -> None:
    assert said("de-AT") == [
        *("Warnung", "Fußnote 1", "Vorsicht", "Fußnote 1", "Hinweis", "Custom", "Inhalt"),
        *("Tabelle 1: H", "Code 1: Python", "Fußnoten", "Zurück zur Stelle 1"),
        "Zurück zur Stelle 1-2",
    ]


def test_english_callouts_are_called_as_they_are_written() -> None:
    assert said("en") == [
        *("Warning", "Footnote 1", "Danger", "Footnote 1", "Note", "Custom", "Contents"),
        *("Table 1: H", "Code 1: Python", "Footnotes", "Back to reference 1"),
        "Back to reference 1-2",
    ]
    assert said("tlh") == said("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language: str) -> None:
    words, names = words_of(language.upper()), [each.name for each in fields(Words)]
    assert all(getattr(words, name) for name in names[:-1])
    # `Figure` and `Code` are words of more than one language.
    assert sum(getattr(words, name) == getattr(ENGLISH, name) for name in names) < 7


def test_a_page_speaks_its_own_language_or_that_of_the_site(
    understood: Callable[[Mapping[str, str]], Analysis],
) -> None:
    text = "> [!NOTE]\n> Text.\n"
    texts = {
        "dlsite.yml": "language: fr\n",
        "content/a.md": f"---\ntitle: A\nlang: ja\n---\n{text}",
        "content/b.md": "---\ntitle: B\n---\n!!! tip\n    Text.\n",
    }
    renderer = Renderer.of(understood(texts))
    found = {}
    for path in ("a/index.html", "b/index.html"):
        output, _ = renderer.render(path)
        assert output is not None
        found[path] = re.findall(r'callout-title">([^<]*)<', output.content.decode())
    assert found == {"a/index.html": ["注記"], "b/index.html": ["Astuce"]}


def test_the_box_of_a_task_says_how_it_stands() -> None:
    page = CONVERTER.convert("- [x] a\n- [ ] b\n\n1. [X] c\n\n   more\n", language="de").html
    assert re.findall(r'<input [^>]*aria-label="([^"]*)"', page) == [
        "Erledigt",
        "Offen",
        "Erledigt",
    ]
    assert re.findall(r" checked", page) == [" checked"] * 2
    assert "<input" not in CONVERTER.convert("- [x](/y)\n- [x]b\n- \\[x] d\n- [ ]\n").html
