"""Permalinks, targets, slugs and fragments: tables, and properties that hold for any text."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.records import Permalink
from dlsite.urls.escapes import href
from dlsite.urls.permalinks import (
    PermalinkError,
    canonical,
    collision_key,
    is_file,
    output_path,
    parse_permalink,
)
from dlsite.urls.slugs import fragment, slug, term_key
from dlsite.urls.targets import join, split_base_url, split_target

NOTES = "https://x.org/notes"


@pytest.mark.parametrize(
    ("written", "permalink"),
    [
        pytest.param("/rnn/", "/rnn/", id="both slashes"),
        pytest.param("/rnn", "/rnn/", id="leading slash only"),
        pytest.param("rnn/", "/rnn/", id="trailing slash only"),
        pytest.param("rnn", "/rnn/", id="no slash"),
        pytest.param("/rnn/index.html", "/rnn/", id="index file"),
        pytest.param("/index.html", "/", id="index file of the home page"),
        pytest.param("/", "/", id="home page"),
        pytest.param("", "/", id="empty"),
        pytest.param("/404.html", "/404.html", id="file name"),
        pytest.param("/a/b/c/", "/a/b/c/", id="folders"),
        pytest.param("  /rnn/ ", "/rnn/", id="blanks around"),
        pytest.param("/gpt-3.5", "/gpt-3.5/", id="a version number is no file name"),
        pytest.param("/a%20b/", "/a b/", id="percent escape"),
        pytest.param("/caf%C3%A9/", "/café/", id="percent escape of UTF-8"),
        pytest.param("/cafe\u0301/", "/café/", id="decomposed letters"),
        pytest.param("/%ff/", "/%ff/", id="an escape that is no UTF-8 stays"),
        pytest.param("/深度学习/", "/深度学习/", id="Chinese"),
        pytest.param("/Mixed_Case/", "/Mixed_Case/", id="letter case stays"),
    ],
)
def test_permalink_has_one_normal_form(written: str, permalink: str) -> None:
    assert parse_permalink(written) == permalink


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        pytest.param("/a/../b/", "the segment '..'", id="parent folder"),
        pytest.param("/../x", "the segment '..'", id="out of the site"),
        pytest.param("/%2e%2e/x", "the segment '..'", id="encoded parent folder"),
        pytest.param("/a/./b/", "the segment '.'", id="same folder"),
        pytest.param("/a//b/", "empty segment", id="empty segment"),
        pytest.param("//host/x", "full address", id="another host"),
        pytest.param("https://x.org/a", "full address", id="full address"),
        pytest.param("javascript:alert(1)", "full address", id="scheme"),
        pytest.param("/a?b=1", "a query", id="query"),
        pytest.param("/a%3Fb", "a query", id="encoded question mark"),
        pytest.param("/a#b", "a fragment", id="fragment"),
        pytest.param("/a\\b", "a backslash", id="backslash"),
        pytest.param("/a\nb", "a control character", id="line end"),
        pytest.param("/a%00b", "a control character", id="encoded NUL"),
        pytest.param("/.git/x", "begins with a dot", id="hidden folder"),
        pytest.param("/a /b/", "begins or ends with a blank", id="blank at the end of a segment"),
        pytest.param("/" + "é" * 101, "longer than 200 bytes", id="long segment"),
        pytest.param("/" + "abcdefghi/" * 101, "longer than 1000 bytes", id="long permalink"),
    ],
)
def test_what_no_server_would_bring_back_is_no_permalink(written: str, reason: str) -> None:
    with pytest.raises(PermalinkError, match=reason):
        parse_permalink(written)


@given(st.text(max_size=40))
def test_a_permalink_parses_to_itself(text: str) -> None:
    try:
        permalink = parse_permalink(text)
    except PermalinkError:
        return
    assert canonical(permalink) == permalink
    assert parse_permalink(permalink.replace("%", "%25")) == permalink
    assert not {".", ".."} & set(output_path(permalink).split("/"))
    assert not output_path(permalink).startswith("/")


@given(st.text(max_size=40))
def test_canonical_twice_changes_nothing(path: str) -> None:
    assert canonical(canonical(path)) == canonical(path)


@pytest.mark.parametrize(
    ("permalink", "path"),
    [
        pytest.param("/", "index.html", id="home"),
        pytest.param("/x/", "x/index.html", id="folder"),
        pytest.param("/a/b/", "a/b/index.html", id="folders"),
        pytest.param("/404.html", "404.html", id="file"),
        pytest.param("/feed.xml", "feed.xml", id="feed"),
    ],
)
def test_a_folder_is_served_by_its_index(permalink: Permalink, path: str) -> None:
    assert output_path(permalink) == path
    assert is_file(permalink) is not permalink.endswith("/")


@pytest.mark.parametrize(
    ("base_path", "permalink", "suffix", "url"),
    [
        pytest.param("", "/x/", "", "/x/", id="plain"),
        pytest.param("/notes", "/x/", "#y", "/notes/x/#y", id="below a base path"),
        pytest.param("", "/a b/", "", "/a%20b/", id="blank"),
        pytest.param("", "/café/", "", "/caf%C3%A9/", id="letter beyond ASCII"),
        pytest.param("", "/100%/", "", "/100%25/", id="percent sign"),
        pytest.param("", "/a&b'c/", "", "/a&b'c/", id="signs that a path may hold"),
        pytest.param("", '/a"<b>/', "", "/a%22%3Cb%3E/", id="signs that end an attribute"),
    ],
)
def test_href_is_encoded_once(base_path: str, permalink: Permalink, suffix: str, url: str) -> None:
    assert href(base_path, permalink, suffix) == url


@given(st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=20))
def test_href_decodes_to_the_permalink(segment: str) -> None:
    assert unquote(href("", Permalink(f"/{segment}/"))) == f"/{segment}/"


@pytest.mark.parametrize(
    ("target", "base_url", "path", "suffix"),
    [
        pytest.param("/rnn", "", "/rnn", "", id="path"),
        pytest.param("rnn", "", "rnn", "", id="relative path"),
        pytest.param("../rnn/", "", "../rnn/", "", id="relative path upwards"),
        pytest.param("/rnn#lstm", "", "/rnn", "#lstm", id="fragment"),
        pytest.param("#lstm", "", "", "#lstm", id="fragment alone"),
        pytest.param("/rnn?a=1#b", "", "/rnn", "?a=1#b", id="query and fragment"),
        pytest.param("/a%20b", "", "/a b", "", id="percent escape"),
        pytest.param("/r\tn\nn ", "", "/rnn", "", id="tabs and line ends go, as in browsers"),
        pytest.param("/x#caf%C3%A9", "", "/x", "#caf%C3%A9", id="fragment encoded again"),
        pytest.param("/notes/rnn", NOTES, "/rnn", "", id="path with the base path"),
        pytest.param("/notes", NOTES, "/", "", id="the base path alone"),
        pytest.param("/notesbook", NOTES, "/notesbook", "", id="a path that begins like it"),
        pytest.param("/rnn", NOTES, "/rnn", "", id="path without the base path"),
        pytest.param("https://x.org/notes/rnn", NOTES, "/rnn", "", id="full URL of the site"),
        pytest.param("//x.org/notes/rnn", NOTES, "/rnn", "", id="full URL without scheme"),
        pytest.param("https://x.org", "https://x.org", "/", "", id="the site's own host"),
        pytest.param("https://x.org#a", "https://x.org", "/", "#a", id="host and fragment"),
    ],
)
def test_internal_target_is_taken_apart(target: str, base_url: str, path: str, suffix: str) -> None:
    parts = split_target(target, base_url=base_url)
    assert parts is not None
    assert not parts.is_external
    assert (parts.path, parts.suffix) == (path, suffix)


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/x",
        "HTTP://EXAMPLE.ORG",
        "//example.org/x",
        "mailto:a@example.org",
        "tel:+1-555",
        "data:image/png;base64,AAAA",
        "https://x.organic/notes/",
    ],
)
def test_other_hosts_and_schemes_are_external(target: str) -> None:
    parts = split_target(target, base_url=NOTES)
    assert parts is not None
    assert parts.is_external
    assert not parts.runs_code


def test_same_host_outside_the_base_path_is_external() -> None:
    parts = split_target("https://x.org/other/", base_url=NOTES)
    assert parts is not None
    assert parts.is_external


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        " \tjavascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "data: Text/HTML;base64,AAAA",
    ],
)
def test_a_target_that_runs_code_is_seen_as_one(target: str) -> None:
    parts = split_target(target)
    assert parts is not None
    assert parts.runs_code


@pytest.mark.parametrize(
    "target", ["https://[::1", "http://x:99999/", "//[", "http://x:a/", "http://", "https:/x"]
)
def test_what_is_no_address_is_none(target: str) -> None:
    assert split_target(target) is None


@given(st.text(max_size=60), st.sampled_from(["", NOTES, "https://x.org", "/notes"]))
def test_any_text_is_a_target_or_none(text: str, base_url: str) -> None:
    parts = split_target(text, base_url=base_url)
    assert parts is None or isinstance(parts.suffix, str)


@pytest.mark.parametrize(
    ("base_url", "parts"),
    [
        pytest.param("", ("", ""), id="none"),
        pytest.param("https://x.org", ("https://x.org", ""), id="host"),
        pytest.param("https://x.org/notes", ("https://x.org", "/notes"), id="host and path"),
        pytest.param("/notes", ("", "/notes"), id="path alone"),
        pytest.param("https://x.org:8080/a/b", ("https://x.org:8080", "/a/b"), id="port"),
    ],
)
def test_base_url_has_origin_and_base_path(base_url: str, parts: tuple[str, str]) -> None:
    assert split_base_url(base_url) == parts


@pytest.mark.parametrize(
    ("here", "path", "joined"),
    [
        pytest.param("/a/b/", "c", "/a/b/c", id="below"),
        pytest.param("/a/b/", "../c/", "/a/c/", id="beside"),
        pytest.param("/a/b/", "..", "/a/", id="parent"),
        pytest.param("/a/b/", ".", "/a/b/", id="here"),
        pytest.param("/a/b/", "/c", "/c", id="from the root"),
        pytest.param("/a/", "../../../c", "/c", id="above the root stays at the root"),
        pytest.param("/404.html", "c", "/c", id="beside a file"),
    ],
)
def test_relative_path_is_joined_as_in_browsers(here: Permalink, path: str, joined: str) -> None:
    assert join(here, path) == joined


@given(st.text("ab./", max_size=20), st.text("ab./", max_size=20))
def test_joined_path_never_climbs_out(here: str, path: str) -> None:
    joined = join(canonical(here), path)
    assert joined.startswith("/")
    assert ".." not in joined.split("/")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Deep Learning", "deep-learning", id="words"),
        pytest.param("C", "c", id="C"),
        pytest.param("C++", "c-plus-plus", id="C++"),
        pytest.param("C#", "c-sharp", id="C#"),
        pytest.param("R & D", "r-and-d", id="ampersand"),
        pytest.param("深度学习", "深度学习", id="Chinese"),
        pytest.param("глубокое обучение", "глубокое-обучение", id="Russian"),
        pytest.param("हिन्दी", "हिन्दी", id="Hindi keeps its marks"),
        pytest.param("snake_case", "snake-case", id="underscore"),
        pytest.param("--a  b--", "a-b", id="runs are squeezed"),
        pytest.param("..", "", id="dots alone give nothing"),
        pytest.param("🤖", "", id="signs alone give nothing"),
    ],
)
def test_slug_is_one_lower_case_segment(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text(max_size=30))
def test_slug_of_a_slug_is_itself(text: str) -> None:
    once = slug(text)
    assert slug(once) == once
    assert "/" not in once
    assert once not in {".", ".."}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GANs", "gans"),
        ("GANs", "GAN"),
        ("Deep Learning", "deep-learning"),
        ("deep_learning", "DeepLearning"),
        ("Autoencoders", "autoencoder"),
        ("RNNs", "rnn"),
    ],
)
def test_spellings_of_one_term_have_one_key(one: str, other: str) -> None:
    assert term_key(one) == term_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C", "C#"),
        ("C++", "C#"),
        ("recursive", "recurrent"),
        ("loss", "los"),
        ("L1", "L2"),
        ("analysis", "analysi"),
        ("AIs", "AIS2"),
    ],
)
def test_different_terms_have_different_keys(one: str, other: str) -> None:
    assert term_key(one) != term_key(other)


@given(st.text(max_size=20), st.text(max_size=20))
def test_terms_with_one_slug_have_one_key(one: str, other: str) -> None:
    assert slug(one) != slug(other) or term_key(one) == term_key(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Transfer Learning", "transfer-learning", id="words"),
        pytest.param("A & B", "a--b", id="runs are not squeezed"),
        pytest.param("What is it?", "what-is-it", id="punctuation goes"),
        pytest.param("snake_case", "snake_case", id="underscore stays"),
        pytest.param("Long Short-Term", "long-short-term", id="hyphen stays"),
        pytest.param("1. Step", "1-step", id="digits stay"),
        pytest.param("Überblick", "überblick", id="umlaut"),
        pytest.param("什么是深度学习", "什么是深度学习", id="Chinese"),
        pytest.param("Что это", "что-это", id="Russian"),
        pytest.param("हिन्दी", "हिन्दी", id="Hindi"),
        pytest.param("!?", "", id="signs alone give nothing"),
    ],
)
def test_fragment_follows_the_rule_of_github(text: str, expected: str) -> None:
    assert fragment(text) == expected


def test_superscripts_are_no_part_of_a_fragment() -> None:
    assert fragment("L² loss") == "l-loss"


@given(st.text(max_size=30))
def test_fragment_of_a_fragment_is_itself(text: str) -> None:
    assert fragment(fragment(text)) == fragment(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("/RNN/", "/rnn/", id="letter case"),
        pytest.param("/café/", "/cafe\u0301/", id="Unicode form"),
    ],
)
def test_paths_that_a_file_system_confuses_collide(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)
