"""How the generators that are timed are told to make the same site of the same articles.

Each highlights code, and makes a page for each tag and a table of contents where it can do so
without more than a plug-in of its own makers; beyond that, what it does is what it does for
who has set nothing.  `Eleventy+` is told as well to turn formulas into MathML, to give headings
ids, and to make an index for search, as dlsite does unasked.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from articles import Article, jekyll_post

PYTHON_PEERS = {
    "hugo": ("hugo",),
    "mkdocs": ("mkdocs", "pygments"),
    "zensical": ("zensical",),
    "pelican": ("pelican[markdown]",),
}
NODE_PEERS = (
    "@11ty/eleventy", "@11ty/eleventy-plugin-syntaxhighlight",
    "markdown-it-anchor", "@mdit/plugin-katex", "katex", "pagefind",
)  # fmt: skip

HUGO = {
    "hugo.toml": """
baseURL = "https://example.org/"
title = "Notes"
taxonomies = { tag = "tags" }
markup.highlight.noClasses = false
""",
    "layouts/_default/baseof.html": """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{{ .Title }} - {{ .Site.Title }}</title><link rel="canonical" href="{{ .Permalink }}"></head>
<body><header><a href="/">{{ .Site.Title }}</a></header>
<main>{{ block "main" . }}{{ end }}</main></body></html>
""",
    "layouts/_default/single.html": """{{ define "main" }}<h1>{{ .Title }}</h1>
