"""The kinds of name that all records speak in, and plain data."""

from __future__ import annotations

from typing import NewType

Permalink = NewType("Permalink", str)
"""Site-relative URL path, decoded, NFC: `/x/`, or with a file name, `/404.html`."""

Slug = NewType("Slug", str)
"""One URL segment, lower case, never empty."""

Fragment = NewType("Fragment", str)
"""What follows `#` in a URL, decoded, without the `#`."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""Plain data: what front matter may carry and what a template context is made of."""
