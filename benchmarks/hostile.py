"""Time the converter on inputs made to break it: each must end soon, with its words kept.

    python benchmarks/hostile.py [--scale 1.0] [--limit 20] [--only TEXT] [--stock]

Each input is converted in a process of its own.  Printed are CPU seconds at the given
scale, and how many times as much as at half of it where it is more than a blink: near 2
is linear, near 4 quadratic.  Further what the process took of memory in MiB, how many
findings say that it was not converted, and the length.  `--stock`
adds Python-Markdown with the extensions that read the same constructs.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
from collections.abc import Callable

STOCK = ["extra", "toc", "sane_lists", "admonition", "codehilite", "smarty"]


def _nested_list(marker: str, n: int) -> str:
    return "".join(f"{' ' * (len(marker) + 1) * level}{marker} x{level}\n" for level in range(n))


def _ticks(n: int) -> str:
    return " a ".join("`" * length for length in range(1, n))


def _mixed_emphasis(n: int) -> str:
    rng = random.Random(7)
    return "".join(rng.choice(["*", "_", "**", "a", " ", "_a", "b*"]) for _ in range(n))


def _divs(n: int) -> str:
    return '<div markdown="1">\n\n' * n + "x\n\n" + "</div>\n\n" * n


def _table(rows: int) -> str:
    return "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * rows


# Names, makers and full sizes.
CASES: dict[str, tuple[Callable[[int], str], int]] = {
    "quotes": (lambda n: ">" * n + " x", 10_000),
    "quotes with blanks": (lambda n: "> " * n + "x", 10_000),
    "quotes, a line a level": (lambda n: "".join(">" * i + " x\n" for i in range(1, n)), 1_000),
    "quoted lines": (lambda n: "> x\n" * n, 100_000),
    "quotes apart": (lambda n: "> x\n\n" * n, 50_000),
    "lists on a line": (lambda n: "- " * n + "x", 10_000),
    "ordered lists on a line": (lambda n: "1. " * n + "x", 10_000),
    "lists, a line a level": (lambda n: _nested_list("-", n), 1_000),
    "ordered lists, a line a level": (lambda n: _nested_list("1.", n), 1_000),
    "quotes and lists in turn": (lambda n: "> - " * n + "x", 10_000),
    "quotes and ordered lists in turn": (lambda n: "> 1. " * n + "x", 10_000),
    "quotes in lists, by line": (
        lambda n: "".join(">" * i + " " + "- " * i + "item\n" for i in range(1, n)),
        300,
    ),
    "lists and callouts in turn": (
        lambda n: "".join(" " * 4 * i + ("- x\n\n" if i % 2 else "!!! note\n\n") for i in range(n)),
        500,
    ),
    "definition lists nested": (
        lambda n: "".join(" " * 4 * i + "x\n" + " " * 4 * i + ":   y\n\n" for i in range(n)),
        500,
    ),
    "tabs nested": (lambda n: "".join(" " * 4 * i + '=== "x"\n\n' for i in range(n)) + "z", 500),
    "divs nested": (_divs, 2_000),
    "divs without an end": (lambda n: '<div markdown="1">\n' * n, 2_000),
    "raw divs nested": (lambda n: "<div>\n" * n + "x\n" + "</div>\n" * n, 20_000),
    "list items": (lambda n: "- x\n" * n, 50_000),
    "list items apart": (lambda n: "- x\n\n" * n, 20_000),
    "list items, ordered": (lambda n: "1. x\n" * n, 50_000),
    "list items with children": (lambda n: "- x\n    - y\n" * n, 20_000),
    "list items with quotes": (lambda n: "- x\n  > y\n" * n, 20_000),
    "list items of two kinds": (lambda n: "- x\n1. y\n" * n, 20_000),
    "list items and years": (lambda n: "- x\n" + "1986. y\n" * n, 20_000),
    "list items with paragraphs": (lambda n: "- x\n\n  y\n" * n, 20_000),
    "list item of many paragraphs": (lambda n: "- x\n\n" + "  y\n\n" * n, 20_000),
    "definitions in a line": (lambda n: "x\n" + ": y\n" * n, 20_000),
    "definitions of a term each": (lambda n: "x\n: y\n" * n, 20_000),
    "definition of many paragraphs": (lambda n: "x\n: y\n\n" + "    z\n\n" * n, 20_000),
    "brackets": (lambda n: "[" * n, 50_000),
    "closing brackets": (lambda n: "]" * n, 50_000),
    "brackets nested": (lambda n: "[" * n + "]" * n, 20_000),
    "brackets and blanks": (lambda n: "[ " * n + "a" + " ]" * n, 20_000),
    "links open": (lambda n: "[a](" * n, 20_000),
    "links": (lambda n: "[link](x)" * n, 50_000),
    "links with titles open": (lambda n: '[a](b "' * n, 20_000),
    "links in pointed brackets open": (lambda n: "[a](<" * n, 20_000),
    "links in links": (lambda n: "[" * n + "a" + "](b)" * n, 5_000),
    "images open": (lambda n: "![" * n, 20_000),
    "images in images": (lambda n: "![" * n + "a" + "](b)" * n, 5_000),
    "references": (lambda n: "[a][b]" * n + "\n\n[b]: c\n", 20_000),
    "references unknown": (lambda n: "[a][b] " * n, 20_000),
    "references short": (lambda n: "[b] " * n + "\n\n[b]: c\n", 20_000),
    "definitions": (lambda n: "".join(f"[a{i}]: /b\n" for i in range(n)), 20_000),
    "definition with blanks": (lambda n: "[]:0" + " " * n + "0", 20_000),
    "wiki links": (lambda n: "[[a]] " * n, 20_000),
    "wiki links open": (lambda n: "[[a|" * n, 20_000),
    "tags open": (lambda n: "<a " * n, 50_000),
    "tags with attributes open": (lambda n: '<a b="' * n, 20_000),
    "tags of blocks open": (lambda n: "<div " * n, 20_000),
    "inline tags": (lambda n: "x <b>y</b> " * n, 20_000),
    "inline tags in lines": (lambda n: "x <b>y\n" * n, 20_000),
    "raw tags open": (lambda n: "<div>\n" + "<a " * n, 20_000),
    "raw tags with attributes open": (lambda n: "<div>\n" + '<a b="' * n, 20_000),
    "raw comments open": (lambda n: "<div>\n" + "<!--" * n, 20_000),
    "raw details open": (lambda n: "<details>\n\na\n\n" * n, 5_000),
    "raw details nested": (lambda n: "<details>\n\na\n\n" * n + "</details>\n\n" * n, 500),
    "raw paragraphs": (lambda n: "<p>x\n" * n, 20_000),
    "raw headings in words": (lambda n: "a " + "<h1>" * n, 20_000),
    "raw formulas open": (lambda n: "<math>" * n, 20_000),
    "raw formulas half open": (lambda n: "<math><semantics></math>" * n, 20_000),
    "raw code open": (lambda n: '<pre tabindex="0">' * n, 20_000),
    "raw closing tags": (lambda n: "<div>\n" + "</a" * n, 20_000),
    "raw headings open": (lambda n: "<div>\n" + "<h1>" * n, 20_000),
    "raw links open": (lambda n: "<div>\n" + '<a href="x">' * n, 20_000),
    "closing tags": (lambda n: "</p>" * n, 20_000),
    "pointed addresses": (lambda n: "<http://" * n, 20_000),
    "pointed mails": (lambda n: "<a@" * n, 20_000),
    "bare addresses": (lambda n: "http://a.b " * n, 20_000),
    "bare addresses joined": (lambda n: "http://" * n, 20_000),
    "bare mails": (lambda n: "a@" * n, 20_000),
    "mail of dots": (lambda n: "a." * n + "@", 20_000),
    "mail host of dots": (lambda n: "a@" + "a." * n, 20_000),
    "comments open": (lambda n: "<!--" * n, 20_000),
    "comments inline": (lambda n: "x <!-- a --> " * n, 20_000),
    "instructions open": (lambda n: "x <?" * n, 20_000),
    "declarations open": (lambda n: "<!a " * n, 20_000),
    "cdata open": (lambda n: "<![CDATA[" * n, 20_000),
    "cdata inline open": (lambda n: "x <![CDATA[" * n, 20_000),
    "scripts open": (lambda n: "<script>" * n, 20_000),
    "entities": (lambda n: "&amp;" * n, 20_000),
    "entity open": (lambda n: "&" + "a" * n, 50_000),
    "ampersands": (lambda n: "&#" * n, 50_000),
    "fence with blanks": (lambda n: "```" + " " * n, 20_000),
    "fence with blanks and a word": (lambda n: "```" + " " * n + "x `", 20_000),
    "fences open": (lambda n: "".join(f"```x{i}\na\n\n" for i in range(n)), 20_000),
    "fences of growing length": (lambda n: "".join("`" * (i + 3) + "\n" for i in range(n)), 600),
    "fences of falling length": (
        lambda n: "".join("`" * (n - i + 3) + "\n" for i in range(n)),
        600,
    ),
    "fences": (lambda n: "```python\nx = 1\n```\n\n" * n, 3_000),
    "tildes": (lambda n: "~" * n, 50_000),
    "ticks": (lambda n: "`" * n, 50_000),
    "ticks of growing length": (_ticks, 600),
    "ticks escaped": (lambda n: "\\`" * n, 20_000),
    "ticks and backslashes": (lambda n: "\\" * n + "`", 20_000),
    "code spans": (lambda n: "`a` " * n, 20_000),
    "code spans closed by fewer": (lambda n: "``a`" * n, 20_000),
    "ticks escaped and open": (lambda n: "\\``" * n, 20_000),
    "formulas in ticks open": (lambda n: "$` " * n, 20_000),
    "table": (_table, 100_000),
    "table of a column": (lambda n: "|a|\n|-|\n" + "|1|\n" * n, 100_000),
    "table row of bars": (lambda n: "|a|\n|-|\n" + "|" * n, 50_000),
    "table of many columns": (lambda n: "|a" * n + "|\n" + "|-" * n + "|\n" + "|b" * n, 5_000),
    "table rule of bars": (lambda n: "a|b\n" + "-|" * n, 50_000),
    "table without a header": (lambda n: "| 1 | 2 |\n" * n, 50_000),
    "table row with ticks": (lambda n: "|a|\n|-|\n|" + "`|" * n, 20_000),
    "long line": (lambda n: "a" * n, 15_000_000),
    "long line of words": (lambda n: "word " * (n // 5), 15_000_000),
    "long line of marks": (lambda n: "word *a* " * (n // 9), 2_000_000),
    "many lines": (lambda n: "word word word\n" * n, 200_000),
    "many paragraphs": (lambda n: "word word\n\n" * n, 50_000),
    "empty lines": (lambda n: "\n" * n + "x", 200_000),
    "blank lines": (lambda n: " \n" * n + "x", 200_000),
    "blanks": (lambda n: " " * n + "x", 1_000_000),
    "blanks inside": (lambda n: "x" + " " * n + "y", 200_000),
    "hard breaks": (lambda n: "x  \n" * n, 50_000),
    "tab stops": (lambda n: "\t" * n + "x", 100_000),
    "abbreviations": (
        lambda n: "".join(f"*[AB{i}]: a word\n" for i in range(n)) + "\nAB1 AB2 x\n" * 10,
        2_000,
    ),
    "abbreviation open": (lambda n: "*[" * n, 20_000),
    "abbreviations open in lines": (lambda n: "*[\n" * n, 20_000),
    "abbreviation again": (lambda n: "*[a]: b\n" * n, 20_000),
    "headings": (lambda n: "# a\n\n" * n, 20_000),
    "headings in lines": (lambda n: "# a\n" * n, 20_000),
    "headings underlined": (lambda n: "a\n===\n\n" * n, 20_000),
    "headings underlined in lines": (lambda n: "a\n==\n" * n, 20_000),
    "underlines": (lambda n: "===\n" * n, 20_000),
    "rules in lines": (lambda n: "---\n" * n, 20_000),
    "heading of hashes": (lambda n: "#" * n, 50_000),
    "heading of hashes and blanks": (lambda n: "# " * n, 50_000),
    "rules": (lambda n: "* " * n + "a", 50_000),
    "rule of hyphens": (lambda n: "-" * n + "a", 50_000),
    "rules apart": (lambda n: "---\n\n" * n, 20_000),
    "emphasis mixed": (_mixed_emphasis, 20_000),
    "emphasis open": (lambda n: "*a " * n, 20_000),
    "emphasis closing": (lambda n: "a* " * n, 20_000),
    "emphasis open and mixed": (lambda n: "*a _b " * n, 20_000),
    "emphasis nested": (lambda n: "*a **b " * n + "c** d*" * n, 2_000),
    "emphasis of stars": (lambda n: "*" * n + "a" + "*" * n, 20_000),
    "emphasis joined": (lambda n: "a**b" + "c*" * n, 20_000),
    "underscores": (lambda n: "_a" * n, 20_000),
    "strikes in emphasis": (lambda n: "*" + "~" * n + "*", 50_000),
    "strikes": (lambda n: "~~a ~~b~~ " * n, 20_000),
    "footnotes": (lambda n: "".join(f"a[^{i}]\n\n[^{i}]: b\n\n" for i in range(n)), 5_000),
    "footnote of many marks": (lambda n: "a[^1] " * n + "\n\n[^1]: b\n", 5_000),
    "footnote marks open": (lambda n: "[^" * n, 20_000),
    "footnote in a footnote in a line": (lambda n: "[^a]: " * n, 20_000),
    "footnotes unknown": (lambda n: "a[^1] " * n, 20_000),
    "footnotes in footnotes": (
        lambda n: "a[^0]\n\n" + "".join(f"[^{i}]: b[^{i + 1}]\n\n" for i in range(n)),
        2_000,
    ),
    "attributes open": (lambda n: "{: " * n, 20_000),
    "attribute lists": (lambda n: "*a*{: .b} " * n, 10_000),
    "attribute list long": (lambda n: "a\n{: " + ".b " * n + "}\n", 20_000),
    "attribute lines of nothing": (lambda n: "{:.a}\n" * n, 20_000),
    "attribute lines": (lambda n: "a\n{: .b}\n\n" * n, 5_000),
    "heading attributes open": (lambda n: "# a {" + "#" * n, 20_000),
    "contents again": (lambda n: "* a\n{:toc}\n" * n, 5_000),
    "contents": (lambda n: "* x\n{:toc}\n\n" + "# a\n\n" * n, 5_000),
    "dollars": (lambda n: "$" * n, 50_000),
    "dollars and words": (lambda n: "$a " * n, 20_000),
    "double dollars": (lambda n: "$$a " * n, 20_001),
    "double dollars apart": (lambda n: "$$\na\n\n" * n, 20_001),
    "formulas": (lambda n: "$x$ " * n, 20_000),
    "formula of braces": (lambda n: "$" + "{" * n + "x" + "}" * n + "$", 5_000),
    "formula of fractions": (lambda n: "$$" + r"\frac{" * n + "x" + "}{y}" * n + "$$", 2_000),
    "formula of lefts": (lambda n: "$" + r"\left(" * n + "x" + r"\right)" * n + "$", 2_000),
    "formula long": (lambda n: "$$" + "x + " * n + "x$$", 50_000),
    "brackets of formulas": (lambda n: "\\\\(" * n, 20_000),
    "environments open": (lambda n: "\\begin{align}" * n, 20_000),
    "backslashes": (lambda n: "\\" * n, 50_000),
    "quotation marks": (lambda n: "\"'" * n, 50_000),
    "hyphens": (lambda n: "a--" * n, 50_000),
    "dots": (lambda n: "..." * n, 50_000),
    "callouts": (lambda n: "> [!NOTE]\n> x\n\n" * n, 5_000),
    "callouts far apart": (lambda n: "!!! note\n\n\n" * n, 20_000),
    "callouts open": (lambda n: "!!! note\n" * n, 10_000),
    "callouts of indents": (lambda n: "!!! note\n\n    x\n\n" * n, 5_000),
    "definition list": (lambda n: "a\n: b\n\n" * n, 10_000),
    "definition list open": (lambda n: "a\n" + ": b\n" * n, 20_000),
    "tasks": (lambda n: "- [ ] x\n" * n, 10_000),
    "liquid open": (lambda n: "{% " * n, 20_000),
    "liquid blocks open": (lambda n: "{% raw %}" * n, 20_000),
    "liquid outputs open": (lambda n: "{{ " * n, 20_000),
    "liquid tags": (lambda n: "{% highlight x %}\n" * n, 10_000),
    "indented code": (lambda n: "    x\n\n" * n, 50_000),
    "indented lines": (lambda n: "    x\n" * n, 50_000),
    "indents that grow": (lambda n: "".join(" " * i + "x\n" for i in range(n)), 2_000),
    "more marks": (lambda n: "<!--more-->\n\n" * n, 5_000),
    "placeholders": (lambda n: "\x02wzxhzdk:0\x03 \x02klzzwxh:0001\x03 " * n, 20_000),
    "placeholder words": (lambda n: "wzxhzdk:0 klzzwxh:0001 dlsitemath0 " * n, 20_000),
    "nul and controls": (lambda n: "\x00\x01\x0b\x0c\x1c\x85\u2028\u2029" * n, 20_000),
    "code sml": (lambda n: "```sml\nexception " + "a" * n + "\n```", 20_000),
    "code tads3": (lambda n: "```tads3\nextern //" + "\\" * n + "\n```", 2_000),
    "code adl": (lambda n: "```adl\n" + "A" * n + "-\n```", 10_000),
    "code sql jinja": (lambda n: "```sql+jinja\n{% macro a(" + "(" * n + "\n```", 2_000),
    "code python": (lambda n: "```python\n" + '"' * n + "\n```", 20_000),
    "code json": (lambda n: "```json\n" + "[" * n + "\n```", 20_000),
    "code of one line": (lambda n: "```python\n" + "x = 1; " * n + "\n```", 20_000),
    "code yaml": (lambda n: "```yaml\n" + "- " * n + "\n```", 5_000),
    "code html": (lambda n: "```html\n" + "<a " * n + "\n```", 20_000),
    "code bash": (lambda n: "```bash\n" + '"$(' * n + "\n```", 20_000),
    "code tablegen": (lambda n: "```tablegen\n" + "`\\J_" * n + "\n```", 2_000),
}


_NOTICEABLE = 0.5

CHILD = """
import sys, resource, time
sys.path.insert(0, {folder!r})
import hostile
make, size = hostile.CASES[{name!r}]
text = make(max(2, int(size * {scale})))
if {stock}:
    import markdown
    converter = markdown.Markdown(extensions=hostile.STOCK)
    begin = time.process_time()
    converter.convert(text)
    print(time.process_time() - begin, "", "", len(text))
