"""Say in one digest all that an output is made of: the same digest means the same bytes.

A template sees its context and nothing else, so the digest of the templates and the
context covers what can be read.  Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from dlsite.records import OutputPlan

_LENGTH = 32


def fingerprint(planned: OutputPlan, maker: str) -> str:
    """Return the fingerprint of an output.

    `maker` stands for whatever makes outputs of plans, in one digest.  The order of keys
    counts: a template may list what front matter holds.
    """
    body = planned.body
    own = [] if body is None else [body.section, body.name, body.digest, *body.urls, *body.sizes]
    return _digest([maker, planned.template, planned.output_path, own, planned.context])


def maker_digest(templates: Mapping[str, str], tool: str) -> str:
    """Return the digest of the templates by name, and of the code that fills them."""
    return _digest([tool, sorted(templates.items())])


def _digest(value: object) -> str:
    text = json.dumps(value)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
