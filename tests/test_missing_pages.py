"""A post whose main articles are not written: what is found, and what the remedies make of it."""

from __future__ import annotations

import json
import shlex

from running import Ran, Run, Write
from smallsites import FULL, REST, SEED, WANTED


def test_five_missing_pages_are_five_findings_with_a_remedy_each(dlsite: Run, site: Write) -> None:
    ran = dlsite(site(SEED), "check", "--format", "json")
    assert ran.code == 1
    findings = json.loads(ran.out)["findings"]
    assert [
        (each["rule"], each["severity"], each["target"], each["line"], each["column"])
        for each in findings
    ] == [("link-missing", "error", target, line, column) for target, line, column, _ in WANTED]
    assert [each["help"] for each in findings] == [
        [
            "the target looks misspelt: the heading says 'Unsupervised Pretrained Networks'",
            (
                "create it: dlsite new /unsupervised_pretrained_networks/ "
                '--title "Unsupervised Pretrained Networks"'
            ),
        ],
        *([f'create it: dlsite new {target}/ --title "{title}"'] for target, _, _, title in REST),
    ]


def test_findings_stand_under_their_source_line_for_people(dlsite: Run, site: Write) -> None:
    ran = dlsite(site(SEED), "check")
    assert ran.code == 1
    assert ran.out.startswith(
        "content/2019-05-20-deep-learning.md:19:24: error: link to "
        "'/unsupervised_petrained_networks', but no page has that permalink [link-missing]\n"
        "   19 | See main article [UPN](/unsupervised_petrained_networks).\n"
        "      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = help: the target looks misspelt: the heading says "
        "'Unsupervised Pretrained Networks'\n"
        "      = help: create it: dlsite new /unsupervised_pretrained_networks/ "
        '--title "Unsupervised Pretrained Networks"\n'
    )
    assert ran.out.endswith("\n1 page checked: 5 errors\n")


def test_near_miss_of_a_page_is_offered(dlsite: Run, site: Write) -> None:
    right = "---\ntitle: UPN\npermalink: /unsupervised_pretrained_networks/\n---\n"
    root = site(SEED | {"content/upn.md": right})
    ran = dlsite(root, "check", "--select", "link-missing", "--format", "json")
    suggestions = [each["suggestions"] for each in json.loads(ran.out)["findings"]]
    assert suggestions == [
        [{"text": "/unsupervised_pretrained_networks/", "certainty": "likely"}],
        *([] for _ in REST),
    ]


def test_site_with_every_page_it_wants_has_no_finding(dlsite: Run, site: Write) -> None:
    root = site(FULL)
    assert dlsite(root, "check", "--strict") == Ran(0, "6 pages checked: no findings\n", "")
    assert dlsite(root, "build", "--strict").code == 0


def test_remedies_of_findings_mend_the_site(dlsite: Run, site: Write) -> None:
    root = site(SEED)
    page = root / "content/2019-05-20-deep-learning.md"
    for finding in json.loads(dlsite(root, "check", "--format", "json").out)["findings"]:
        _, remedy = finding["help"][-1].split("dlsite new ")
        for suggestion in finding["suggestions"]:
            text = page.read_text().replace(finding["target"], suggestion["text"])
            page.write_text(text)
        permalink, title = remedy.split(" --title ")
        assert dlsite(root, "new", permalink, "--title", json.loads(title)).code == 0
    assert dlsite(root, "check", "-D").code == 0


def test_remedies_typed_in_a_shell_make_the_pages_that_are_asked_for(
    dlsite: Run, site: Write
) -> None:
    wiki = "[[What is a GAN?]] [[../up/$x$]] [[a&b]] [[50%20]]"
    body = f"{wiki} [`!` $5 'it'](</what is/>) [b](/x%2541)"
    root = site({"content/a.md": f"---\ntitle: A\npermalink: /a/\n---\n{body}\n"})
    found = json.loads(dlsite(root, "check", "--format", "json").out)["findings"]
    asked = [finding for finding in found if finding["rule"] == "link-missing"]
    assert len(asked) == 6
    for finding in asked:
        words = shlex.split(finding["help"][-1].partition("dlsite ")[2])
        assert dlsite(root, *words).code == 0
    found = json.loads(dlsite(root, "check", "-D", "--format", "json").out)["findings"]
    assert [each for each in found if each["rule"].startswith("link-")] == []
