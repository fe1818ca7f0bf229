"""`dlsite check`: weights by path, exemptions, baseline, ledger, forms, and 600 slips of a pen."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from planted_faults import FORMS, NAME, plant

from dlsite.build import analyse
from dlsite.cli import main
from dlsite.config.settings import Config
from dlsite.diagnostics import Certainty, Diagnostic
from dlsite.rules import Severity
from dlsite.understanding import Analysis
from dlsite.weigh import fits
from running import Write

Understood = Callable[[Mapping[str, str]], Analysis]

QUIET = "page-orphan: 'off', page-deadend: 'off'"
BROKEN = {
    "content/a.md": "---\ntitle: A\n---\n[x](/gone)\n\n![](/a.svg)\n",
    "content/drafts/b.md": "---\ntitle: B\n---\n[x](/gone)\n",
    "static/a.svg": "",
}


def _config(check: str) -> dict[str, str]:
    return {"dlsite.yml": f"check:\n  rules: {{{QUIET}}}\n{check}"}


def _rules(analysis: Analysis) -> list[tuple[str, str, str]]:
    return [(each.rule, each.position.path, each.level.value) for each in analysis.diagnostics]


def _check(root: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["-C", str(root), "check", *arguments])
    return code, capsys.readouterr().out


# Weights and exemptions


def test_severity_may_depend_on_the_path_and_the_last_row_counts(understood: Understood) -> None:
    rules = f"{{{QUIET}, link-: {{'*': warning, content/drafts: info}}, image-alt: 'off'}}"
    found = understood(BROKEN | {"dlsite.yml": f"check:\n  rules: {rules}\n"})
    assert _rules(found) == [
        ("link-missing", "content/a.md", "warning"),
        ("link-missing", "content/drafts/b.md", "info"),
    ]


@pytest.mark.parametrize(
    ("path", "pattern", "fit"),
    [
        ("content/a.md", "content/a.md", True),
        ("content/a.md", "content", True),
        ("content/a.md", "content/", True),
        ("content/x/a.md", "content/*.md", True),
        ("contents/a.md", "content", False),
        ("content/a.md", "a.md", False),
    ],
)
def test_pattern_names_files_and_folders(path: str, pattern: str, *, fit: bool) -> None:
    assert fits(path, pattern) is fit


def test_exemption_leaves_out_what_fits_all_that_it_names(understood: Understood) -> None:
    row = "{rule: link-missing, path: content/drafts, target: /go*, reason: it comes in May}"
    found = understood(BROKEN | _config(f"  ignore: [{row}]\n"))
    assert ("link-missing", "content/a.md", "error") in _rules(found)
    assert not [each for each in _rules(found) if each[1] == "content/drafts/b.md"]


@pytest.mark.parametrize(("until", "is_back"), [("2024-01-02", False), ("2024-01-01", True)])
def test_exemption_ends_on_its_day(until: str, *, is_back: bool, understood: Understood) -> None:
    # The time of the test sites is the first of January 2024.
    row = f"{{path: content/drafts, reason: it comes, until: {until}}}"
    found = understood(BROKEN | _config(f"  ignore: [{row}]\n")).diagnostics
    back = [each for each in found if each.position.path == "content/drafts/b.md"]
    assert bool(back) is is_back
    if is_back:
        assert back[0].help[-1] == f"it was exempted until {until}: it comes"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{rule: link-missing}", "needs a 'reason'"),
        ("{reason: because}", "needs a 'rule', a 'path' or a 'target'"),
        ("{rule: link-mising, reason: r}", "did you mean 'link-missing'?"),
        ("{rule: permalink-conflict, reason: r}", "stops the build, so it cannot be ignored"),
        ("{path: a, reason: r, until: May}", "must be a day such as 2026-12-31, not 'May'"),
        ("{path: a, reasons: r}", "is no key here"),
        ("link-missing", "must be a mapping"),
    ],
)
def test_exemption_that_cannot_be_used_is_a_finding(
    row: str, words: str, understood: Understood
) -> None:
    found = understood(_config(f"  ignore:\n    - {row}\n")).diagnostics
    assert any(words in each.message and each.position.line >= 3 for each in found)


def test_what_stops_a_build_is_never_exempted(understood: Understood) -> None:
    page = "---\ntitle: A\npermalink: /a/\n---\n"
    texts = {"content/a.md": page, "content/b.md": page}
    found = understood(texts | _config("  ignore: [{path: content, reason: quiet}]\n"))
    assert [each.rule for each in found.diagnostics] == ["permalink-conflict"]


# The command


def test_families_and_warnings_can_be_told(site: Write, capsys: pytest.CaptureFixture[str]) -> None:
    root = site(BROKEN | _config(""))
    assert _check(root, "--select", "image-", capsys=capsys)[0] == 0
    assert _check(root, "--select", "image-", "--max-warnings", "0", capsys=capsys)[0] == 1
    assert _check(root, "--select", "image-", "--max-warnings", "1", capsys=capsys)[0] == 0
    assert _check(root, "--ignore", "link-*", "--strict", capsys=capsys)[0] == 1
    assert _check(root, "--ignore", "link-,image-alt", "--strict", capsys=capsys)[0] == 0
    assert _check(root, "--select", "lnik-", capsys=capsys)[0] == 2
    assert _check(root, "--max-warnings", "-1", capsys=capsys)[0] == 2


def test_exemption_that_exempts_nothing_is_a_finding(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "[{rule: link-missing, path: content/c.md, reason: r}, {rule: link-external, reason: r}]"
    root = site(BROKEN | _config(f"  ignore: {rows}\n"))
    code, out = _check(root, "--select", "ignore-stale", "--format", "json", capsys=capsys)
    (found,) = json.loads(out)["findings"]
    # The network was not asked, so what it might say cannot be missed.
    assert (code, found["rule"], found["line"]) == (0, "ignore-stale", 3)


def test_baseline_passes_over_what_it_knows_wherever_it_has_moved(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(BROKEN | _config(""))
    baseline = ("--baseline", "known.json")
    assert _check(root, *baseline, capsys=capsys)[0] == 2
    assert _check(root, *baseline, "--write-baseline", capsys=capsys) == (
        0,
        "wrote 3 findings to 'known.json'\n",
    )
    assert _check(root, *baseline, "--strict", capsys=capsys)[0] == 0
    page = root / "content/a.md"
    page.write_text(page.read_text().replace("[x]", "Moved down.\n\n[x]"))
    assert _check(root, *baseline, "--strict", capsys=capsys)[0] == 0
    page.write_text(page.read_text() + "\nAgain [x](/gone), and [new](/new).\n")
    code, out = _check(root, *baseline, "--format", "json", capsys=capsys)
    assert code == 1
    assert [each["target"] for each in json.loads(out)["findings"]] == ["/gone", "/new"]
    page.write_text("---\ntitle: A\n---\nMended.\n")
    assert "2 of the baseline are mended" in _check(root, *baseline, capsys=capsys)[1]


@pytest.mark.parametrize("text", ["", "[]", '{"version": 9}', '{"version": 1, "findings": [1]}'])
def test_file_that_is_no_baseline_is_wrong_usage(
    text: str, site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(BROKEN | {"known.json": text})
    assert _check(root, "--baseline", "known.json", capsys=capsys)[0] == 2
    assert _check(root, "--write-baseline", capsys=capsys)[0] == 2


# The ledger

PUBLISHED = {
    "content/transfer.md": (
        "---\ntitle: Transfer\npermalink: /transfer/\n---\n## Fine-tuning\n\n## Freezing\n"
    ),
    "content/draft.md": "---\ntitle: D\npermalink: /d/\ndraft: true\n---\n",
}


def test_ledger_holds_what_is_published_and_guards_it(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(PUBLISHED | _config(""))
    assert _check(root, "-D", "--update-urls", capsys=capsys)[0] == 0
    ledger = (root / "urls.txt").read_text().splitlines()[1:]
    assert ledger == [
        "/feed.xml",
        "/search/",
        "/transfer/",
        "/transfer/#fine-tuning",
        "/transfer/#freezing",
    ]
    assert _check(root, capsys=capsys)[0] == 0
    page = root / "content/transfer.md"
    page.write_text(page.read_text().replace("/transfer/", "/moving_on/"))
    code, out = _check(root, "--format", "json", capsys=capsys)
    (found,) = json.loads(out)["findings"]
    assert (code, found["rule"], found["file"], found["line"]) == (1, "url-removed", "urls.txt", 4)
    assert found["help"][0] == (
        "add to the front matter of content/transfer.md: redirect_from: /transfer/"
    )
    mended = page.read_text().replace("---\n##", "redirect_from: /transfer/\n---\n##")
    page.write_text(mended)
    assert _check(root, capsys=capsys)[0] == 0
    page.write_text(mended.replace("## Freezing", "## Thawing"))
    assert _check(root, "--update-urls", capsys=capsys)[0] == 0
    assert "/moving_on/#thawing" in (root / "urls.txt").read_text()


def test_lost_fragment_and_withdrawn_page_are_findings_of_their_own(
    understood: Understood,
) -> None:
    ledger = "# head\n/transfer/#fine-tunning\n/d/\n<<<<<<< ours\n"
    found = understood(PUBLISHED | {"urls.txt": ledger}).diagnostics
    assert [(each.rule, each.position.line) for each in found] == [
        ("url-removed", 2),
        ("url-removed", 3),
        ("link-malformed", 4),
    ]
    assert found[0].help[0].startswith("add {#fine-tunning} to the heading 'Fine-tuning'")
    assert "(draft)" in found[1].message


def test_pages_that_moved_together_are_told_apart_by_what_few_of_them_have(
    understood: Understood,
) -> None:
    words = [f"{a}{b}" for a in "abcdefgh" for b in "klmnopqr"]
    heads = {word: ("introduction", f"on-{word}", "references") for word in words}
    pages = {
        f"content/{number}.md": f"---\ntitle: Page {number}\npermalink: /new/{number}/\n---\n"
        + "".join(f"## {head.replace('-', ' ').title()}\n\n" for head in heads[word])
        for number, word in enumerate(words)
    }
    lines = "".join(
        f"/old/{word}/\n" + "".join(f"/old/{word}/#{head}\n" for head in heads[word])
        for word in words
    )
    found = understood(pages | {"urls.txt": lines}).diagnostics
    assert [each.help[0] for each in found] == [
        f"add to the front matter of content/{number}.md: redirect_from: /old/{word}/"
        for number, word in enumerate(words)
    ]


def test_address_with_an_escape_is_written_so_that_it_stays_one(understood: Understood) -> None:
    texts = {"content/a.md": "---\ntitle: A\n---\n", "urls.txt": "/a%41/\n"}
    (found,) = understood(texts).diagnostics
    old = found.help[0].rpartition(" ")[2]
    mended = f"---\ntitle: A\nredirect_from: {old}\n---\n"
    assert understood(texts | {"content/a.md": mended}).diagnostics == ()


# Forms for programs


def test_sarif_and_junit_say_what_json_says(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {"content/a.md": "---\ntitle: A\n---\n[x](/B) ![](/x.svg)\n", "static/x.svg": ""}
    root = site(texts | {"content/b.md": "---\ntitle: B\n---\n"} | _config(""))
    _, plain = _check(root, "--format", "json", capsys=capsys)
    findings = json.loads(plain)["findings"]
    _, text = _check(root, "--format", "sarif", capsys=capsys)
    (run,) = json.loads(text)["runs"]
    rules = run["tool"]["driver"]["rules"]
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in run["results"]]
    assert [
        (each["rule"], each["line"], each["column"], each["end_column"]) for each in findings
    ] == [
        (
            rules[each["ruleIndex"]]["id"],
            place["startLine"],
            place["startColumn"],
            place["endColumn"],
        )
        for each, place in zip(run["results"], regions, strict=True)
    ]
    fix = run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert fix["insertedContent"] == {"text": "/b/"}
    code, text = _check(root, "--format", "junit", capsys=capsys)
    suite = ET.fromstring(text).find("testsuite")
    assert code == 1
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    _, text = _check(root, "--format", "junit", "--strict", capsys=capsys)
    assert 'failures="2"' in text


def test_run_without_findings_is_one_passed_case(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site({"content/b.md": "---\ntitle: B\n---\n"} | _config(""))
    assert 'tests="1" failures="0"' in _check(root, "--format", "junit", capsys=capsys)[1]


# Near misses

FIRST = ["sparse", "deep", "hierarchical", "bayesian", "causal", "stochastic", "adaptive"]
FIRST += ["robust", "gated", "spectral"]
SECOND = ["attention", "transformers", "autoencoders", "calibration", "quantization"]
SECOND += ["dropout", "pruning"]
NAMES = [f"{a}_{b}" for a in FIRST for b in SECOND]


def _slip(name: str, kind: str, chance: random.Random) -> str:
    at = chance.randrange(len(name) - 1)
    mark = name.index("_")
    return {
        "drop": name[:at] + name[at + 1 :],
        "swap": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        "double": name[:at] + name[at] + name[at:],
        "separator": f"{name[:mark]}-{name[mark + 1 :]}",
        "case": name[:at] + name[at:].capitalize(),
        "slash": f"{name[:mark]}/{name[mark + 1 :]}",
    }[kind]


def test_slips_are_found_where_they_stand_with_the_right_page_first(
    understood: Understood,
) -> None:
    chance = random.Random(7)
    kinds = ["drop", "swap", "double", "separator", "case", "slash"]
    wanted: dict[tuple[str, int, int], tuple[str, str]] = {}
    texts = {f"content/{name}.md": f"---\ntitle: {name}\n---\n" for name in NAMES}
    for page in list(texts)[:60]:
        for line, kind in enumerate(kinds, start=4):
            name = chance.choice(NAMES)
            broken = _slip(name, kind, chance)
            lead = "word " * chance.randrange(5)
            texts[page] += f"{lead}[right](/{name}), [x](/{broken}).\n"
            if broken.strip("/") not in NAMES:
                column = len(f"{lead}[right](/{name}), [x](") + 1
                wanted[page, line, column] = (kind, f"/{name}/")
    found = understood(texts).diagnostics
    at = {(each.position.path, each.position.line, each.position.column): each for each in found}
    assert set(at) == set(wanted)
    assert len(found) == len(wanted) > 300
    first = [place for place, (_, right) in wanted.items() if _first(at[place]) == right]
    assert len(first) >= 0.97 * len(wanted)
    sure = {"separator", "case", "slash"}
    for place, (kind, right) in wanted.items():
        if kind in sure:
            (suggestion,) = at[place].suggestions
            assert (suggestion.text, suggestion.certainty) == (right, Certainty.CERTAIN)


def _first(diagnostic: Diagnostic) -> str:
    return diagnostic.suggestions[0].text if diagnostic.suggestions else ""


def test_stylesheets_and_templates_are_read_too(understood: Understood) -> None:
    texts = {
        "content/a.md": "---\ntitle: A\n---\n",
        "static/css/x.css": "/* url(/no.png) */\n.a { background: url('../gone.png') }\n",
        "templates/page.html": '{# <a href="/no"> #}<a href="/gone">x</a>{{ "<a href=/y>" }}\n',
    }
    found = [
        (str(each.position), each.target)
        for each in understood(texts).diagnostics
        if each.rule.startswith("link-")
    ]
    assert found == [
        ("static/css/x.css:2:23", "../gone.png"),
        ("templates/page.html:1:30", "/gone"),
    ]


def test_planted_links_of_every_form_are_found_and_none_invented(tmp_path: Path) -> None:
    planted = plant(tmp_path, pages=50, each=2)
    found = [
        each
        for each in analyse(tmp_path, Config()).diagnostics
        if each.rule.startswith("link-") and each.level is not Severity.INFO
    ]
    named = {each.target: name for each in found for name in NAME.findall(each.target)}
    assert set(named.values()) == {fault.name for fault in planted}
    assert len(named) == len(found) == len(planted) == 2 * len(FORMS)
    assert all(each.position.line and each.position.length for each in found)
