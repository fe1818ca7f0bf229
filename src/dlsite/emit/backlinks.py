"""Who leads to each page, in which words: `backlinks.json`.

Beside `site.json`, not in it: the sentences would be more than half of that, most of what
reads it wants none, and an edit of words without links leaves this file as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from dlsite.config.settings import Config
from dlsite.emit.compactjson import edit_of, edited, encoded, written
from dlsite.emit.graph import VERSION
from dlsite.quiet import Linked, LinkFrom
from dlsite.records import Json, OutputFile, Permalink, Site

NAME = "backlinks.json"


def backlinks(site: Site, config: Config) -> Iterator[OutputFile]:  # noqa: ARG001
    """Yield `backlinks.json`: for each page, in order of permalink, the links to it in site order.

    Previews are no part of it.
    """
    permalinks = {
        path: permalink
        for path, permalink in site.routes.permalink_by_path.items()
        if path not in site.routes.previews
    }
    pages = sorted(
        (permalinks[page.path], page.path) for page in site.pages if page.path in permalinks
    )
    entries = ",".join(
        [
            _entry(
                permalink,
                [
                    LinkFrom(permalinks[each.path], each.text, each.sentence)
                    for each in site.backlinks.get(path, ())
                    if each.path in permalinks
                ],
            )
            for permalink, path in pages
        ]
    )
    whole = f'{written({"version": VERSION})[:-1]},"backlinks":{{{entries}}}}}\n'
    yield OutputFile(NAME, encoded(whole))


def revised(read: Callable[[str], bytes], linked: Mapping[Permalink, Linked]) -> bytes | None:
    """Return `backlinks.json` when the pages in `linked` are told anew; `None` where it stays.

    `read` gives the file as it stands.  Raises `ValueError` where that is not what
    `backlinks` makes of the pages before.
    """
    others = {here: page for here, page in linked.items() if page.before != page.after}
    if not others:
        return None
    data = read(NAME)
    return edited(
        data,
        (
            edit_of(data, 0, len(data), _entry(here, page.before), _entry(here, page.after))
            for here, page in others.items()
        ),
    )


def _entry(permalink: Permalink, links: Iterable[LinkFrom]) -> str:
    facts: list[Json] = [
        {"from": link.permalink, "text": link.text, "sentence": link.sentence} for link in links
    ]
    return f"{written(permalink)}:{written(facts)}"
