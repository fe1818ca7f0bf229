"""Say in one digest all that an output is made of: the same digest means the same bytes.

A template sees its context and nothing else, so the digest of the templates and the
context covers what can be read.  Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from dlsite.records import Json, OutputPlan
from dlsite.render.facts import Shared

_LENGTH = 32


class Fingerprints:
    """Takes fingerprints of the outputs of one build.

    `maker` stands for whatever makes outputs of plans, in one digest.
    """

    def __init__(self, maker: str) -> None:
        self._maker = maker
        self._shared: dict[int, tuple[Shared, str]] = {}

    def of(self, planned: OutputPlan) -> str:
        """Return the fingerprint of an output."""
        body = planned.body
        own = [] if body is None else [body.section, body.name, body.digest, *body.urls]
        context = {key: self._reduced(value) for key, value in planned.context.items()}
        return _digest([self._maker, planned.template, planned.output_path, own, context])

    def _reduced(self, value: Json) -> Json:
        """Return a value with facts that many outputs share replaced by their digest."""
        if isinstance(value, Shared):
            known = self._shared.get(id(value))
            if known is None:
                # Held, so that no other object can get its id.
                known = self._shared[id(value)] = (value, f"\0{_digest(value)}")
            return known[1]
        if isinstance(value, dict):
            return {key: self._reduced(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._reduced(each) for each in value]
        return value


def maker_digest(templates: Mapping[str, str], tool: str) -> str:
    """Return the digest of the templates by name, and of the code that fills them."""
    return _digest([tool, sorted(templates.items())])


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
