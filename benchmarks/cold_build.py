"""Time a cold build of a generated site beside what Python-Markdown alone takes for its bodies.

    python benchmarks/cold_build.py [--pages 1000] [--runs 3]

The two are run in turn, so that a machine whose speed drifts changes both; the figure
to quote is the ratio.  Linux and macOS.
"""

from __future__ import annotations

import argparse
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = [
    "network",
    "layer",
    "gradient",
    "activation",
    "embedding",
    "batch",
    "loss",
    "weight",
    "hidden",
    "feature",
    "kernel",
    "attention",
    "decoder",
    "optimizer",
    "prior",
    "posterior",
    "latent",
    "residual",
    "token",
    "policy",
    "value",
    "softmax",
]
FORMULA = r"L(\theta) = \frac{1}{n} \sum_{i=1}^{n} \ell(f_\theta(x_i), y_i)"
CODE = '''```python
def step(model, batch, optimizer):
    """One step of gradient descent."""
    loss = model.loss(batch)
    loss.backward()
    optimizer.step()
    return loss.item()
```'''

STOCK = """
import pathlib, sys, markdown
converter = markdown.Markdown(extensions=["extra", "toc", "sane_lists", "codehilite"])
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.md")):
    converter.reset()
    converter.convert(path.read_text().split("---", 2)[2])
"""


def sentence(rng: random.Random) -> str:
    """Return a sentence of 8 to 16 words of the field."""
    return " ".join(rng.choices(WORDS, k=rng.randint(8, 16))).capitalize() + "."


def page(number: int, pages: int, rng: random.Random) -> str:
    """Return a page of about 700 words with links, formulas, a table and code."""
    tags = "\n".join(f"  - {tag.capitalize()}" for tag in rng.sample(WORDS, 4))
    front = f"layout: post\ntitle: Page {number}\ndate: 2020-01-01 12:00:00 -0500\ntags:\n{tags}\n"
    front += f"permalink: /page_{number}/\n"
    sections = []
    for heading in range(6):
        text = " ".join(sentence(rng) for _ in range(6))
        other = rng.randrange(pages)
        sections.append(
            f"## {rng.choice(WORDS).capitalize()} {heading}\n\n"
            f"{text} Here $x_{heading}$ is small.\n\n"
            f"See main article [Page {other}](/page_{other}).\n\n"
            f"- {sentence(rng)}\n- {sentence(rng)}"
        )
    table = "| | a | b |\n|:-:|:-:|:-:|\n| x | 1 | 2 |\n| y | 3 | 4 |"
    blocks = [*sections, f"$$\n{FORMULA}\n$$", table, CODE, ""]
    return f"---\n{front}---\n\n" + "\n\n".join(blocks)


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
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        site = Path(name)
        content = site / "content"
        content.mkdir()
        for number in range(options.pages):
            (content / f"page_{number}.md").write_text(page(number, options.pages, rng))
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
