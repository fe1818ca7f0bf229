"""Plant broken links of every form in a site, and count who finds them and who invents more.

    python benchmarks/planted_faults.py FOLDER [--pages 200] [--each 4]
        [--lychee PATH] [--htmlproofer PATH] [--linkinator PATH]

FOLDER is made anew.  `dlsite check` reads the sources; the others read what dlsite builds
of them.  Every planted target has a name that stands nowhere else: who names it has found
it, and what is named beside those is invented.  Decoys look like links and are none.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

# `@` stands for the name of the target.
FORMS = {
    "inline link": "See [a](/@/).",
    "link with a title": 'See [a](/@/ "T").',
    "reference definition": "See [a][r@].\n\n[r@]: /@/",
    "wiki link": "See [[@]].",
    "link to a file": "Get [it](/files/@.pdf).",
    "link to a Markdown file": "See [a](@.md).",
    "relative link": "See [a](../@/).",
    "link in a table": "| a |\n|---|\n| [a](/@/) |",
    "link in a footnote": "A[^@].\n\n[^@]: See [a](/@/).",
    "fragment of this page": "See [a](#@).",
    "fragment of another page": "See [a](/page1/#@).",
    "image": "![a](/@.png)",
    "wiki image": "![[@.png]]",
    "a href": '<a href="/@/">a</a>',
    "a href without quotes": "<a href=/@/>a</a>",
    "img src": '<img src="/@.png" alt="a">',
    "srcset": '<img src="/dot.png" srcset="/dot.png 1x, /@.png 2x" alt="a">',
    "source srcset": '<picture><source srcset="/@.avif"><img src="/dot.png" alt="a"></picture>',
    "video": '<video src="/@.mp4"></video>',
    "poster": '<video src="/dot.mp4" poster="/@.png"></video>',
    "audio": '<audio src="/@.mp3"></audio>',
    "track": '<video src="/dot.mp4"><track src="/@.vtt"></video>',
    "iframe": '<iframe src="/@/"></iframe>',
    "object": '<object data="/@.pdf"></object>',
    "embed": '<embed src="/@.svg">',
    "script": '<script src="/@.js"></script>',
    "stylesheet": '<link rel="stylesheet" href="/@.css">',
    "form": '<form action="/@/"></form>',
    "area": '<map name="@"><area href="/@/" alt="a"></map>',
    "quotation": '<blockquote cite="/@/"><p>a</p></blockquote>',
    "svg image": '<svg><image xlink:href="/@.png"></image></svg>',
    "style attribute": "<p style=\"background: url('/@.png')\">a</p>",
    "style element": "<style>.a { background: url(/@.png) }</style>",
    "meta refresh": '<meta http-equiv="refresh" content="0; url=/@/">',
    "image of the front matter": "=image: /@.png",
    "redirect of the front matter": "=redirect_to: /@/",
    "url() of a stylesheet": "+.a { background: url(/@.png) }",
    "@import of a stylesheet": '+@import "/@.css";',
    # What dlsite mends in what it builds: nobody else can see these.
    "other letter case": "~See [a](/Shelf@/).",
    "two slashes": "~See [a](//shelf@).",
    "draft": "!See [a](/shelf@/).",
}
DECOYS = (
    "`[a](/@/)`",
    "```html\n<a href='/@/'>a</a>\n```",
    "    [a](/@/)",
    "<!-- [a](/@/) <img src='/@.png'> -->",
    "<template><a href='/@/'>a</a></template>",
    "<textarea>[a](/@/)</textarea>",
    "<pre>\n&lt;a href='/@/'&gt;\n</pre>",
    "\\[a](/@/)",
    "$a[i](/@/)$",
    "<span data-href='/@/'>a</span>",
    "<script>let a = '<a href=\"/@/\">';</script>",
    "{% raw %}{{ '/@/' }}{% endraw %}",
)
NAME = re.compile(r"(?:gone|fine)\d+x")


@dataclass(frozen=True)
class Planted:
    """One fault: its form, and the name of its target."""

    form: str
    name: str
    is_for_all: bool


def plant(root: Path, pages: int, each: int) -> list[Planted]:
    """Write the site; return what is broken in it."""
    shutil.rmtree(root, ignore_errors=True)
    texts = {f"content/page{number}.md": _page(number, pages) for number in range(pages)}
    planted: list[Planted] = []
    for index, (form, text) in enumerate(FORMS.items()):
        for number in range(each):
            name = f"gone{index * each + number}x"
            planted.append(Planted(form, name, is_for_all=text[0] not in "~!"))
            _put(texts, text, name, f"content/page{(index * each + number) % pages}.md")
    for number in range(len(DECOYS) * each):
        name = f"fine{number}x"
        texts[f"content/page{number % pages}.md"] += (
            f"\n\n{DECOYS[number % len(DECOYS)].replace('@', name)}\n"
        )
    texts |= {"static/dot.png": "", "static/dot.mp4": "", "dlsite.yml": "search: false\n"}
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return planted


def _page(number: int, pages: int) -> str:
    following, far = (number + 1) % pages, number * 7 % pages
    return (
        f"---\ntitle: Page {number}\npermalink: /page{number}/\n---\n## Part\n\n"
        f"See [on](/page{following}/#part), [far](/page{far}), [[Page {far}]] and [up](#part).\n"
        "![A dot.](/dot.png)\n"
    )


def _put(texts: dict[str, str], form: str, name: str, page: str) -> None:
    text = form.lstrip("=+~!").replace("@import", "\0").replace("@", name).replace("\0", "@import")
    if form[0] == "=":
        texts[f"content/{name}-own.md"] = (
            f"---\ntitle: Own {name}\npermalink: /own-{name}/\n{text}\n---\n[on](/page0/)\n"
        )
    elif form[0] == "+":
        texts[f"static/{name}-own.css"] = f"{text}\n"
        texts[page] += f'\n\n<link rel="stylesheet" href="/{name}-own.css">\n'
    else:
        texts[page] += f"\n\n{text}\n"
    if form[0] in "~!":
        draft = "draft: true\n" if form[0] == "!" else ""
        shelf = f"---\ntitle: Shelf\npermalink: /shelf{name}/\n{draft}---\n[on](/page0/)\n"
        texts[f"content/shelf{name}.md"] = shelf


@dataclass(frozen=True)
class Report:
    """What a tool says: the targets that it names, one for each complaint, and its time."""

    targets: tuple[str, ...]
    seconds: float


def _run(command: list[str]) -> tuple[str, float]:
    started = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr, time.perf_counter() - started


def dlsite(root: Path) -> Report:
    """Check the sources."""
    command = [sys.executable, "-m", "dlsite", "-C", str(root), "check", "--no-cache"]
    text, seconds = _run([*command, "--select", "link-", "--format", "json"])
    found = [each for each in json.loads(text)["findings"] if each["severity"] != "info"]
    return Report(tuple(each["target"] for each in found), seconds)


def lychee(program: str, public: Path) -> Report:
    """Let lychee read the output, offline."""
    flags = ["--offline", "--include-fragments", "--index-files", "index.html"]
    command = [program, *flags, "--no-progress", "--root-dir", str(public), "--format", "json"]
    text, seconds = _run([*command, str(public)])
    document = json.loads(text[text.index("{") : text.rindex("}") + 1])
    errors = document.get("error_map") or document.get("fail_map") or {}
    return Report(tuple(each["url"] for found in errors.values() for each in found), seconds)


def htmlproofer(program: str, public: Path) -> Report:
    """Let html-proofer read the output, without the network."""
    flags = ["--disable-external", "--check-opengraph", "--empty-alt-ignore", "--allow-hash-href"]
    text, seconds = _run([program, str(public), *flags])
    return Report(tuple(line for line in text.splitlines() if line.startswith("  *")), seconds)


def linkinator(program: str, public: Path) -> Report:
    """Let linkinator serve and read the output."""
    flags = ["--recurse", "--check-fragments", "--format", "json", "--check-css"]
    started = time.perf_counter()
    # From `/` it would follow nothing: it takes that for a folder of the machine.
    ran = subprocess.run(
        [program, ".", *flags], cwd=public, capture_output=True, text=True, check=False
    )
    links = json.loads(ran.stdout)["links"]
    broken = tuple(each["url"] for each in links if each["state"] == "BROKEN")
    return Report(broken, time.perf_counter() - started)


def show(planted: Iterable[Planted], reports: Mapping[str, Report]) -> None:
    """Print a table of forms, and what was invented."""
    total: Counter[str] = Counter()
    found: dict[str, Counter[str]] = {tool: Counter() for tool in reports}
    names = {
        tool: {name for text in report.targets for name in NAME.findall(text)}
        for tool, report in reports.items()
    }
    for fault in planted:
        total[fault.form] += 1
        for tool in reports:
            found[tool][fault.form] += fault.name in names[tool]
    print(f"{'form':32}{'planted':>8}", *(f"{tool:>12}" for tool in reports), sep="")
    for form, count in total.items():
        print(f"{form:32}{count:8}", *(f"{found[tool][form]:12}" for tool in reports), sep="")
    print(f"{'all':32}{total.total():8}", *(f"{found[t].total():12}" for t in reports), sep="")
    known = {fault.name for fault in planted}
    for tool, report in reports.items():
        invented = sorted({t for t in report.targets if not known & set(NAME.findall(t))})
        print(
            f"{tool}: {report.seconds:.1f} s, invented {len(invented)}", *invented[:8], sep="\n  "
        )


def main() -> None:
    """Plant, build, ask, count."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--pages", type=int, default=200)
    arguments.add_argument("--each", type=int, default=4)
    others = {"lychee": lychee, "htmlproofer": htmlproofer, "linkinator": linkinator}
    for name in others:
        arguments.add_argument(f"--{name}")
    options = arguments.parse_args()
    planted = plant(options.folder, options.pages, options.each)
    reports = {"dlsite": dlsite(options.folder)}
    subprocess.run(
        [sys.executable, "-m", "dlsite", "-C", str(options.folder), "-q", "build"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    public = (options.folder / "public").resolve()
    for name, ask in others.items():
        if (program := getattr(options, name)) is not None:
            reports[name] = ask(program, public)
    show(planted, reports)


if __name__ == "__main__":
    main()
