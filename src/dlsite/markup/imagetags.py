"""What the tag of an image says of it, in the HTML that a body was converted to."""

from __future__ import annotations

from dlsite.texts.htmlurls import Tag

_ROOMS = ("wide", "full")


def has_no_size(tag: Tag) -> bool:
    """Say whether an image leaves its size to us, and has no address but that of its `src`."""
    own = ("width", "height", "srcset", "style")
    return bool(tag.value("src")) and not any(name in tag.attributes for name in own)


def has_no_other_forms(tag: Tag, before: Tag | None) -> bool:
    """Say whether an image may get other forms, for its author has given it none.

    `before` is the tag that stands before it.
    """
    is_in_picture = before is not None and before.name == "source"
    return bool(tag.value("src")) and "srcset" not in tag.attributes and not is_in_picture


def room_of(tag: Tag, before: Tag | None, markup: str) -> str:
    """Return how wide an image is shown, as `Reference.room` has it."""
    if tag.value("width").isdecimal():
        return tag.value("width")
    if before is None or before.name != "figure" or "</" in markup[before.end : tag.start]:
        return ""
    classes = before.value("class").split()
    return next((name for name in _ROOMS if name in classes), "")


def is_decoration(tag: Tag, *, is_html: bool) -> bool:
    """Say whether the author wrote that there is nothing to say of an image."""
    if tag.value("aria-hidden") == "true" or tag.value("role") in ("none", "presentation"):
        return True
    return is_html and "alt" in tag.attributes and not tag.value("alt").strip()
