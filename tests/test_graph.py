"""The knowledge base as data: its files against their schemas, JSON-LD against what pages say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dlsite.rendering import Renderer
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]

DOCS = Path(__file__).parents[1] / "docs"
NAMES = ("site", "backlinks")
QUIET = "check: {rules: {page-orphan: 'off', page-deadend: 'off'}}\n"
CONFIG = f"title: Notes\nauthor: Ada\nbase_url: https://example.org/notes\n{QUIET}"
SITE = {
    "dlsite.yml": CONFIG,
    "content/a.md": "---\ntitle: 'A </script> $x^2$'\ndate: 2020-01-01\ntags: [GAN, Nets]\n---\n"
    "## One\n\nSee [B](/b/#two), [B again](/b), [A](/a/), [none](/none/), [no tag](/tags/rnn/), [x](https://x.org).\n",
    "content/b.md": "---\ntitle: B\ntags: [GANs]\nlang: de\nauthor: Bo\ndescription: Two.\n---\n"
    "Back to [A](/a/).\n\n## Two\n",
    "content/d.md": "---\ntitle: D\ndraft: true\ntags: [Nets]\n---\nSee [A](/a/).\n",
}


def _data(understood: Understood, texts: Mapping[str, str], name: str = "site") -> dict[str, Any]:
    outputs = {output.path: output for output in Renderer.of(understood(texts)).emit()}
    facts: dict[str, Any] = json.loads(outputs[f"{name}.json"].content)
    return facts


@pytest.mark.parametrize("name", NAMES)
def test_the_data_has_the_shape_that_its_schema_says(understood: Understood, name: str) -> None:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    bare = SITE | {"dlsite.yml": QUIET}
    for texts in (SITE, bare, {"dlsite.yml": QUIET}):
        assert [*validator.iter_errors(_data(understood, texts, name))] == []
    assert [*validator.iter_errors({**_data(understood, SITE, name), "version": 2})]


def test_links_are_told_from_both_ends(understood: Understood) -> None:
    facts = _data(understood, SITE)
    a, b = facts["pages"]
    assert (a["permalink"], a["title"], a["date"]) == (
        "/a/",
        "A </script> x²",
        "2020-01-01T00:00:00Z",
    )
    assert (a["links"], b["links"]) == (["/b/"], ["/a/"])
    backlinks = _data(understood, SITE, "backlinks")["backlinks"]
    assert [*backlinks] == ["/a/", "/b/"]
    assert backlinks["/a/"] == [{"from": "/b/", "text": "A", "sentence": "Back to A."}]
    assert [each["text"] for each in backlinks["/b/"]] == ["B"]
    assert a["headings"] == [{"level": 2, "text": "One", "fragment": "one"}]
    assert [each["permalink"] for each in facts["wanted"]] == ["/none/"]
    assert facts["site"]["url"] == "https://example.org/notes/"


def test_terms_name_their_pages_and_spellings(understood: Understood) -> None:
    gan, nets = _data(understood, SITE)["terms"]
    assert (gan["pages"], gan["spellings"]) == (["/a/", "/b/"], ["GAN", "GANs"])
    assert nets["pages"] == ["/a/"]


def test_previews_are_no_part_of_the_data(understood: Understood) -> None:
    facts = _data(understood, SITE | {"dlsite.yml": f"{CONFIG}drafts: true\n"})
    assert [each["permalink"] for each in facts["pages"]] == ["/a/", "/b/"]
    assert "/d/" not in json.dumps(facts)
    backlinks = _data(understood, SITE | {"dlsite.yml": f"{CONFIG}drafts: true\n"}, "backlinks")
    assert "/d/" not in json.dumps(backlinks)


def test_it_can_be_switched_off(understood: Understood) -> None:
    analysis = understood(SITE | {"dlsite.yml": f"{CONFIG}graph: false\n"})
    paths = {output.path for output in Renderer.of(analysis).emit()}
    assert paths.isdisjoint(f"{name}.json" for name in NAMES)


def _json_ld(understood: Understood, texts: Mapping[str, str], path: str) -> dict[str, Any]:
    output, finding = Renderer.of(understood(texts)).render(path)
    assert finding is None
    assert output is not None
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', output.content.decode(), re.DOTALL
    )
    return {block["@type"]: block for block in map(json.loads, blocks)}


def test_pages_say_what_they_are_in_json_ld(understood: Understood) -> None:
    blocks = _json_ld(understood, SITE, "a/index.html")
    assert set(blocks) == {"TechArticle", "BreadcrumbList"}
    article = blocks["TechArticle"]
    assert article["headline"] == "A </script> x²"
    assert article["url"] == "https://example.org/notes/a/"
    assert article["datePublished"] == article["dateModified"] == "2020-01-01T00:00:00+00:00"
    assert article["author"] == [{"@type": "Person", "name": "Ada"}]
    assert article["keywords"] == ["GAN", "Nets"]
    undated = _json_ld(understood, SITE, "b/index.html")["TechArticle"]
    assert "datePublished" not in undated
    assert (undated["inLanguage"], undated["description"]) == ("de", "Two.")
    assert undated["author"] == [{"@type": "Person", "name": "Bo"}]


def test_without_a_host_there_is_no_json_ld(understood: Understood) -> None:
    assert _json_ld(understood, SITE | {"dlsite.yml": QUIET}, "a/index.html") == {}
