"""Time a cold build of a generated site beside what Python-Markdown alone takes for its bodies.

    python benchmarks/cold_build.py [--pages 1000] [--runs 3]

The two are run in turn, so that a machine whose speed drifts changes both; the figure
to quote is the ratio.  Linux and macOS.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from articles import made_articles, write_posts

STOCK = """
import pathlib, sys, markdown
converter = markdown.Markdown(extensions=["extra", "toc", "sane_lists", "codehilite"])
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.md")):
    converter.reset()
    converter.convert(path.read_text().split("---", 2)[2])
"""


def cpu_seconds(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command to its end; return its CPU seconds and the peak memory so far, in MiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    kibibytes = after.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return spent, kibibytes / 1024


def main() -> int:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        site = Path(name)
        content = site / "content"
        write_posts(content, made_articles(options.pages))
        ours, stock, memory = [], [], 0.0
        for _ in range(options.runs):
            shutil.rmtree(site / "public", ignore_errors=True)
            spent, memory = cpu_seconds([sys.executable, "-m", "dlsite", "-q", "build"], site)
            ours.append(spent)
            stock.append(cpu_seconds([sys.executable, "-c", STOCK, str(content)], site)[0])
    ratio = statistics.median(a / b for a, b in zip(ours, stock, strict=True))
    each = 1000 * statistics.median(ours) / options.pages
    print(f"{options.pages} pages: {statistics.median(ours):.2f} s CPU, {each:.2f} ms a page,")
    print(f"{ratio:.2f} times Python-Markdown with extra, toc, codehilite; peak {memory:.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
