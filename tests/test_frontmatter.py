"""Front matter: every field, every form, and what happens to those that cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.diagnostics import Diagnostic
from dlsite.records import Author, FrontMatter, SourceFile
from dlsite.texts.frontmatter import Split, read

EASTERN = timezone(timedelta(hours=-5))


def split(text: str) -> tuple[Split, tuple[Diagnostic, ...]]:
    return read(SourceFile("content/a.md", "a.md", text, ""), timezone=EASTERN)


def fields(yaml: str) -> FrontMatter:
    found, diagnostics = split(f"---\n{yaml}\n---\nbody\n")
    assert diagnostics == ()
    assert found.body == "body\n"
    return found.front_matter


def remarks(yaml: str) -> list[str]:
    _, diagnostics = split(f"---\n{yaml}\n---\nbody\n")
    return [f"{each.position} {each.rule}: {each.message}" for each in diagnostics]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2019-05-20 12:15:12 -0500", "2019-05-20T17:15:12"),
        ('"2019-05-20 12:15:12 -0500"', "2019-05-20T17:15:12"),
        ("2019-05-20 12:15:12 -05:00", "2019-05-20T17:15:12"),
        ("2019-05-20 12:15 +0530", "2019-05-20T06:45:00"),
        ("2019-05-20T12:15:12Z", "2019-05-20T12:15:12"),
        ("2019-05-20T12:15:12.250+00:00", "2019-05-20T12:15:12.250000"),
        ("2019-05-20 12:15:12 UTC", "2019-05-20T12:15:12"),
        ("2019-05-20", "2019-05-20T05:00:00"),
        ("2019-5-2", "2019-05-02T05:00:00"),
        ("2019-05-20 12:15", "2019-05-20T17:15:00"),
        ("27 Jan 2020", "2020-01-27T05:00:00"),
        ("January 27, 2020", "2020-01-27T05:00:00"),
        ("27 sept 2020 08:00 +0000", "2020-09-27T08:00:00"),
    ],
)
def test_date_forms_are_understood(written: str, moment: str) -> None:
    date = fields(f"date: {written}").date
    assert date is not None
    assert date.astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["2019-02-30", "2019-13-01", "yesterday", "20 Foo 2019", "2019-05-20 25:00", "12/05/2019",
     "2019-05-20 12:00 +9900", "2019", "0001-01-01 00:00 +1400", "9999-12-31 23:59 -1400"],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_a_finding_and_counts_as_not_given(written: str) -> None:
    found, (diagnostic,) = split(f"---\ntitle: x\ndate: {written}\n---\n")
    assert found.front_matter.date is None
    assert diagnostic.rule == "date-invalid"
    assert (diagnostic.position.line, diagnostic.position.column) == (3, 7)
    assert diagnostic.help


@pytest.mark.parametrize(
    ("yaml", "tags"),
    [
        ("tags: [GANs, Deep Learning]", ("GANs", "Deep Learning")),
        ("tags:\n  - GANs\n  - Deep Learning", ("GANs", "Deep Learning")),
        ("tags:\n- GANs", ("GANs",)),
        ("tags: GANs, Deep Learning", ("GANs", "Deep Learning")),
        ("tags: gans vision", ("gans", "vision")),
        ("tag: Deep Learning", ("Deep Learning",)),
        ("tags: a\ntag: b c", ("a", "b c")),
        ("tags: [2019, 1.0, yes, 007]", ("2019", "1.0", "yes", "007")),
        ("tags: 2019", ("2019",)),
        ("tags: [a, ~, '', ' b ']", ("a", "b")),
        ("tags:", ()),
        ("tags: []", ()),
    ],
)
def test_tags_are_a_list_or_one_string(yaml: str, tags: tuple[str, ...]) -> None:
    assert fields(yaml).tags == tags


def test_categories_are_read_as_tags_are() -> None:
    assert fields("categories: a b\ncategory: c d").categories == ("a", "b", "c d")


@pytest.mark.parametrize(
    ("yaml", "authors"),
    [
        ("author: Ada", (Author("Ada"),)),
        ("authors: [Ada, Alan]", (Author("Ada"), Author("Alan"))),
        (
            "authors: [{name: Ada, url: https://x.org, email: a@x.org}]",
            (Author("Ada", "https://x.org", "a@x.org"),),
        ),
    ],
)
def test_author_forms(yaml: str, authors: tuple[Author, ...]) -> None:
    assert fields(yaml).authors == authors


def test_other_fields() -> None:
    given = fields(
        "title: 3.0\nlayout: post\npermalink: /x\nredirect_from: /old\naliases: [a, b]\n"
        "redirect_to: /new\ndraft: yes\npublished: 'false'\nsitemap: off\nlang: de\n"
        "image: /i.png\ndescription: d\nexcerpt: e\nexcerpt_separator: ' more '\n"
        "requires: [y]\nlevel: [1]"
    )
    assert given.title == "3.0"
    assert (given.layout, given.permalink, given.lang, given.image) == (
        "post",
        "/x",
        "de",
        "/i.png",
    )
    assert given.redirect_from == ("/old", "a", "b")
    assert given.redirect_to == "/new"
    assert (given.draft, given.published, given.sitemap) == (True, False, False)
    assert (given.description, given.excerpt, given.excerpt_separator) == ("d", "e", " more ")
    assert given.requires == ("y",)
    assert given.extra == {"level": [1]}


def test_every_value_has_its_place() -> None:
    positions = fields("title: T\ntags:\n  - A\n  - Bc\nredirect_from: /old").positions
    assert (positions["title"].line, positions["title"].column) == (2, 8)
    assert (positions["tags.1"].line, positions["tags.1"].column, positions["tags.1"].length) == (
        5,
        5,
        2,
    )
    assert positions["redirect_from.0"].line == 6


def test_the_body_starts_where_the_file_says() -> None:
    found, _ = split("---\ntitle: x\n...\n\nbody")
    assert (found.body, found.body_line) == ("\nbody", 4)


def test_a_file_without_front_matter_is_all_body() -> None:
    assert split("# Title\n\n---\n\ntext\n")[0] == Split(
        FrontMatter(), "# Title\n\n---\n\ntext\n", 1
    )


def test_defaults_fill_what_is_not_given() -> None:
    source = SourceFile("content/a.md", "a.md", "---\nlayout: page\n---\n", "")
    found, diagnostics = read(source, timezone=UTC, defaults={"layout": "post", "tags": ["A"]})
    assert diagnostics == ()
    assert (found.front_matter.layout, found.front_matter.tags) == ("page", ("A",))


@pytest.mark.parametrize(
    ("yaml", "remark"),
    [
        ("title: a: b", "content/a.md:2:9 front-matter-syntax"),
        ("title: x\ntitle: y", "content/a.md:3:1 front-matter-syntax"),
        ("- a\n- b", "content/a.md:2:1 front-matter-syntax"),
        ("a: !!python/object:os.system x", "content/a.md:2:4 front-matter-syntax"),
        ("\ttitle: x", "content/a.md:2:1 front-matter-syntax"),
        ("title: 'x", "content/a.md:3:1 front-matter-syntax"),
        ("title: x\x07", "content/a.md:2:9 front-matter-syntax"),
        ("title: [x]", "content/a.md:2:8 front-matter-type"),
        ("tags: [[a]]", "content/a.md:2:8 front-matter-type"),
        ("tags: {a: b}", "content/a.md:2:7 front-matter-type"),
        ("draft: maybe", "content/a.md:2:8 front-matter-type"),
        ("permalnk: /x/", "content/a.md:2:1 front-matter-unknown"),
        ("tags: [GANs, gans]", "content/a.md:2:14 tag-duplicate"),
    ],
)
def test_one_mistake_is_one_finding_at_its_place(yaml: str, remark: str) -> None:
    (found,) = remarks(yaml)
    assert found.startswith(f"{remark}:")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: x\n", 1),
        ("----\ntitle: x\n----\n", 1),
        ("\n\n---\ntitle: x\n---\n", 3),
    ],
    ids=["unclosed", "four hyphens", "blank lines before"],
)
def test_a_broken_fence_is_a_finding_and_the_fields_are_read(text: str, line: int) -> None:
    found, (diagnostic,) = split(text)
    assert (diagnostic.rule, diagnostic.position.line) == ("front-matter-syntax", line)
    assert found.front_matter.title == "x"
    place = found.front_matter.positions["title"]
    assert text.split("\n")[place.line - 1][place.column - 1] == "x"


def test_an_unclosed_fence_ends_where_the_fields_end() -> None:
    found, _ = split("---\ntitle: x\ntags:\n  - a\n- b\n\n# Text\n\nNote: this.\n")
    assert (found.front_matter.title, found.body) == ("x", "\n# Text\n\nNote: this.\n")
    assert found.body_line == 6


@pytest.mark.parametrize(
    ("yaml", "title", "permalink"),
    [
        ("title: A: b\npermalink: /x/\ntags: [c]", "A: b", "/x/"),
        ("permalink: /x/\ntags: [c]\ntitle: 'it's'", "it's", "/x/"),
        ("title: A\npermalink: /x/: y\ntags: [c]", "A", "/x/: y"),
        ("title: A\npermalink: /x/\nwidth: [\ntags: [c]", "A", "/x/"),
        ("title: A\n\tb: c\npermalink: /x/\ntags:\n  - c", "A", "/x/"),
        ("# a\ntitle: A\nfoo: @bar\npermalink: /x/\ntags: c", "A", "/x/"),
    ],
)
def test_one_broken_field_leaves_the_others(yaml: str, title: str, permalink: str) -> None:
    found, (diagnostic,) = split(f"---\n{yaml}\n---\nText.\n")
    assert diagnostic.rule == "front-matter-syntax"
    front = found.front_matter
    assert (front.title, front.permalink, front.tags) == (title, permalink, ("c",))
    place = front.positions["permalink"]
    line = f"---\n{yaml}".split("\n")[place.line - 1]
    assert line[place.column - 1 :].startswith(permalink)


@pytest.mark.parametrize(
    "yaml",
    [
        "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "\n".join(
            f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]"
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "a: &a {x: 1}\n" + "\n".join(f"m{n}: {{<<: *a}}" for n in range(6000)),
        "a: " + "[" * 5000 + "]" * 5000,
        "a: &x [*x]",
    ],
    ids=["multiplying aliases", "merges without end", "deep brackets", "a list in itself"],
)
def test_hostile_yaml_ends_in_a_finding(yaml: str) -> None:
    found = remarks(yaml)
    assert found
    assert all("front-matter-syntax" in remark for remark in found)


def test_an_integer_of_thousands_of_digits_is_text() -> None:
    assert fields("title: " + "9" * 5000).title == "9" * 5000


@given(st.text(max_size=200), st.booleans())
def test_reading_never_fails_and_places_exist(text: str, fenced: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    source = f"---\n{text}\n---\n" if fenced else text
    found, diagnostics = split(source)
    lines = source.count("\n") + 1
    assert found.body in source
    assert all(0 <= each.position.line <= lines for each in diagnostics)
    assert all(1 <= place.line <= lines for place in found.front_matter.positions.values())
