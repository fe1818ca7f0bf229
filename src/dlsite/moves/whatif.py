"""Look at a site as it would be with other texts, without writing them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from dlsite.config.file import read_config
from dlsite.config.settings import Config
from dlsite.files.sitefiles import PageFile
from dlsite.pages import Pages
from dlsite.records import SourceFile
from dlsite.understanding import Analysis, understand


class WhatIf:
    """Analyses variants of one analysed site; only what differs is parsed again."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._texts = analysis.sources.texts
        self._pages = Pages()

    def __call__(self, texts: Mapping[str, str], renames: Mapping[str, str]) -> Analysis:
        """Return the site with `texts` by path, and files renamed from old to new paths."""
        sources = self._analysis.sources
        files = [self._file(source, texts, renames) for source in sources.pages]
        config = self._config(texts)
        parsed = self._pages.parse(files, config)
        return understand(replace(sources, pages=tuple(files)), parsed, config)

    def _file(
        self, source: PageFile, texts: Mapping[str, str], renames: Mapping[str, str]
    ) -> PageFile:
        path = renames.get(source.path, source.path)
        before = self._texts[source.path]
        text = texts.get(path, before)
        if (path, text) == (source.path, before):
            return source
        content = self._analysis.config.content
        content_path = path if content == "." else path.removeprefix(f"{content}/")
        return SourceFile(path, content_path, text, hashlib.sha256(text.encode()).hexdigest())

    def _config(self, texts: Mapping[str, str]) -> Config:
        """Return the settings of the changed file, with what flags and environment set."""
        config = self._analysis.config
        if config.path not in texts:
            return config
        changed, _ = read_config(texts[config.path], path=config.path)
        return replace(config, redirects=changed.redirects, nav=changed.nav)
