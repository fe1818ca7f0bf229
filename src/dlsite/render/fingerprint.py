"""Say in one digest all that an output is made of: the same digest means the same bytes.

A template sees its context and nothing else, so the digest of the templates and the
context covers what can be read.  Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from dlsite.diagnostics import Position
from dlsite.records import Contents, Json, OutputPlan, Permalink, PlannedBody, SiteMarkup

_LENGTH = 32
_SITE = "site"
"""What stands under this name is the same in every context, and told once."""

_LISTING, _LISTED = "term", "pages"
"""Where the page of a term has the pages that it lists."""


def base_of(maker: str, site: Json) -> str:
    """Return in one digest what all outputs of a site have in common.

    `maker` stands for whatever makes outputs of plans, `site` are the facts of the site.
    """
    return _digest(f"{maker}{json.dumps(site)}")


def fingerprint(base: str, text: str) -> str:
    """Return the fingerprint of the output whose plan is told as `text`."""
    digest = hashlib.sha256(base.encode())
    # Apart: to put them together would take a copy, and some of them are long.
    digest.update(text.encode())
    return digest.hexdigest()[:_LENGTH]


Known = dict[int, tuple[object, str]]
"""Records with the texts that they are told as, by identity: of what stands in many lists."""


def told(planned: OutputPlan, known: Known | None = None) -> str:
    """Return a plan as one text: all but the contents of its body, and the facts of the site.

    The order of keys counts: a template may list what front matter holds.  With `known` the
    pages of a term are told once for all lists that they stand in.
    """
    body = planned.body
    own = None
    if body is not None:
        markup = [body.markup.sizes, body.markup.sources, body.markup.words]
        own = [body.section, body.name, body.digest, body.urls, markup, body.is_markdown]
    context = {name: value for name, value in planned.context.items() if name != _SITE}
    place = [planned.permalink, planned.output_path, planned.template, planned.position.path]
    section = context.get(_LISTING)
    if known is None or not isinstance(section, dict):
        return as_told([*place, own, context])
    texts = {name: as_told(value) for name, value in context.items() if name != _LISTING}
    parts = {name: as_told(value) for name, value in section.items() if name != _LISTED}
    listed = section[_LISTED]
    assert isinstance(listed, list)
    parts[_LISTED] = f"[{', '.join([_known(each, known) for each in listed])}]"
    texts[_LISTING] = _record(section, parts)
    return f"{as_told([*place, own])[:-1]}, {_record(context, texts)}]"


def _known(value: object, known: Known) -> str:
    found = known.get(id(value))
    if found is None or found[0] is not value:
        found = known[id(value)] = value, as_told(value)
    return found[1]


def _record(names: Iterable[str], text_by_name: Mapping[str, str]) -> str:
    return f"{{{', '.join([f'{as_told(name)}: {text_by_name[name]}' for name in names])}}}"


def as_told(value: object) -> str:
    """Return a value as it stands in a plan that is told."""
    return json.dumps(value)


def plan_of(text: str, site: Json, contents: Contents) -> OutputPlan:
    """Return the plan that was told as `text`; `ValueError` for what no plan was told as."""
    try:
        permalink, output_path, template, path, own, context = json.loads(text)
        body = None
        if own is not None:
            section, name, digest, urls, (sizes, sources, words), is_markdown = own
            markup = SiteMarkup(tuple(sizes), tuple(sources), tuple(words))
            body = PlannedBody(
                section, name, digest, tuple(urls), markup, contents, is_markdown=is_markdown
            )
        return OutputPlan(
            Permalink(permalink),
            output_path,
            template,
            context | {_SITE: site},
            Position(path),
            body,
        )
    except (TypeError, LookupError) as error:
        raise ValueError("no plan") from error


def maker_digest(templates: Mapping[str, str], tool: str) -> str:
    """Return the digest of the templates by name, and of the code that fills them."""
    return _digest(json.dumps([tool, sorted(templates.items())]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
