"""Which words of a link are the title of the page that it asks for.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dlsite.records import Permalink, Reference
from dlsite.urls.slugs import singular, slug, term_key


def proposed_titles(references: Iterable[Reference], permalink: Permalink) -> tuple[str, ...]:
    """Return what the links to a missing page may have called it, likeliest first, each once.

    These are the words of the links and of the headings over them.  Those come first that
    say the last segment of `permalink` (`CNN` and `Convolutional Networks` both do, of
    `/cnn/`): a link may stand under a heading about something else.
    """
    name = permalink.strip("/").rpartition("/")[2]
    ranked: dict[str, int] = {}
    for rank, words in (pair for each in references for pair in _ranked(each, name)):
        ranked[words] = min(rank, ranked.get(words, rank))
    return tuple(sorted(ranked, key=ranked.__getitem__))


def _ranked(reference: Reference, name: str) -> Iterator[tuple[int, str]]:
    """Yield the heading over a link and its text, the lower the likelier."""
    heading, text = reference.heading, reference.text
    if heading:
        fits = _is_same(heading, name) or _is_short_for(name, heading)
        yield 0 if fits else 2 if _is_mostly(heading, name) else 5, heading
    if text:
        yield 1 if _is_same(text, name) else 3 if _is_mostly(text, name) else 4, text


def _is_same(words: str, name: str) -> bool:
    return term_key(words) == term_key(name)


def _is_short_for(name: str, words: str) -> bool:
    """Say whether a name is made of the first letters of two or more words."""
    initials = "".join(word[0] for word in slug(words).split("-") if word)
    return len(initials) > 1 and initials == singular(name.lower())


def _is_mostly(words: str, name: str) -> bool:
    """Say whether at least half of the words of a name are among some."""
    wanted, there = _words(name), _words(words)
    return 2 * len(wanted & there) >= len(wanted)


def _words(text: str) -> frozenset[str]:
    return frozenset(singular(word) for word in slug(text.replace("_", " ")).split("-") if word)
