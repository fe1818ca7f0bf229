"""Configuration: what every key takes, and what is said of the rest."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from dlsite.config.file import read_config
from dlsite.config.jekyll import read_jekyll_config
from dlsite.config.settings import Config, Defaults, ExternalOptions, Level, License
from dlsite.config.values import base_url
from dlsite.rules import Severity


def remarks(text: str) -> list[tuple[str, int, int]]:
    _, found = read_config(text)
    return [(each.rule, each.position.line, each.position.column) for each in found]


def test_an_empty_file_gives_the_defaults() -> None:
    assert read_config("# nothing\n") == (Config(), ())


def test_every_key_is_read() -> None:
    config, found = read_config(
        """\
title: T
base_url: https://x.org/notes/
content: ./pages/
permalink: pretty
timezone: "-05:00"
drafts: true
exclude: [a, "*.b"]
defaults:
  - scope: {path: posts}
    values: {layout: post}
markdown: {typography: false, toc_depth: 2}
math: {macros: {R: '\\mathbb{R}', '\\N': x}, brackets: true}
check: {rules: {page-orphan: off, image-alt: error}}
nav:
  - Start: /start/
redirects: {/old/: /new/}
extra: {a: [1]}
"""
    )
    assert found == ()
    assert (config.title, config.base_url, config.content) == ("T", "https://x.org/notes", "pages")
    assert config.base_path == "/notes"
    assert config.permalink == "/:categories/:year/:month/:day/:title/"
    assert config.timezone.utcoffset(None) == timedelta(hours=-5)
    assert config.drafts
    assert config.exclude == ("a", "*.b")
    assert config.defaults == (Defaults("posts", {"layout": "post"}),)
    assert (config.markup.typography, config.markup.toc_depth) == (False, 2)
    assert config.markup.math_macros == {"R": r"\mathbb{R}", "N": "x"}
    assert config.markup.math_brackets
    assert config.check.levels == (
        Level("page-orphan", "*", None),
        Level("image-alt", "*", Severity.ERROR),
    )
    assert [(entry.title, entry.target) for entry in config.nav] == [("Start", "/start/")]
    assert [(row.old, row.new, row.position.line) for row in config.redirects] == [
        ("/old/", "/new/", 16)
    ]
    assert config.extra == {"a": [1]}


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("titel: x", ("config-unknown", 1, 1)),
        ("markdown: {typografy: x}", ("config-unknown", 1, 12)),
        ("title: [x]", ("config-invalid", 1, 8)),
        ("drafts: perhaps", ("config-invalid", 1, 9)),
        ("base_url: example.org", ("config-invalid", 1, 11)),
        ("base_url: https://x.org/?q", ("config-invalid", 1, 11)),
        ("permalink: /:yaer/", ("config-invalid", 1, 12)),
        ("permalink: strange", ("config-invalid", 1, 12)),
        ("timezone: Mars/Phobos", ("config-invalid", 1, 11)),
        ("nav: {a: b}", ("config-invalid", 1, 6)),
        ("redirects: {/a: [b]}", ("config-invalid", 1, 17)),
        ("check: {rules: {page-orfan: off}}", ("config-invalid", 1, 29)),
        ("check: {rules: {page-orphan: loud}}", ("config-invalid", 1, 30)),
        ("check: {external: 5}", ("config-invalid", 1, 19)),
        ("check: {external: {timeout: soon}}", ("config-invalid", 1, 29)),
        ("check: {external: {retries: 1.5}}", ("config-invalid", 1, 29)),
        ("check: {external: {per_host: true}}", ("config-invalid", 1, 30)),
        ("check: {external: {at_once: 0}}", ("config-invalid", 1, 29)),
        ("check: {external: {max_age: .nan}}", ("config-invalid", 1, 29)),
        ("check: {external: {timeuot: 5}}", ("config-invalid", 1, 29)),
        ("check: {external: {ignore: [a, 5]}}", ("config-invalid", 1, 32)),
        ("markdown: {toc_depth: 9}", ("config-invalid", 1, 23)),
        ("- a", ("config-invalid", 1, 0)),
        ("a: b: c", ("config-invalid", 1, 5)),
    ],
)
def test_what_cannot_be_used_is_one_finding_at_its_place(
    text: str, remark: tuple[str, int, int]
) -> None:
    assert remarks(text) == [remark]


def test_external_settings_keep_their_default_where_they_are_unfit() -> None:
    config, _ = read_config(
        "check: {external: {timeout: 2.5, retries: -1, max_age: 30, ignore: 'https://x.org/*'}}"
    )
    assert config.check.external == ExternalOptions(
        timeout_seconds=2.5, max_age_days=30, ignore=("https://x.org/*",)
    )


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    _, (found,) = read_config("base_ulr: x")
    assert found.help == ("did you mean 'base_url'?",)


def test_a_bad_key_does_not_harm_the_others() -> None:
    config, _ = read_config("title: [x]\nauthor: Ada")
    assert (config.title, config.author) == (Config().title, "Ada")


def test_a_jekyll_configuration_is_read_for_what_means_something_here() -> None:
    config, found = read_jekyll_config(
        "title: T\nurl: https://x.org\nbaseurl: /n\npermalink: /:title/\ntimezone: UTC\n"
        "plugins: [a]\nauthor: {name: Ada}\ntheme: minima\nshow_drafts: true"
    )
    assert found == ()
    assert (config.title, config.base_url, config.author) == ("T", "https://x.org/n", "Ada")
    assert (config.timezone, config.drafts) == (UTC, True)


def test_of_a_jekyll_key_that_stands_twice_the_last_counts() -> None:
    config, found = read_jekyll_config("url: https://a.org\ntitle: A\nurl: https://b.org/n\n")
    assert found == ()
    assert config.base_url == "https://b.org/n"


def test_the_separator_of_excerpts_of_jekyll_is_a_default_of_all_pages() -> None:
    (defaults,) = read_jekyll_config("excerpt_separator: <!--here-->\n")[0].defaults
    assert (defaults.prefix, defaults.values) == ("", {"excerpt_separator": "<!--here-->"})
    # That of Jekyll itself is a blank line, which is where excerpts end here as well.
    for common in ('"\\n\\n"', '""', "1"):
        assert read_jekyll_config(f"excerpt_separator: {common}\n")[0].defaults == ()


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("url: https://x.org\nbaseurl: /n", "https://x.org/n"),
        ("url: https://x.org/\nbaseurl: n/", "https://x.org/n"),
        ("url: https://x.org/n/\nbaseurl: /n", "https://x.org/n"),
        ("url: https://x.org/m\nbaseurl: /n", "https://x.org/n"),
        ("url: https://x.org/m\nbaseurl: ''", "https://x.org/m"),
        ("baseurl: /n", "/n"),
        ("url: example\nbaseurl:", ""),
        ("url: example.org\nbaseurl: /n", "/n"),
        ("url: 'http://[x'\nbaseurl: /n", ""),
    ],
)
def test_url_and_baseurl_of_jekyll_are_one_base_url(text: str, base: str) -> None:
    assert read_jekyll_config(text)[0].base_url == base


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://x.org/", "https://x.org"),
        ("https://x.org/a/b/", "https://x.org/a/b"),
        ("/notes/", "/notes"),
        ("", ""),
    ],
)
def test_base_urls_lose_their_trailing_slash(text: str, url: str) -> None:
    assert base_url(text) == url


def test_nav_may_have_sections_one_level_deep() -> None:
    text = "nav:\n- Start: /start/\n- Cells:\n  - LSTM: /lstm/\n  - Deeper:\n    - No: /no/\n"
    config, found = read_config(text)
    entries = [(entry.section, entry.title, entry.position.line) for entry in config.nav]
    assert entries == [("", "Start", 2), ("Cells", "LSTM", 4)]
    message = "'nav.1.Cells.1' must be 'Title: /permalink/'"
    assert [(each.message, each.position.line) for each in found] == [(message, 5)]


def test_license_is_a_name_or_has_one() -> None:
    assert read_config("license: MIT")[0].license == License("MIT")
    given = "license: {name: CC BY 4.0, url: https://example.org/by/}"
    assert read_config(given)[0].license == License("CC BY 4.0", "https://example.org/by/")
    for wrong in ("license: {url: https://example.org/}", "license: {name: X, uri: y}"):
        config, found = read_config(wrong)
        assert config.license is None
        assert [each.rule for each in found] == ["config-invalid"]


def test_source_url_must_be_an_address() -> None:
    assert read_config("source_url: https://x.org/:path")[0].source_url == "https://x.org/:path"
    for slip in ("/x/", "https://x.org/", "https://x.org/:pth"):
        assert [each.rule for each in read_config(f"source_url: {slip}")[1]] == ["config-invalid"]
