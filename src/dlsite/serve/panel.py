"""Show findings in the preview, as HTML: a panel on a page, or a page of its own.

Everything of the author's is escaped: a finding quotes whatever stands in a source file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import islice

from dlsite.diagnostics import Diagnostic, Position, printable
from dlsite.rules import Severity
from dlsite.serve.editors import LinkTo, no_editor

MAX_SHOWN = 20
MAX_EXCERPT = 200

_STYLE = """
#dlsite-panel{all:initial;display:block;position:fixed;inset:auto 0 0 0;z-index:2147483647;
max-height:60vh;overflow:auto;background:#fff;color:#1b1f24;border-top:3px solid #b42318;
font:14px/1.5 system-ui,sans-serif;box-shadow:0 -4px 24px #0003;padding:.5rem 1rem}
#dlsite-panel.mild{border-top-color:#8a6100}
#dlsite-panel summary{cursor:pointer;font-weight:600}
#dlsite-panel ol{margin:.5rem 0;padding:0;list-style:none}
#dlsite-panel li{margin:.75rem 0}
#dlsite-panel b{font:600 13px ui-monospace,monospace;overflow-wrap:anywhere}
#dlsite-panel p{margin:.15rem 0}
#dlsite-panel a{color:inherit}
#dlsite-panel pre{margin:.25rem 0;padding:.5rem;background:#f2f4f7;overflow-x:auto;
font:13px/1.4 ui-monospace,monospace}
#dlsite-panel small{color:#475467;font-size:13px}
@media (prefers-color-scheme:dark){#dlsite-panel{background:#1b1f24;color:#e6e8eb}
#dlsite-panel pre{background:#2a2f36}#dlsite-panel small{color:#aab2bd}}
@media print{#dlsite-panel{display:none}}
"""


def count(findings: Iterable[Diagnostic]) -> str:
    """Return how many findings of each weight there are, in words."""
    levels = [finding.level for finding in findings]
    parts = [
        f"{number} {name}" if number == 1 else f"{number} {name}s"
        for level, name in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        if (number := levels.count(level))
    ]
    return ", ".join(parts) or "no findings"


def panel(
    findings: Iterable[Diagnostic],
    texts: Mapping[str, str],
    *,
    is_open: bool,
    note: str = "",
    link_to: LinkTo = no_editor,
) -> str:
    """Return the panel with findings and a note above them; empty where there is neither.

    `texts` gives the sources to quote, by path; `link_to` what opens a place in an editor.
    """
    found = tuple(findings)
    if not found and not note:
        return ""
    entries = "".join(_entry(finding, texts, link_to) for finding in islice(found, MAX_SHOWN))
    more = len(found) - MAX_SHOWN
    rest = f"<p>and {more} more, listed in the terminal</p>" if more > 0 else ""
    told = f"<p>{escape(printable(note))}</p>" if note else ""
    title = count(found) if found else "a bug in dlsite"
    return (
        f'<aside id="dlsite-panel" class="{"" if is_open else "mild"}" role="region" '
        f'aria-label="Findings of dlsite"><style>{_STYLE}</style>'
        f"<details{' open' if is_open else ''}><summary>dlsite: {title}</summary>"
        f"{told}<ol>{entries}</ol>{rest}</details></aside>"
    )


def _entry(finding: Diagnostic, texts: Mapping[str, str], link_to: LinkTo) -> str:
    place = f"<b>{_place(finding.position, link_to)}</b> {finding.level.value}"
    rule = f"<small>[{escape(finding.rule)}]</small>"
    lines = [
        f"<li>{place} {rule}<p>{_shown(finding.message)}</p>",
        _excerpt(finding.position, texts),
        *(f"<p><small>see: {_place(at, link_to)}</small></p>" for at in finding.related),
        *(f"<p><small>help: {_shown(remedy)}</small></p>" for remedy in finding.help),
        "</li>",
    ]
    return "".join(lines)


def _place(position: Position, link_to: LinkTo) -> str:
    """Return the words for a place, which open it in an editor."""
    words, address = _shown(str(position)), link_to(position)
    return f'<a href="{escape(address)}">{words}</a>' if address else words


def _excerpt(position: Position, texts: Mapping[str, str]) -> str:
    """Return the line meant, with carets below where the column is known."""
    lines = texts.get(position.path, "").split("\n", position.line)
    if not position.line or len(lines) < position.line:
        return ""
    start = max(0, position.column - 1)
    left = max(0, start - MAX_EXCERPT // 2)
    line = "".join(c if c.isprintable() else " " for c in lines[position.line - 1])
    shown = line[left : left + MAX_EXCERPT]
    if not shown.strip():
        return ""
    number = f"{position.line} | "
    carets = ""
    if position.column:
        width = max(1, min(position.length, len(shown) - (start - left)))
        carets = "\n" + " " * (len(number) + start - left) + "^" * width
    return f"<pre>{number}{escape(shown)}{carets}</pre>"


def _shown(text: str) -> str:
    return escape(printable(text))


def error_page(title: str, text: str) -> str:
    """Return a page that stands for one that cannot be shown; the panel is put in later."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        # Without one browsers ask for `/favicon.ico`, and complain.
        '<link rel="icon" href="data:,">\n'
        f"<title>{_shown(title)}</title>\n"
        "<style>body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;"
        "padding:0 1rem}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{_shown(title)}</h1>\n<p>{_shown(text)}</p>\n</main>\n</body>\n</html>\n"
    )
