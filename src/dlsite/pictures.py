"""Say which forms of an image a browser may choose from: for its width, its dots, its scheme."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping

from dlsite.records import Permalink, Route, StaticFile, StaticRoute
from dlsite.urls.escapes import href
from dlsite.urls.permalinks import dark_twin

DARK = "(prefers-color-scheme: dark)"
"""The media query of dark twins; `site.js` looks for it to follow the reader's own choice."""

# How wide the theme shows an image (`static/style.css`): in the text column, and in figures
# that take more room.  On narrow screens a little too much, for the sake of plain conditions.
_SIZES = {
    "": "(max-width: 40rem) 100vw, 36rem",
    "wide": "(max-width: 56rem) 100vw, 52rem",
    "full": "(max-width: 75rem) 100vw, 56rem",
}
_KINDS = ("image/avif", "image/webp")


def sources_of(
    permalink: Permalink, room: str, routes: Mapping[Permalink, Route], base_path: str
) -> str:
    """Return the `source` elements of the image at `permalink`, in the order of preference.

    Empty where there is nothing but the image itself.  `room` is `wide`, `full`, the
    image's own width in CSS pixels, or empty.
    """
    route = routes.get(permalink)
    if not isinstance(route, StaticRoute):
        return ""
    sizes = _SIZES.get(room) or f"{room}px"
    found: list[str] = []
    twin = routes.get(Permalink(dark_twin(permalink)))
    if isinstance(twin, StaticRoute):
        # It may have another shape.
        shape = "" if twin.file.size == route.file.size else _shape(twin.file)
        forms = list(_choices(twin, sizes, base_path))
        own = _itself(twin, sizes if forms else "", base_path)
        found += [f'<source media="{DARK}"{choice}{shape}>' for choice in (*forms, own)]
    found += [f"<source{choice}>" for choice in _choices(route, sizes, base_path)]
    return "".join(found)


def _choices(route: StaticRoute, sizes: str, base_path: str) -> Iterator[str]:
    """Yield, as attributes, the smaller forms of each media type, the best type first."""
    for kind in _KINDS:
        candidates = [
            (each.width, Permalink(f"/{each.file.url_path}"))
            for each in route.file.variants
            if each.kind == kind
        ]
        if not candidates:
            continue
        if (own := _own_width(route.file, kind)) > candidates[-1][0]:
            candidates.append((own, route.permalink))
        urls = [f"{href(base_path, link)} {width}w" for width, link in candidates]
        yield f' type="{kind}" srcset="{html.escape(", ".join(urls))}" sizes="{sizes}"'


def _itself(route: StaticRoute, sizes: str, base_path: str) -> str:
    """Return an image as the attributes of the choice that is left; `sizes` where others have."""
    url = html.escape(href(base_path, route.permalink))
    if sizes and route.file.size is not None:
        return f' srcset="{url} {route.file.size[0]}w" sizes="{sizes}"'
    return f' srcset="{url}"'


def _own_width(file: StaticFile, kind: str) -> int:
    """Return the width of an image that may stand at the top of its own smaller forms."""
    is_own = kind == "image/webp" and file.url_path.lower().endswith(".webp")
    return file.size[0] if is_own and file.size is not None else 0


def _shape(file: StaticFile) -> str:
    if file.size is None:
        return ""
    return f' width="{file.size[0]}" height="{file.size[1]}"'
