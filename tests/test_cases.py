"""Run every case file: a small site, what is said about it, and what it becomes.

`README.md` beside this file says how a case is written.  `UPDATE=1` writes what is said
and what comes out into the case files, for review.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest

from dlsite.build import findings
from dlsite.diagnostics import Diagnostic
from dlsite.publish.run import publish
from dlsite.records import Missing, OutputFile
from dlsite.rehearsal import rehearse
from dlsite.rendering import Rendered, Renderer
from dlsite.report.words import Style
from dlsite.understanding import Analysis
from forms import github_commands, json_faults, junit_cases, sarif_results

CASES = Path(__file__).parent / "cases"
UPDATE = os.getenv("UPDATE") == "1"
_SECTION = re.compile(r"^=== (?P<name>output \S+(?: body| whole)?|[^\s\"']+)$", re.MULTILINE)
_AT_THE_TOP = ("dlsite.yml", "urls.txt")
_EXPECTED = ("findings", "skipped", "output ")
# HTML, 13.1.2: elements without an end tag.
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track"]
)
_MAIN = re.compile(r"<main\b[^>]*>\n?(.*)</main>", re.DOTALL)
_BODY = re.compile(r"<div class=\"body\" data-dlsite-body>(.*?)</div>\n(?:<f|</a)", re.DOTALL)
# What an asset is called changes with every change to the theme.
_DIGEST = re.compile(r"\.[0-9a-f]{10}(\.css|\.js)")

Case = dict[str, str]
Understood = Callable[[Mapping[str, str]], Analysis]


def _paths() -> list[Path]:
    return sorted(CASES.rglob("*.txt"))


def _read(path: Path) -> tuple[str, Case]:
    """Return the words at the top of a case file, and its sections in order."""
    text = path.read_text(encoding="utf-8")
    marks = list(_SECTION.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    sections: Case = {}
    for mark, end in zip(marks, ends, strict=True):
        assert mark["name"] not in sections, f"{path}: section '{mark['name']}' stands twice"
        sections[mark["name"]] = text[mark.end() + 1 : end]
    return text[: marks[0].start()], sections


def _write(path: Path, comment: str, sections: Case) -> None:
    text = "".join(f"=== {name}\n{content}" for name, content in sections.items())
    path.write_text(comment + text, encoding="utf-8")


def _texts(case: Case) -> dict[str, str]:
    """Return the site's files; a name without a folder is a page, but for the configuration."""
    return {
        name if "/" in name or name in _AT_THE_TOP else f"content/{name}": text
        for name, text in case.items()
        if not name.startswith(_EXPECTED)
    }


# The pipeline, in memory


@dataclass(frozen=True)
class Run:
    """A case after the pipeline; `outputs` are the contents by path."""

    texts: dict[str, str]
    analysis: Analysis
    rendered: Rendered
    findings: tuple[Diagnostic, ...]
    outputs: Mapping[str, bytes]


def _run(texts: dict[str, str], understood: Understood) -> Run:
    analysis = understood(texts)
    rendered = Renderer.of(analysis).render_all()
    found = findings(analysis, rendered)
    # What `check` does instead of rendering everything says the same.
    assert findings(analysis, rehearse(analysis, {})) == found
    return Run(texts, analysis, rendered, found, _contents(rendered, texts))


