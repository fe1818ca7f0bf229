"""Start things: a new site, a new page.  Never writes over a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from dlsite.build import CONFIG_NAMES, JEKYLL_CONFIG
from dlsite.config.settings import Config
from dlsite.files.sources import has_front_matter
from dlsite.records import MARKDOWN_SUFFIXES, Permalink, Site
from dlsite.urls.escapes import as_written
from dlsite.urls.permalinks import PermalinkError, collision_key, is_file, parse_permalink

_CONFIG = """\
# Every key is optional.
title: My knowledge base
description: What this site is about, in one sentence.
# Where the site will stand; needed for canonical links, feed and sitemap.
# base_url: https://example.org/notes
"""
_CONTENT_IS_HERE = "# The pages stand beside this file.\ncontent: .\n"

_FIRST_PAGE = """\
---
layout: post
title: Deep Learning
description: Learning representations in many layers.
date: 2024-01-15 09:00:00 -0500
permalink: /deep_learning/

tags:
  - Deep Learning
  - Supervised Learning
---

Deep learning fits functions $f_\\theta(x)$ that are composed of many layers, by
following the gradient of a loss:

$$
\\theta_{t+1} = \\theta_t - \\eta \\nabla_\\theta L(\\theta_t)
$$

## Types

### Transfer Learning

See main article [Transfer Learning](/transfer_learning).

## Comparison

|                | Machine Learning | Deep Learning |
|:--------------:|:----------------:|:-------------:|
| Features       | chosen by hand   | learned       |
| Data           | thousands        | millions      |
"""

_SECOND_PAGE = """\
---
layout: post
title: Transfer Learning
description: Start from a network that already knows something.
date: 2024-01-16 09:00:00 -0500
permalink: /transfer_learning/

tags:
  - Deep Learning
  - Transfer Learning
---

A network trained on one task is a good start for another, says the page on
[Deep Learning](/deep_learning).

```python
for parameter in model.backbone.parameters():
    parameter.requires_grad = False  # train the head alone
```
"""

_IGNORED = "/public/\n/.dlsite/\n"


class ScaffoldError(Exception):
    """Something cannot be started; the message says why."""


def new_site(folder: Path) -> tuple[str, ...]:
    """Make a small site in `folder` that builds without a finding; returns the paths written.

    Of a folder that has pages it becomes the site as they are.  Raises `ScaffoldError`
    where a file is there already, before anything is written, and where Jekyll's settings
    make the folder a site.
    """
    jekyll = folder / JEKYLL_CONFIG
    if jekyll.exists() and not any((folder / name).exists() for name in CONFIG_NAMES):
        raise ScaffoldError(
            f"'{jekyll}' makes this a site that dlsite reads; nothing was written\n  dlsite serve"
        )
    pages = {
        "content/deep_learning.md": _FIRST_PAGE,
        "content/transfer_learning.md": _SECOND_PAGE,
    }
    files = {"dlsite.yml": _CONFIG, **pages, ".gitignore": _IGNORED}
    if has_pages(folder):
        files = {"dlsite.yml": _CONFIG + _CONTENT_IS_HERE, ".gitignore": _IGNORED}
    ours = dict.fromkeys([*CONFIG_NAMES, *files])
    there = [name for name in ours if (folder / name).exists() and name != ".gitignore"]
    if there:
        raise ScaffoldError(f"'{folder / there[0]}' is there already; nothing was written")
    written = []
    for name, text in files.items():
        if not (folder / name).exists():
            _write(folder / name, text)
            written.append(str(folder / name))
    return tuple(written)


def has_pages(folder: Path) -> bool:
    """Say whether a folder without `content` holds posts, or Markdown files with front matter.

    Others, such as a README, may be about anything.
    """
    if (folder / "content").exists():
        return False
    if any((folder / "_posts").glob("*.*")):
        return True
    files = (each for each in folder.glob("*.*") if each.suffix.lower() in MARKDOWN_SUFFIXES)
    return any(has_front_matter(each) for each in files)


def new_page(  # noqa: PLR0913 - each is one flag of the command
    root: Path,
    site: Site,
    config: Config,
    permalink_text: str,
    *,
    title: str | None,
    tags: Iterable[str],
) -> str:
    """Write a page for `permalink_text`; returns its path relative to the site.

    What is not given comes from the links that want the page: the title that they and the
    headings over them propose, and their pages' tags of that name.
    """
    try:
        permalink = parse_permalink(permalink_text)
    except PermalinkError as error:
        raise ScaffoldError(f"'{permalink_text}' cannot be a permalink: {error}") from error
    if is_file(permalink) or permalink == "/":
        raise ScaffoldError(f"'{permalink}' cannot be a page made by dlsite new; write '/x/'")
    # Drafts have no route yet, and keep their address all the same.
    taken = (*site.routes.route_by_permalink, *site.routes.permalink_by_path.values())
    for there in taken:
        if collision_key(there) == collision_key(permalink):
            raise ScaffoldError(f"there is something at '{there}' already")
    wanted = next((row for row in site.wanted if row.permalink == permalink), None)
    if title is None:
        title = wanted.titles[0] if wanted and wanted.titles else _title(permalink)
    chosen = list(dict.fromkeys([*tags, *(wanted.tags if wanted else ())]))
    name = f"{permalink.strip('/')}.md"
    path = name if config.content == "." else f"{config.content}/{name}"
    if (root / path).exists():
        raise ScaffoldError(f"'{path}' is there already")
    _write(root / path, _page(permalink, title, chosen))
    return path


def _title(permalink: Permalink) -> str:
    words = permalink.strip("/").rpartition("/")[2].replace("_", " ").replace("-", " ")
    return words.title()


def _page(permalink: Permalink, title: str, tags: list[str]) -> str:
    # A JSON string is a YAML string too, whatever stands in it.
    lines = ["---", "layout: post", f"title: {json.dumps(title, ensure_ascii=False)}"]
    lines.append(f"permalink: {json.dumps(as_written(permalink), ensure_ascii=False)}")
    if tags:
        lines += ["tags:", *(f"  - {json.dumps(tag, ensure_ascii=False)}" for tag in tags)]
    return "\n".join([*lines, "draft: true", "---", "", ""])


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ScaffoldError(
            f"cannot write '{path}': {(error.strerror or str(error)).lower()}"
        ) from error