<time>{{ .Date.Format "2006-01-02" }}</time> {{ .TableOfContents }} {{ .Content }}
<ul>{{ range .GetTerms "tags" }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</ul>
{{ with .PrevInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}{{ end }}
""",
    "layouts/_default/list.html": """{{ define "main" }}<h1>{{ .Title }}</h1>
<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</ul>{{ end }}
""",
}
MKDOCS = {
    "mkdocs.yml": "site_name: Notes\ntheme: {name: mkdocs}\nmarkdown_extensions: [codehilite]\n"
}
PELICAN = {
    "conf.py": "SITENAME = 'Notes'\nSITEURL = ''\nLOAD_CONTENT_CACHE = True\nCACHE_CONTENT = True\n"
}
ELEVENTY = {
    ".eleventyignore": "_site\nnode_modules\n",
    "package.json": '{"type": "module"}\n',
    "_data/layout.json": '"base.njk"',
    "_includes/base.njk": """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{{ title }}</title></head><body><h1>{{ title }}</h1>
{{ content | safe }}
<ul>{% for tag in tags %}<li><a href="/tags/{{ tag | slugify }}/">{{ tag }}</a>{% endfor %}</ul>
</body></html>
""",
    "tags.njk": """---
pagination:
  data: collections
  size: 1
  filter: [all]
  alias: tag
permalink: /tags/{{ tag | slugify }}/
---
<ul>{% for each in collections[tag] %}<li><a href="{{ each.url }}">{{ each.data.title }}</a>
{% endfor %}</ul>
""",
}
HIGHLIGHT_IN_ELEVENTY = """import highlight from "{modules}/@11ty/eleventy-plugin-syntaxhighlight/.eleventy.js";
export default (config) => config.addPlugin(highlight);
"""  # noqa: E501
MORE_IN_ELEVENTY = """import highlight from "{modules}/@11ty/eleventy-plugin-syntaxhighlight/.eleventy.js";
import anchor from "{modules}/markdown-it-anchor/dist/markdownItAnchor.mjs";
import {{ katex }} from "{modules}/@mdit/plugin-katex/dist/index.js";
export default (config) => {{
  config.addPlugin(highlight);
  config.amendLibrary("md", (md) => md.use(anchor).use(katex, {{ output: "mathml" }}));
}};
"""  # noqa: E501


@dataclass(frozen=True)
class Peer:
    """A generator: its command, where it wants pages and writes the site, and its files.

    `serve` starts the preview, with `PORT` for its port.  `post` makes the file of an article;
    `files` are the texts beside the articles, by path; `address` is where an article stands.
    """

    command: tuple[str, ...]
    serve: tuple[str, ...]
    content: str
    output: str
    post: Callable[[Article], str]
    files: dict[str, str] = field(default_factory=dict)
    address: str = "/{}/"


def plain_post(article: Article) -> str:
    """Return an article with front matter in YAML, with an address for those that take one."""
    tags = "\n".join(f"  - {tag}" for tag in article.tags)
    address = f"/{article.slug}/"
    return (
        f'---\ntitle: "{article.title}"\ndate: {article.date:%Y-%m-%dT%H:%M:%S}-05:00\n'
        f"permalink: {address}\nurl: {address}\ntags:\n{tags}\n---\n\n{article.body}"
    )


def pelican_post(article: Article) -> str:
    """Return an article with the metadata that Pelican reads."""
    return (
        f"Title: {article.title}\nDate: {article.date:%Y-%m-%d %H:%M:%S}\n"
        f"Slug: {article.slug}\nTags: {', '.join(article.tags)}\n\n{article.body}"
    )


def peers_in(tools: Path) -> dict[str, Peer]:
    """Return the generators as they stand in a folder once they are installed, dlsite first."""
    bins = {name: f"{tools}/{name}/bin/{name}" for name in PYTHON_PEERS}
    node = f"{tools}/node_modules/.bin/eleventy"
    eleventy, equipped = (
        ELEVENTY | {"eleventy.config.js": config.format(modules=f"{tools}/node_modules")}
        for config in (HIGHLIGHT_IN_ELEVENTY, MORE_IN_ELEVENTY)
    )
    search = f"{tools}/node_modules/.bin/pagefind --silent --site _site"
    dlsite = (sys.executable, "-m", "dlsite")
    return {
        "dlsite": Peer(
            (*dlsite, "-q", "build"), (*dlsite, "serve", "--port", "PORT"),
            "content", "public", jekyll_post, {"dlsite.yml": "title: Notes\n"},
        ),
        "Hugo": Peer(
            (bins["hugo"], "--quiet"), (bins["hugo"], "server", "--port", "PORT"),
            "content", "public", plain_post, HUGO,
        ),
        "Zensical": Peer(
            (bins["zensical"], "build"), (bins["zensical"], "serve", "-a", "127.0.0.1:PORT"),
            "docs", "site", plain_post, {"zensical.toml": '[project]\nsite_name = "Notes"\n'},
        ),
        "MkDocs": Peer(
            (bins["mkdocs"], "-q", "build", "--dirty"),
            (bins["mkdocs"], "serve", "--dirty", "--livereload", "-a", "127.0.0.1:PORT"),
            "docs", "site", plain_post, MKDOCS,
        ),
        "Pelican": Peer(
            (bins["pelican"], "-q", "content", "-s", "conf.py", "-o", "output"),
            (bins["pelican"], "-lr", "-p", "PORT", "content", "-s", "conf.py", "-o", "output"),
            "content", "output", pelican_post, PELICAN, "/{}.html",
        ),
        "Eleventy": Peer(
            (node, "--quiet", "--incremental"),
            (node, "--serve", "--quiet", "--incremental", "--port=PORT"),
            ".", "_site", plain_post, eleventy,
        ),
        "Eleventy+": Peer(
            ("sh", "-c", f"{node} --quiet --incremental && {search}"),
            (node, "--serve", "--quiet", "--incremental", "--port=PORT"),
            ".", "_site", plain_post, equipped,
        ),
    }  # fmt: skip


def is_installed(peer: Peer) -> bool:
    """Say whether a generator can be run; a build may begin with a shell, a preview does not."""
    return shutil.which(peer.serve[0]) is not None


def install(tools: Path) -> None:
    """Install the peers; what cannot be is missing from the table."""
    for name, wanted in PYTHON_PEERS.items():
        # Each has a folder of its own: they do not agree on the versions of what they share.
        if not (tools / name).is_dir():
            subprocess.run([sys.executable, "-m", "venv", tools / name], check=True)
        subprocess.run([tools / name / "bin/pip", "install", "-q", *wanted], check=False)
    if shutil.which("npm"):
        npm = ["npm", "install", "--silent", "--prefix", str(tools), *NODE_PEERS]
        subprocess.run(npm, check=False)