else:
    from dlsite.markup.converter import Converter
    from dlsite.config.settings import MarkupOptions
    from dlsite.processes.budget import parse_in_time as parse
    from dlsite.parse import ParseOptions
    from dlsite.records import SourceFile
    options = ParseOptions()
    converter = Converter(options.markup)
    parse(SourceFile("a.md", "a.md", "x", "0"), options=options, converter=converter)
    begin = time.process_time()
    parsed = parse(SourceFile("a.md", "a.md", text, "0"), options=options, converter=converter)
    spent = time.process_time() - begin
    said = [d.message for d in parsed.diagnostics if d.rule.startswith("markdown")]
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(spent, kibibytes // 1024, len(said), len(text), *said[:1])
"""


def _limited(seconds: int) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    return limit


def measure(name: str, scale: float, *, limit: int, stock: bool) -> tuple[float | None, str]:
    """Return the CPU seconds of one input, `None` where it did not end, and what was said."""
    from pathlib import Path  # noqa: PLC0415

    code = CHILD.format(folder=str(Path(__file__).parent), name=name, scale=scale, stock=stock)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_limited(limit),
    )
    if done.returncode:
        return None, (done.stderr.strip().splitlines() or [f"over {limit} s"])[-1][:100]
    seconds, _, rest = done.stdout.partition(" ")
    return float(seconds), rest.strip()


def main() -> int:
    """Convert each input, and print what it took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--limit", type=int, default=20, help="CPU seconds for each")
    parser.add_argument("--only", default="")
    parser.add_argument("--over", type=float, default=0.0, help="print only what takes longer")
    parser.add_argument("--stock", action="store_true")
    options = parser.parse_args()
    failed = 0
    for name in CASES:
        if options.only not in name:
            continue
        whole, said = measure(name, options.scale, limit=options.limit, stock=False)
        half = None
        if whole is None or whole > _NOTICEABLE:
            half, _ = measure(name, options.scale / 2, limit=options.limit, stock=False)
        failed += whole is None
        if whole is not None and whole < options.over:
            continue
        growth = f"{whole / half:4.1f}" if whole and half else "    "
        line = f"{name:36s} {'fails' if whole is None else f'{whole:6.2f}'} {growth}  {said}"
        if options.stock:
            stock, reason = measure(name, options.scale, limit=options.limit, stock=True)
            line += f"   stock {reason if stock is None else f'{stock:.2f}'}"
        print(line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
