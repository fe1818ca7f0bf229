"""`docs/theming.md` and the templates: what is said of them is what they get.

`UPDATE=1` writes the generated parts of the page anew, for review.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contexts import RECORDS, SHARED, TEMPLATES, Fields
from dlsite.files.sitefiles import Sources
from dlsite.records import Json
from dlsite.render.templates import Templates
from dlsite.rendering import Renderer
from dlsite.understanding import Analysis

DOCS = Path(__file__).parents[1] / "docs" / "theming.md"
STYLE = Path(__file__).parents[1] / "static" / "style.css"
UPDATE = os.getenv("UPDATE") == "1"

SITE = {
    "dlsite.yml": "title: Notes\nbase_url: https://example.org\nextra: {a: 1}\nlicense: MIT\n"
    "nav:\n  - A: /a/\n  - More:\n    - B: /b/\nredirects: {/old/: /a/}\n",
    "content/a.md": "---\ntitle: A\ndate: 2020-01-01\nlast_modified_at: 2021-01-01\n"
    "tags: [One, Two]\ncategories: [C]\nauthor: {name: Ada, url: 'https://x.org'}\nkey: 1\n---\n"
    "See [B](/b/) and [x](https://x.org).\n\n## One\n\n### Two\n\n### Three\n",
    "content/b.md": "---\ntitle: B\ntags: [One]\nlang: de\n---\nText.\n",
    **{f"content/{n}.md": f"---\ntitle: {n}\ntags: [T{n}]\n---\nT.\n" for n in range(4)},
}

Understood = Callable[[Mapping[str, str]], Analysis]


def test_template_that_is_not_there_is_one_finding(understood: Understood) -> None:
    analysis = understood(SITE)
    texts, paths = (
        {name: text for name, text in given.items() if name not in ("page.html", "terms.html")}
        for given in (analysis.sources.templates, analysis.sources.template_paths)
    )
    sources = replace(analysis.sources, templates=texts, template_paths=paths)
    found = Renderer.of(replace(analysis, sources=sources)).render_all().diagnostics
    assert sorted((each.message, each.help, str(each.position)) for each in found) == [
        (
            "there is no template 'page.html', and 6 outputs are made with it",
            ("add templates/page.html",),
            "content/0.md",
        ),
        (
            "there is no template 'terms.html', and 2 outputs are made with it",
            ("add templates/terms.html",),
            "content/a.md",
        ),
    ]


# Contexts


def _faults(kind: str, value: Json, place: str) -> list[str]:
    """Return where a value is not what its kind says."""
    if kind.endswith("?"):
        return [] if value is None else _faults(kind[:-1], value, place)
    if kind.startswith("list of "):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        each = kind.removeprefix("list of ")
        return [fault for entry in value for fault in _faults(each, entry, f"{place}[]")]
    if kind.startswith("map of "):
        if not isinstance(value, dict):
            return [f"{place} is no map"]
        each = kind.removeprefix("map of ")
        return [fault for entry in value.values() for fault in _faults(each, entry, f"{place}.*")]
    if kind in RECORDS:
        return _record_faults(RECORDS[kind], value, place, exact=kind != "NavLink")
    types: dict[str, type[Any]] = {"number": int, "flag": bool, "data": object}
    fits = isinstance(value, types.get(kind, str))
    return [] if fits else [f"{place} is no {kind}"]


def _record_faults(fields: Fields, value: Json, place: str, *, exact: bool = True) -> list[str]:
    if not isinstance(value, dict):
        return [f"{place} is no record"]
    faults = [f"{place}.{name} is not there" for name in fields.keys() - value.keys()]
    if exact:
        faults += [f"{place}.{name} is not described" for name in value.keys() - fields.keys()]
    for name in fields.keys() & value.keys():
        faults += _faults(fields[name][0], value[name], f"{place}.{name}")
    return faults


def test_every_context_is_as_it_is_described(understood: Understood) -> None:
    plans = Renderer.of(understood(SITE)).plans
    seen = {plan.template for plan in plans.values()}
    assert seen == TEMPLATES.keys()
    faults = {
        fault
        for plan in plans.values()
        for wanted in [TEMPLATES[plan.template]]
        for fault in _record_faults(
            {**(SHARED if wanted.is_page else {}), **wanted.fields},
            {**plan.context},
            plan.template,
        )
    }
    assert faults == set()


def test_every_record_is_used_and_every_kind_is_known() -> None:
    tables = [SHARED, *RECORDS.values(), *(each.fields for each in TEMPLATES.values())]
    kinds = {
        re.sub(r"^(list|map) of |\?$", "", kind) for table in tables for kind, _ in table.values()
    }
    assert kinds - RECORDS.keys() == {"text", "HTML", "URL", "number", "flag", "data"}
    assert RECORDS.keys() - kinds == set()


# Templates


def test_partial_says_what_it_is_for(theme: Sources) -> None:
    for name in theme.theme_templates:
        if name.startswith("partials/"):
            first = theme.templates[name].partition("\n")[0]
            assert re.fullmatch(r"\{# [A-Z].+ Needs.+\. #\}", first), name


def test_templates_are_valid(theme: Sources) -> None:
    # A build takes this for granted.
    as_own = {name: f"templates/{name}" for name in theme.templates}
    assert Templates(theme.templates, as_own).broken() == ()


def test_no_template_has_a_style_or_a_handler_in_an_attribute(theme: Sources) -> None:
    for name in theme.theme_templates:
        found = re.findall(r"<[^>]*\s(?:style|on[a-z]+)=", theme.templates[name])
        assert found == [], name


def test_words_are_in_one_file(theme: Sources) -> None:
    """No text of a template outside of `strings.html` is a word of the interface."""
    for name in theme.theme_templates:
        if not name.startswith("partials/strings"):
            text = re.sub(
                r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<script.*?</script>",
                "",
                theme.templates[name],
                flags=re.DOTALL,
            )
            words = re.sub(r"<[^>]*>", " ", text)
            assert re.findall(r"[A-Za-z]{2,}", words) == [], name


def _names(text: str) -> set[str]:
    return set(re.findall(r"\{% (?:set|macro) (\w+)", text))


def test_every_language_has_every_word(theme: Sources) -> None:
    words = {
        name: _names(text)
        for name, text in theme.templates.items()
        if name.startswith("partials/strings.")
    }
    assert {"partials/strings.de.html", "partials/strings.html"} <= words.keys()
    english = words["partials/strings.html"]
    assert {name: english - found for name, found in words.items() if english - found} == {}


def _page(understood: Understood, texts: Mapping[str, str]) -> str:
    output, finding = Renderer.of(understood(texts)).render("a/index.html")
    assert finding is None
    assert output is not None
    return output.content.decode()


@pytest.mark.parametrize(
    ("language", "word", "day"),
    [
        ("en", "Related pages", "January 1, 2020"),
        ("en-GB", "Related pages", "1 January 2020"),
        ("de-AT", "Verwandte Seiten", "1. Januar 2020"),
        ("fr", "Pages voisines", "1er janvier 2020"),
        ("es", "Páginas relacionadas", "1 de enero de 2020"),
        ("zh-Hans", "相关页面", "2020年1月1日"),
        ("ar", "صفحات ذات صلة", "1 يناير 2020"),
        ("fa", "صفحه‌های مرتبط", "1 ژانویه 2020"),
        ("he", "דפים קשורים", "1 בינואר 2020"),
        ("it", "Pagine correlate", "1 gennaio 2020"),
        ("ja", "関連ページ", "2020年1月1日"),
        ("ko", "관련 페이지", "2020년 1월 1일"),
        ("pt-BR", "Páginas relacionadas", "1 de janeiro de 2020"),
        ("ru", "Похожие страницы", "1 января 2020 г."),
        ("vi", "Related pages", "1 tháng 1, 2020"),
        ("tlh", "Related pages", "2020-01-01"),
    ],
)
def test_interface_speaks_the_language_of_the_site(
    understood: Understood, language: str, word: str, day: str
) -> None:
    config = SITE["dlsite.yml"] + f"language: {language}\n"
    text = _page(understood, SITE | {"dlsite.yml": config})
    assert word in text
    assert f">{day}</time>" in text
    assert (
        f'<html lang="{language}" dir="{"rtl" if language in ("ar", "fa", "he") else "ltr"}">'
        in text
    )


def test_words_of_the_site_come_before_those_of_the_theme(understood: Understood) -> None:
    german = SITE | {"dlsite.yml": SITE["dlsite.yml"] + "language: de\n"}
    theirs = Renderer.of(understood(german)).analysis.sources.templates
    own = theirs["partials/strings.de.html"].replace("Verwandte Seiten", "Siehe auch")
    assert "Siehe auch" in _page(understood, german | {"templates/partials/strings.de.html": own})
    assert "Siehe auch" in _page(understood, german | {"templates/partials/strings.html": own})


def test_words_in_a_language_that_the_theme_has_not_are_used(understood: Understood) -> None:
    texts = SITE | {"dlsite.yml": SITE["dlsite.yml"] + "language: nl\n"}
    words = Renderer.of(understood(texts)).analysis.sources.templates["partials/strings.html"]
    own = {"templates/partials/strings.nl.html": words.replace("Related pages", "Zie ook")}
    renderer = Renderer.of(understood(texts | own))
    assert renderer.diagnostics == ()
    assert "Zie ook" in _page(understood, texts | own)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Words of *one* [link](/b/), and $x^2$.\n\nMore.", "Words of one link, and x²."),
        ("word " * 40, "word " * 30 + "word…"),
        ("深" * 200, "深" * 155 + "…"),
        ("## Only a heading", None),
    ],
)
def test_page_without_a_description_shows_its_first_words(
    understood: Understood, body: str, shown: str | None
) -> None:
    markup = _page(understood, SITE | {"content/a.md": f"---\ntitle: A\n---\n{body}\n"})
    found = re.search(r'<meta name="description" content="([^"]*)">', markup)
    assert (found[1] if found else None) == shown


def test_page_in_another_language_says_so(understood: Understood) -> None:
    output, _ = Renderer.of(understood(SITE)).render("b/index.html")
    assert output is not None
    text = output.content.decode()
    assert '<html lang="en" dir="ltr">' in text
    assert '<h1 lang="de">' in text
    assert '<div class="body" data-dlsite-body lang="de">' in text


# The page of the documentation


def _row(name: str, kind: str, meaning: str) -> str:
    return f"| `{name}` | {kind.replace('?', ' or none')} | {meaning} |"


def _table(fields: Fields) -> list[str]:
    rows = (_row(name, kind, meaning) for name, (kind, meaning) in fields.items())
    return ["| name | kind | meaning |", "|---|---|---|", *rows, ""]


def _contexts() -> list[str]:
    lines = ["### All pages", "", *_table(SHARED)]
    for name, each in TEMPLATES.items():
        lines += [f"### `{name}`", "", f"For {each.purpose}.", "", *_table(each.fields)]
    for name, fields in RECORDS.items():
        lines += [f"### {name}", "", *_table(fields)]
    return lines[:-1]


def _partials(theme: Sources) -> list[str]:
    lines = ["| partial | what it is | needs |", "|---|---|---|"]
    for name in sorted(theme.theme_templates):
        if name.startswith("partials/") and not name.startswith("partials/strings."):
            match = re.match(r"\{# (.+?) Needs:? (.+)\. #\}", theme.templates[name])
            assert match is not None
            lines.append(f"| `{name.removeprefix('partials/')}` | {match[1]} | {match[2]} |")
    return lines


def _properties() -> list[str]:
    root = re.search(r"^:root \{\n(.*?)\n\}", STYLE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert root is not None
    found = re.findall(r"^  (--[\w-]+): (.+);$", root[1], re.MULTILINE)
    return ["| property | the theme's value |", "|---|---|"] + [
        f"| `{name}` | `{value}` |" for name, value in found
    ]


def _policy(theme: Sources) -> list[str]:
    script = re.search(r"<script>(.*?)</script>", theme.templates["partials/theme-script.html"])
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    rules = f"default-src 'self'; script-src 'self' 'sha256-{digest}'; base-uri 'none'"
    return ["```", f"Content-Security-Policy: {rules}", "```"]


@pytest.mark.parametrize("part", ["properties", "partials", "contexts", "policy"])
def test_docs_are_true(part: str, theme: Sources) -> None:
    makers: dict[str, Callable[[], list[str]]] = {
        "properties": _properties,
        "partials": lambda: _partials(theme),
        "contexts": _contexts,
        "policy": lambda: _policy(theme),
    }
    wanted = "\n".join(makers[part]())
    text = DOCS.read_text("utf-8")
    mark = f"<!-- {part} -->\n"
    start = text.index(mark) + len(mark)
    closing = f"<!-- end of {part} -->\n"
    end = text.find(closing)
    if UPDATE:
        rest = text[end + len(closing) :] if end > 0 else text[start:]
        DOCS.write_text(f"{text[:start]}\n{wanted}\n\n{closing}{rest}", "utf-8")
    else:
        assert text[start:end].strip("\n") == wanted
