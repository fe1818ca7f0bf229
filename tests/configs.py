"""What authors write into the files beside their pages: configurations, and what tags are."""

from __future__ import annotations

CONFIGS = [
    "",
    "title: Notes\n",
    "base_url: https://example.org/notes\n",
    "markdown: {typography: false, toc_depth: 2}\n",
    "markdown: {wikilinks: false, autolink: false, raw_html: false}\n",
    "check: {rules: {page-orphan: warning, link-missing: warning, link-anchor: warning}}\n",
    "check: {ignore: [{rule: link-missing, path: 'content/sub/*', reason: later}]}\n",
    "nav:\n  - One: /p1/\n  - Two: /p2\n",
    "permalink: /:title/\ntimezone: America/New_York\n",
    "exclude: [sub]\n",
    "images: false\n",
    "redirects: {/old/: /p1/}\n",
    "defaults:\n  - scope: {path: sub}\n    values: {tags: [Sub], layout: page}\n",
    "unknown_key: 1\n",
    "math: {macros: {R: '\\mathbb{R}'}}\n",
    "math: {macros: {R: 'R'}}\nlanguage: de\n",
    "{search: false, graph: false, feed: false, sitemap: false, robots: false, llms: false}\n",
    "tags_allowed: [GANs, RNN]\n",
    "drafts: true\nfuture: true\n",
    "{license: MIT, source_url: 'https://example.org/:path', author: A, description: D}\n",
    "extra: {colour: red}\nstatic: content/images\n",
    "title: [\n",
]
TAG_FILES = [
    "GANs: {synonyms: [gans, C], description: Two networks.}\n",
    "Generative: {synonyms: [GANs, gans]}\n",
    "RNN: {parent: Networks}\nNetworks: {parent: RNN}\n",
    "Networks: Of all kinds.\nRNN: {parent: Networks, synonyms: C++}\n",
    "C: {synonyms: C++}\nC++: {synonyms: [C]}\n",
    "Transfer Learning: {sinonyms: [x]}\n",
    "- a\n",
    "a: [\n",
    "",
]