def _contents(rendered: Rendered, texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return every output's bytes; a copy of a case's own file has that file's."""
    return {
        output.path: texts[output.origin].encode()
        if output.origin in texts
        else Path(output.origin).read_bytes()
        if output.origin
        else output.content
        for output in rendered.outputs
    }


# What a case expects


def _short(text: str) -> str:
    return text.removeprefix("content/")


def _finding(diagnostic: Diagnostic) -> str:
    place = _short(str(diagnostic.position))
    lines = [f"{place}: {diagnostic.level.value}: {diagnostic.message} [{diagnostic.rule}]"]
    lines += [f"    see: {_short(str(other))}" for other in diagnostic.related]
    lines += [f"    help: {remedy}" for remedy in diagnostic.help]
    return "\n".join(lines) + "\n"


def _findings(run: Run) -> str:
    return "".join(_finding(each) for each in run.findings)


def _skipped(run: Run) -> str:
    return "".join(
        f"{_short(entry.page.path)}: {entry.reason.value}\n"
        for entry in run.analysis.site.routes.skipped
    )


def _output(run: Run, name: str) -> str:
    _, path, *part = name.split(" ")
    if path not in run.outputs:
        return "(there is no such output)\n"
    text = run.outputs[path].decode()
    found = None
    if part == ["body"]:
        found = _BODY.search(text)
    elif not part:
        found = _MAIN.search(text)
    text = text if found is None else found[1]
    return _DIGEST.sub(r".DIGEST\1", text.strip("\n")) + "\n"


def _actual(case: Case, run: Run) -> Case:
    """Return the case with all that it expects replaced by what is."""
    files = {name: text for name, text in case.items() if not name.startswith(_EXPECTED)}
    expected = {"findings": _findings(run), "skipped": _skipped(run)}
    expected |= {name: _output(run, name) for name in case if name.startswith("output ")}
    return files | {name: text for name, text in expected.items() if text or name in case}


@pytest.mark.parametrize("path", _paths(), ids=lambda path: str(path.relative_to(CASES))[:-4])
def test_case(path: Path, understood: Understood, tmp_path: Path) -> None:
    comment, case = _read(path)
    run = _run(_texts(case), understood)
    actual = _actual(case, run)
    if UPDATE:
        _write(path, comment, actual)
    else:
        assert actual == case
    _assert_order_does_not_matter(run, understood)
    _assert_positions_exist(run)
    _assert_programs_are_told(run)
    _assert_missing_links_are_found(run)
    _assert_outputs_are_sound(run)
    _assert_links_lead_somewhere(run)
    _assert_second_build_writes_nothing(run, tmp_path / "public")


# What holds for every case


def _assert_order_does_not_matter(run: Run, understood: Understood) -> None:
    again = _run(dict(reversed(run.texts.items())), understood)
    assert again.findings == run.findings
    if not any(diagnostic.blocks for diagnostic in run.findings):
        assert again.outputs == run.outputs


def _assert_positions_exist(run: Run) -> None:
    texts = run.texts | {
        path: run.analysis.sources.templates[name]
        for name, path in run.analysis.sources.template_paths.items()
    }
    for diagnostic in run.findings:
        for place in (diagnostic.position, *diagnostic.related):
            assert place.path in texts, f"{diagnostic} is in no file of the case"
            lines = texts[place.path].split("\n")
            assert place.line <= len(lines), f"{diagnostic} is below the file"
            if place.column:
                end = place.column - 1 + place.length
                assert place.line, f"{diagnostic} has a column without a line"
                assert end <= len(lines[place.line - 1]), f"{diagnostic} is beyond its line"


def _assert_programs_are_told(run: Run) -> None:
    """Every form is as its readers want it, and says every finding."""
    found = run.findings
    assert json_faults(found) == []
    assert [result["ruleId"] for result in sarif_results(found)] == [each.rule for each in found]
    assert [match["rule"] for match in github_commands(found)] == [each.rule for each in found]
    assert len(junit_cases(found, Style())) == max(1, len(found))


def _assert_missing_links_are_found(run: Run) -> None:
    """Every reference that resolves to nothing has a finding at its place."""
    places = {each.position for each in run.findings if each.rule.startswith("link-")}
    for page in run.analysis.pages:
        resolutions = run.analysis.site.resolutions[page.path]
        for reference, resolution in zip(page.references, resolutions, strict=True):
            assert not isinstance(resolution, Missing) or reference.position in places


class _Document(HTMLParser):
    """Gathers ids and URLs of a page, and notes what is not balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.urls: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {n} twice" for n in set(names) if names.count(n) > 1]
        for name, value in attrs:
            if value and (name == "id" or (name == "name" and tag == "a")):
                self.ids.append(value)
            if name in ("href", "src") and value is not None:
                self.urls.append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")


def _documents(run: Run) -> Iterator[tuple[str, _Document]]:
    for path, content in run.outputs.items():
        if path.endswith(".html") and path not in run.texts:
            yield path, _Document(content.decode())


def _assert_outputs_are_sound(run: Run) -> None:
    """Paths stay inside, HTML is balanced and has no id twice, XML parses."""
    rules = {diagnostic.rule for diagnostic in run.findings}
    for path, content in run.outputs.items():
        parts = path.split("/")
        assert not {"", ".", ".."} & set(parts), path
        assert "\\" not in path
        if path.endswith(".xml"):
            ET.fromstring(content)
    for path, document in _documents(run):
        assert document.faults == [], path
        if "heading-id-duplicate" not in rules:
            assert len(document.ids) == len(set(document.ids)), path


def _assert_links_lead_somewhere(run: Run) -> None:
    """Every internal URL of every output leads to an output, or a finding has said so."""
    if any(diagnostic.blocks for diagnostic in run.findings):
        return
    base = run.analysis.config.base_path
    missing: set[str] = {
        resolution.permalink
        for resolutions in (*run.analysis.site.resolutions.values(), run.analysis.site.nav)
        for resolution in resolutions
        if isinstance(resolution, Missing)
    }
    missing |= {f"/{d.target.strip('/')}/" for d in run.findings if d.rule == "link-missing"}
    reported = [d.target for d in run.findings if d.rule == "link-anchor"]
    # The name of a page may have the sign as well.
    anchors = {target.partition("#")[2] for target in reported}
    anchors |= {target.rpartition("#")[2] for target in reported}
    rules = {diagnostic.rule for diagnostic in run.findings}
    documents = dict(_documents(run))
    for path, document in documents.items():
        here = quote(f"{base}/{path}")
        for url in document.urls:
            parts = urlsplit(urljoin(here, url)) if not _is_unreadable(url) else None
            if parts is None or parts.scheme or parts.netloc:
                continue
            if "{{" in url and "liquid-unknown" in rules:
                continue
            assert parts.path.startswith(f"{base}/"), f"{url} in {path} is outside the base path"
            permalink = unquote(parts.path).removeprefix(base)
            output = permalink.lstrip("/") + ("index.html" if permalink.endswith("/") else "")
            assert output in run.outputs or permalink in missing, f"{url} in {path} is dead"
            fragment = unquote(parts.fragment)
            if fragment and output in documents:
                known = fragment in documents[output].ids or fragment.lower() == "top"
                assert known or fragment in anchors, f"{url} in {path} has no such fragment"


def _is_unreadable(url: str) -> bool:
    try:
        urlsplit(url)
    except ValueError:
        return True
    return False


def _assert_second_build_writes_nothing(run: Run, output: Path) -> None:
    if any(diagnostic.blocks for diagnostic in run.findings):
        return
    outputs = [OutputFile(path, content) for path, content in run.outputs.items()]
    first = publish(outputs, output)
    assert set(first.added) == set(run.outputs)
    second = publish(outputs, output)
    assert (second.added, second.changed, second.removed) == ((), (), ())
