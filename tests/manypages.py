"""A site that a pool of processes is started for."""

from __future__ import annotations

from pathlib import Path

from dlsite.processes.workers import FEWEST_PAGES

PAGES = FEWEST_PAGES + 12
PAGE = """---
title: Page {number}
tags: [x{tag}]
---
## One

See [another](/p{other}/) and [nobody](/q{number}/). $x^{number}$

```python
x = {number}
```
"""


def many_pages(root: Path) -> Path:
    """Write the site into a folder; return that."""
    (root / "content").mkdir()
    (root / "dlsite.yml").write_text("check: {rules: {link-missing: warning}}\n")
    for number in range(PAGES):
        text = PAGE.format(number=number, tag=number % 3, other=(number * 7) % PAGES)
        (root / f"content/p{number}.md").write_text(text)
    return root
