"""A site with everything in it that the theme dresses, and a reader of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from hosting import Reader, published, served

MARK = "[role='doc-noteref']"
KINDS = ("/", "/rich/", "/plain/", "/tags/", "/tags/vision/", "/archive/", "/404.html", "/old/")
# A page may be asked for that is not there: Chromium notes it by itself.
_NOT_FOUND = "status of 404"

FILLER = "\n\n".join(
    f"Paragraph {number} has enough words in it to wrap onto a second line of the text column, "
    "as the sentences of an article do."
    for number in range(6)
)
ROWS = "\n".join(f"| {number} | {2 / number:.2f} | step {number} |" for number in range(1, 40))
WIDE = "| | " + " | ".join(f"Model number {n}" for n in range(9)) + " |\n" + "|---" * 10 + "|\n"
WIDE += "| State | " + " | ".join("a vector of some length" for _ in range(9)) + " |"
RICH = f"""\
---
title: Convolutional Networks
description: A page with all that a page can have.
date: 2024-03-01
last_modified_at: 2024-05-06
tags: [Vision, Deep Learning]
permalink: /rich/
---
A first paragraph with a note[^one] and a [link to the plain page](/plain/).

[^one]: Goodfellow, Bengio, Courville, [online](https://example.com/book),
<https://example.com/bare>.

## Code

```console
$ pip install dlsite
Successfully installed dlsite
$ dlsite build
```

```python title="train.py" hl_lines="2"
def step(model):
    return model.loss()
```

```
{"long " * 60}
```

=== "PyTorch"

    Text of torch.

=== "JAX"

    Text of jax.

{FILLER}

=== "PyTorch"

    More of torch.

=== "JAX"

    More of jax.

## Tables

{WIDE}

Between them.

| Step | Loss | Note |
|---|---|---|
{ROWS}

## Formulas

$$ {" + ".join(f"x_{{{n}}}^2 y_{{{n}}}" for n in range(60))} $$

$$ E = m c^2 $$

> [!TIP] A callout
> With *text* in it.

??? note "Folded"
    More of it.

### Deeper

{FILLER}

- [x] A task
- [ ] Another

## End

{FILLER}
"""
PLAIN = """\
---
title: Plain
tags: [Vision, Rare]
permalink: /plain/
---
Nothing but a paragraph.
"""
FILES = {
    "dlsite.yml": "title: Notes\ndescription: All of it.\nbase_url: https://example.org\n"
    "license: {name: CC BY 4.0, url: https://example.com/by}\n"
    "nav:\n  - Plain: /plain/\n  - Images:\n    - Convolutional Networks: /rich/\n"
    "redirects: {/old/: /plain/}\n",
    "content/rich.md": RICH,
    "content/plain.md": PLAIN,
}


@contextmanager
def theme_reader(browser: Browser, folder: Path) -> Iterator[Reader]:
    """Publish the site into a folder, and give who reads it there."""
    with (
        served(published(FILES, folder)) as address,
        Reader(browser, address, excused=_NOT_FOUND) as reader,
    ):
        yield reader
