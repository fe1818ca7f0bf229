"""The search index: which terms a text has, what they weigh, and the files that hold them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.emit.search import search
from dlsite.search.entry import DIGITS, STEPS, entry_of, lead_of, sections_of
from dlsite.search.pieces import value_of
from dlsite.search.postings import SHARD_SIZE, is_large, shards
from dlsite.search.words import initials_of, stem, terms_of
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]
Json = dict[str, Any]


# Terms


@pytest.mark.parametrize(
    "forms",
    [
        "network networks",
        "loss losses",
        "bias biases",
        "formula formulas",
        "class classes",
        "matrix matrices",
        "vertex vertices",
        "query queries",
        "embed embeds embedded embedding embeddings",
        "gate gates gated gating",
        "train trains trained training",
        "stop stops stopped stopping",
        "rnn rnns",
        "lstm lstms",
        "convolution convolutional convolutions",
        "activation activate activated activates",
        "normalize normalized normalizing normalization",
        "dimension dimensional dimensions",
    ],
)
def test_forms_of_a_word_are_one_term(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    "words", ["recurrent recursive", "universe university", "string strong", "need net", "us use"]
)
def test_different_words_stay_apart(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == len(words.split())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Long Short-Term Memory", ["long", "short", "term", "memory"]),
        ("pack_padded_sequence(x)", ["pack", "pad", "sequenc", "x"]),
        ("naïve Bézier", ["naiv", "bezier"]),
        ("𝐖𝑥 ﬁt Ｇ", ["wx", "fit", "g"]),
        ("σ′(z) ≤ ½", ["σ", "z", "1", "2"]),
        ("深度学习", ["深度", "度学", "学习", "习"]),
        ("ディープ ﾃﾞｨｰﾌﾟ", ["ディ", "ィー", "ープ", "プ"] * 2),
        ("딥러닝", ["딥러", "러닝", "닝"]),
        ("LSTM网络", ["lstm", "网络", "络"]),
        ("Обучение", ["обучение"]),
        ("การ ทํา", ["กา", "าร", "ร", "ทำ", "ำ"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("التَّعَلُّم مـــن שָׁלוֹם", ["تعلم", "من", "שלום"]),
        ("التعلم والتعلم تعلم بال", ["تعلم"] * 3 + ["بال"]),
        ("للشبكات الآلة آلة أوّل إلى الى", ["شبكات", "اله", "اله", "اول", "الي", "الي"]),
        ("يادگيري یادگیری", ["يادگيري", "يادگيري"]),
        ("תת-תחום תת־תחום", ["תת", "תחום", "תת", "תחום"]),
        ("GPU_में", ["gpu", "में"]),
        ("x" * 41, []),
        ("…—!", []),
    ],
)
def test_text_is_cut_into_terms(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Long Short-Term Memory", "lstm"),
        ("Recurrent Neural Networks", "rnn"),
        ("Transfer Learning", ""),
        ("Adam", ""),
        ("ResNet 50 on ImageNet", ""),
        ("深度 学习 网络", ""),
    ],
)
def test_name_of_several_words_has_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


# What one page gives


def entry(understood: Understood, body: str, fields: str = "") -> dict[str, tuple[int, float]]:
    """Return section and weight by term of a page with this body."""
    page = understood({"content/a.md": f"---\ntitle: A\n{fields}---\n{body}"}).pages[0]
    return {
        each[:-2]: (DIGITS.index(each[-2]), DIGITS.index(each[-1]) / STEPS)
        for each in page.contents.terms.split()
    }


def test_heading_weighs_more_than_lead_and_lead_more_than_text(understood: Understood) -> None:
    weights = entry(understood, "Alpha.\n\nBeta.\n\n## Gamma\n\nDelta, delta.\n")
    assert weights["gamma"][1] > weights["alpha"][1] > weights["delta"][1] > weights["beta"][1]


def test_description_is_the_lead_where_there_is_one(understood: Understood) -> None:
    weights = entry(understood, "Alpha.\n\n## Gamma\n", "description: Omega\n")
    assert weights["omega"][1] > weights["alpha"][1]


def test_word_of_a_description_is_shown_where_the_text_has_it(understood: Understood) -> None:
    places = entry(understood, "Alpha.\n\n## Gamma\n\nOmega.\n", "description: Omega, delta\n")
    assert (places["omega"][0], places["delta"][0]) == (1, 0)


def test_word_of_a_short_heading_weighs_more(understood: Understood) -> None:
    weights = entry(understood, "## Alpha\n\n## Beta of many other words\n")
    assert weights["alpha"][1] > weights["beta"][1]


def test_word_in_a_long_page_weighs_less(understood: Understood) -> None:
    short, long = (entry(understood, f"Lead.\n\nAlpha. {'word ' * n}") for n in (10, 2000))
    assert short["alpha"][1] > long["alpha"][1]


def test_term_is_shown_in_the_section_whose_heading_has_it(understood: Understood) -> None:
    body = "Alpha.\n\n## One\n\nBeta.\n\n## Long Short-Term Memory\n\n## Alpha\n"
    places = {term: place for term, (place, _) in entry(understood, body).items()}
    assert places == {
        "alpha": 3,
        "one": 1,
        "beta": 1,
        "long": 2,
        "short": 2,
        "term": 2,
        "memory": 2,
        "lstm": 2,
    }


def test_word_of_a_heading_that_the_text_has_too_weighs_more(understood: Understood) -> None:
    weights = entry(understood, "Lead.\n\n## Alpha\n\nAlpha, alpha.\n\n## Gamma\n\nDelta.\n")
    assert weights["alpha"][1] > weights["gamma"][1] > weights["delta"][1]


@pytest.mark.parametrize("place", [1, 2, 4])
def test_word_of_several_headings_is_shown_where_it_weighs_most(
    understood: Understood, place: int
) -> None:
    headings = [f"## Alpha and other words {n}" for n in range(4)]
    headings[place - 1] = "## Alpha"
    assert entry(understood, "\n\n".join(headings))["alpha"] == (place, 8.0)


def test_table_of_contents_is_no_section(understood: Understood) -> None:
    body = "* list\n{:toc}\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n"
    page = understood({"content/a.md": f"---\ntitle: A\n---\n{body}"}).pages[0]
    _, sections = value_of(page.contents.piece)
    assert [text for *_, text in sections] == ["One Two", "First.", "Second."]


def test_more_headings_than_digits_share_the_last_section(understood: Understood) -> None:
    body = "\n\n".join(f"## Heading {n}\n\nText{n}." for n in range(200))
    page = understood({"content/a.md": f"---\ntitle: A\n---\n{body}"}).pages[0]
    weights = entry(understood, body)
    _, sections = value_of(page.contents.piece)
    assert len(sections) == len(DIGITS)
    assert weights["text89"][0] == weights["text199"][0] == len(DIGITS) - 1


@given(st.text(max_size=200), st.one_of(st.none(), st.text(max_size=20)))
def test_entry_of_any_text_can_be_read(text: str, description: str | None) -> None:
    sections = sections_of(text, ())
    for each in entry_of(sections, (), lead_of(description, sections)).split(" "):
        assert not each or (each[-2] in DIGITS and each[-1] in DIGITS and each[:-2])


# The files


def files_of(analysis: Analysis) -> dict[str, Any]:
    """Return the value that each file of the index hands over, by name."""
    files = {}
    for output in search(analysis.site, lambda _: False):
        text = output.content.decode()
        assert text.startswith("dlsiteSearch(")
        assert text.endswith(")\n")
        name = output.path.removeprefix("search/index/")
        if name != "manifest.js":
            assert name == f"{hashlib.sha256(output.content).hexdigest()[:10]}.js"
        files[name] = json.loads(text[len("dlsiteSearch(") : -2])
    return files


def pages_by_term(analysis: Analysis) -> dict[str, dict[str, tuple[int, int]]]:
    """Return what the shards say, read as the script reads them: section and steps by title."""
    files = files_of(analysis)
    manifest = files["manifest.js"]
    titles = files[manifest["titles"]]["titles"]
    base = len(DIGITS) // 2
    found: dict[str, dict[str, tuple[int, int]]] = {}
    borders = [*manifest["starts"], "\U0010ffff"]
    for number, name in enumerate(manifest["shards"]):
        for term, text in files[name].items():
            assert borders[number] <= term < borders[number + 1]
            digits = iter([DIGITS.index(sign) for sign in text])
            page, pages = 0, found.setdefault(term, {})
            for digit in digits:
                distance, last = digit % base, digit
                while last >= base:
                    last = next(digits)
                    distance = distance * base + last % base
                page += distance
                pages[titles[page]] = (next(digits), next(digits))
    return found


def site_of(count: int, body: Callable[[int], str]) -> dict[str, str]:
    day = "---\ntitle: Page {0}\ndate: 2020-01-01 {1:02}:{2:02}:00\n---\n"
    return {f"content/{n}.md": day.format(n, n // 60, n % 60) + body(n) for n in range(count)} | {
        "dlsite.yml": "check: {rules: {page-orphan: 'off'}}\n"
    }


def test_every_term_of_every_page_is_found_again(understood: Understood) -> None:
    # Far apart enough for distances of two digits, and long enough for many shards.
    analysis = understood(
        site_of(120, lambda n: f"Common text{n % 50}.\n\n## Only{n}\n\nAlpha{n}x beta{n}y.\n")
    )
    found = pages_by_term(analysis)
    expected: dict[str, set[str]] = {}
    for page in analysis.site.pages:
        for each in page.contents.terms.split():
            expected.setdefault(each[:-2], set()).add(page.title)
    assert {term: set(pages) for term, pages in found.items()} == expected
    assert found["common"].keys() == {page.title for page in analysis.site.pages}
    assert found["only7"]["Page 7"][0] == 1


def test_large_index_is_cut_into_small_shards(understood: Understood) -> None:
    body = " ".join(f"{a}{b}{c}" for a in "abcd" for b in "efghij" for c in "klmnopqrst")
    files = files_of(understood(site_of(40, lambda n: f"{body} {n}")))
    shards = [files[name] for name in files["manifest.js"]["shards"]]
    assert len(shards) > 3
    assert all(len(json.dumps(shard)) < 1.2 * SHARD_SIZE for shard in shards)


def test_term_of_very_many_pages_has_a_file_of_its_own() -> None:
    many = "###" * SHARD_SIZE
    postings = {"then": "###", "a": "###", "the": many, "thea": "###", "tr": many, "z": "###"}
    assert [*shards(postings)] == [["a"], ["the"], ["thea", "then"], ["tr"], ["z"]]
    assert not is_large(["the"], postings)
    assert is_large(["the", "thea"], postings)


def test_new_page_changes_only_shards_with_its_terms(understood: Understood) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [f"{a}{b}{c}" for a in letters for b in letters[:9] for c in letters[:9]]
    before = files_of(understood(site_of(30, lambda _: " ".join(words))))
    bodies = {30: "zebra"}
    after = files_of(understood(site_of(31, lambda n: bodies.get(n, " ".join(words)))))
    changed = after.keys() - before.keys()
    shards = set(after["manifest.js"]["shards"]) & changed
    assert len(before["manifest.js"]["shards"]) > 5
    # One for its word, one for the number in its title's address: none for those of others.
    assert len(shards) == 1
    # Besides: titles, and its own text.
    assert len(changed) == 3


def test_titles_come_with_tags_and_headings(understood: Understood) -> None:
    files = files_of(
        understood(
            {
                "content/a.md": "---\ntitle: Über A\ntags: [GANs, Vision]\n---\n## Ünder\n",
                "content/b.md": "---\ntitle: B\ntags: [gans]\npermalink: /x/ü/\n---\n"
                "[UA](/a), [A](/a).\n",
            }
        )
    )
    titles = files[files["manifest.js"]["titles"]]
    by_title = dict(
        zip(
            titles["titles"],
            zip(titles["urls"], titles["tagged"], titles["headings"], strict=True),
            strict=True,
        )
    )
    tags = titles["tags"]
    # `A` stands in the title already.
    assert titles["names"][titles["titles"].index("Über A")] == ["ua"]
    assert by_title == {
        "Über A": ("a/", [tags.index("GANs"), tags.index("Vision")], ["Ünder"]),
        "B": ("x/%C3%BC/", [tags.index("GANs")], []),
    }
    texts = dict(zip(titles["titles"], titles["texts"], strict=True))
    assert files[f"{texts['Über A']}.js"] == ["", [["", "", ""], ["Ünder", "ünder", ""]]]
    assert files[f"{texts['B']}.js"] == ["UA, A.", [["", "", "UA, A."]]]


def test_page_has_the_names_that_most_links_give_it(understood: Understood) -> None:
    called = ["Gamma", "zeta", "Beta", "Zéta", "alpha", "of a", "x" * 31]
    texts = {
        f"content/{n}.md": f"---\ntitle: N{n}\n---\n[{name}](/page)\n"
        for n, name in enumerate(called)
    }
    files = files_of(understood({"content/page.md": "---\ntitle: Name of a\n---\n", **texts}))
    titles = files[files["manifest.js"]["titles"]]
    names = titles["names"][titles["titles"].index("Name of a")]
    # In their order, up to three; what is long or stands in the title is none.
    assert names == ["zeta", "alpha", "beta"]


def test_headings_of_a_large_site_are_not_among_the_titles(understood: Understood) -> None:
    analysis = understood(site_of(40, lambda n: f"## {'Long ' * 400}{n}\n"))
    files = files_of(analysis)
    assert files[files["manifest.js"]["titles"]]["headings"] is None
    assert len(pages_by_term(analysis)["long"]) == 40


def test_page_without_words_is_found_by_its_title(understood: Understood) -> None:
    files = files_of(understood({"content/a.md": "---\ntitle: Empty\n---\n"}))
    assert files[files["manifest.js"]["titles"]]["titles"] == ["Empty"]
    assert files["manifest.js"]["shards"] == []


def test_order_of_reading_changes_nothing(understood: Understood) -> None:
    texts = site_of(9, lambda n: f"## Heading\n\nWord{n}.\n")
    assert files_of(understood(texts)) == files_of(understood(dict(reversed(texts.items()))))
