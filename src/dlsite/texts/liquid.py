"""What Jekyll's Liquid spellings mean in Markdown: the few that dlsite understands, and no more.

Nothing here runs a template language.  A spelling is found, and where it stands for a
part of a link target it is said which; resolving that target is the linker's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred

_QUOTED = r"\"[^\"\n]*+\"|'[^'\n]*+'"
# Neither reaches past its paragraph.
_OUTPUT = rf"\{{\{{-?(?P<output>(?:{_QUOTED}|(?!\}}\}}|\{{\{{|\n[ \t]*\n).)*+)\}}\}}"
_TAG = rf"\{{%-?\s*+(?P<name>\w++)(?P<rest>(?:{_QUOTED}|(?!%\}}|\{{%|\n[ \t]*\n).)*+)%\}}"
SPELLING = deferred(f"{_OUTPUT}|{_TAG}", re.DOTALL)
"""An output `{{ … }}`, or a tag `{% … %}`, whatever it says."""

_VARIABLE = deferred(r"site\.(?:baseurl|url)|page\.title")
_URL_FILTER = deferred(
    r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')"
    r"(?:\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:baseurl|url)))+"
)
_POST_NAME = deferred(r"/?(?:[^\s/]+/)*\d{4}-\d{1,2}-\d{1,2}-[^\s/]+")
_SLASHES = deferred(r"^/{2,}")
POSTS = "/_posts/"
"""The folder that a `post_url` is looked up in; whoever resolves it knows where posts are."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One Liquid expression of a text, from `start` to `end`.

    `target` is the part of a link target that it stands for, `None` if it is no such
    thing.  `tag` is the name of a tag, empty for an output, and `rest` what follows it.
    """

    start: int
    end: int
    target: str | None
    tag: str
    rest: str

    @property
    def is_title(self) -> bool:
        """Whether this is `{{ page.title }}`."""
        return not self.tag and self.rest == "page.title"


def spellings(text: str) -> Iterator[Spelling]:
    """Yield every Liquid expression of `text` in order, understood or not."""
    for match in SPELLING.finditer(text):
        tag = match["name"] or ""
        rest = " ".join((match["rest"] if tag else match["output"]).strip("- \t\n").split())
        target = _tag_target(tag, rest) if tag else _output_target(rest)
        yield Spelling(match.start(), match.end(), target, tag, rest)


def _output_target(rest: str) -> str | None:
    if _VARIABLE.fullmatch(rest):
        # The linker puts the base path before what begins with a slash.
        return None if rest == "page.title" else ""
    filtered = _URL_FILTER.fullmatch(rest)
    if filtered is None:
        return None
    path = filtered["double"] if filtered["double"] is not None else filtered["single"]
    return path if re.match(r"[a-z]+:", path) else f"/{path.lstrip('/')}"


def _tag_target(tag: str, rest: str) -> str | None:
    if tag == "link" and rest and " " not in rest:
        return f"/{rest.strip(chr(34) + chr(39)).lstrip('/')}"
    if tag == "post_url" and _POST_NAME.fullmatch(rest):
        return f"{POSTS}{rest.strip('/')}.md"
    return None


def join_target(parts: str) -> str:
    """Return a target put together from the parts that Liquid stood for.

    `{{ site.baseurl }}` alone is the home page, and two slashes in a row are one: nobody
    means another host by them.
    """
    return _SLASHES.sub("/", parts) or "/"


def plain_target(written: str) -> str:
    """Return a target as its author wrote it with the Liquid in it replaced by what it means."""
    if "{{" not in written and "{%" not in written:
        return written
    pieces: list[str] = []
    done = 0
    for spelling in spellings(written):
        if spelling.target is not None:
            pieces += [written[done : spelling.start], spelling.target]
            done = spelling.end
    return join_target("".join([*pieces, written[done:]])) if pieces else written
