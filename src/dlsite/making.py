"""Make the outputs of a site from their plans: here, in forked processes, or by other workers."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import NamedTuple

from dlsite.diagnostics import Diagnostic
from dlsite.memory.pagerows import fetch_bodies
from dlsite.pages import Progress, no_progress
from dlsite.processes.forks import Forks
from dlsite.processes.workers import FEWEST_OUTPUTS, RenderChunk, Workers, filled
from dlsite.records import OutputFile, OutputPlan
from dlsite.render.fingerprint import Known, fingerprint, told
from dlsite.render.plan import Plans
from dlsite.render.templates import Templates

_CHUNK = 32
_MANY = 8
"""A template makes many outputs if it makes more than one of so many."""

FEWEST_APART = 400
"""From how many plans on processes are worth being forked, measured on two cores."""


class Noted(NamedTuple):
    """What a later build is to know of an output: `text` is empty where it is known already.

    `marks` are those by which it is looked for.
    """

    shelf: str
    key: str
    fingerprint: str
    text: str
    marks: tuple[str, ...] = ()


class Made(NamedTuple):
    """What has become of a plan: an output, a diagnostic, or neither where it stands already.

    `fingerprint` is empty where nobody asks for it.
    """

    path: str
    fingerprint: str
    stands: bool
    noted: Noted | None
    output: OutputFile | None = None
    diagnostic: Diagnostic | None = None


Note = Callable[[str, OutputPlan, str], Noted | None]
"""Takes the fingerprint of an output, its plan, and that plan as a text."""

Hold = Callable[[OutputFile], OutputFile]
"""Puts the content of an output somewhere, and returns the output that finds it there."""


def no_note(fingerprint: str, planned: OutputPlan, text: str) -> Noted | None:
    """Note nothing."""
    del fingerprint, planned, text
    return None


def in_memory(output: OutputFile) -> OutputFile:
    """Leave an output as it is."""
    return output


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of plans beside their outputs.

    `base` is what all outputs have in common (`render.fingerprint`), `stands` says of a path
    and a fingerprint whether that output is there already.
    """

    base: str
    stands: Callable[[str, str], bool]
    note: Note = no_note


@dataclass(frozen=True, slots=True)
class Apart:
    """How to work in forked processes: how many, what is done before, and first in each.

    `room` says for each where its outputs are held.
    """

    count: int
    before: Callable[[], None]
    first: Callable[[], None]
    room: Callable[[], Hold]


@dataclass(frozen=True)
class Maker:
    """Makes outputs of plans; without `asked` no fingerprint is taken, and everything is made."""

    plans: Plans
    templates: Templates
    asked: Asked | None = None
    hold: Hold = in_memory
    _known: Known = field(default_factory=dict)

    def look(self, path: str) -> tuple[Made, OutputPlan]:
        """Return what there is to say of a plan before it is filled in, and the plan."""
        planned = self.plans[path]
        if self.asked is None:
            return Made(path, "", stands=False, noted=None), planned
        text = told(planned, self._known)
        own = fingerprint(self.asked.base, text)
        noted = self.asked.note(own, planned, text)
        return Made(path, own, self.asked.stands(path, own), noted), planned

    def make(self, paths: Iterable[str]) -> list[Made]:
        """Return what becomes of plans."""
        looked = [self.look(path) for path in paths]
        fetch_bodies(planned for made, planned in looked if not made.stands)
        return [
            made if made.stands else self.with_output(made, *self.templates.render(planned))
            for made, planned in looked
        ]

    def with_output(
        self, made: Made, output: OutputFile | None, diagnostic: Diagnostic | None
    ) -> Made:
        """Put in what rendering a plan gave."""
        if output is not None:
            digest = hashlib.sha256(output.content).hexdigest()
            output = self.hold(OutputFile(output.path, output.content, digest=digest))
        return made._replace(output=output, diagnostic=diagnostic)


@contextmanager
def under_way(
    maker: Maker, workers: Workers, apart: Apart | None, progress: Progress = no_progress
) -> Iterator[Iterable[Made]]:
    """Give what becomes of all plans, each once; other processes are at work meanwhile."""
    paths = [*maker.plans]
    count = 0

    def tell(more: int) -> None:
        nonlocal count
        count = min(count + more, len(paths))
        progress("rendering", count, len(paths))

    if apart is not None:
        workers.rest()
        own = {*_typical(maker.plans)}
        made = maker.make(sorted(own))
        tell(len(made))
        rest = [path for path in paths if path not in own]
        chunks = _chunks(rest)
        apart.before()
        there = [_elsewhere(maker, apart) for _ in range(apart.count)]
        with Forks(chunks, there, maker.make) as forks:
            results = forks.results(lambda done: tell(done * _CHUNK))
            yield chain(made, chain.from_iterable(results))
        return
    if workers.spread(len(paths), fewest=FEWEST_OUTPUTS):
        every = _sent(maker, paths, workers)
    else:
        every = chain.from_iterable(map(maker.make, _chunks(paths)))
    yield _telling(every, tell)


def _typical(plans: Plans) -> list[str]:
    """Return the first output of each template that makes many.

    What is worked out for one, such as which pages are related, is then known to all.
    """
    names = {path: plans.template(path) for path in plans}
    counts = Counter(names.values())
    first = {name: path for path, name in reversed(names.items())}
    return [path for name, path in first.items() if counts[name] * _MANY > len(names)]


def _chunks(paths: Sequence[str]) -> list[Sequence[str]]:
    return [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]


def _telling(every: Iterable[Made], tell: Callable[[int], None]) -> Iterator[Made]:
    for made in every:
        tell(1)
        yield made


def _elsewhere(maker: Maker, apart: Apart) -> Callable[[Sequence[str]], list[Made]]:
    """Return what makes outputs in a forked process."""
    own = replace(maker, hold=apart.room())
    is_begun = False

    def make(paths: Sequence[str]) -> list[Made]:
        nonlocal is_begun
        if not is_begun:
            apart.first()
            is_begun = True
        return own.make(paths)

    return make


def _sent(maker: Maker, paths: Iterable[str], workers: Workers) -> Iterator[Made]:
    """Yield what workers make of plans that are sent to them."""
    standing: list[Made] = []
    waiting: deque[Made] = deque()

    def lacking() -> Iterator[OutputPlan]:
        for path in paths:
            made, planned = maker.look(path)
            (standing if made.stands else waiting).append(made)
            if not made.stands:
                yield planned

    for outcome in rendered(lacking(), maker.templates, workers):
        yield maker.with_output(waiting.popleft(), *outcome)
    yield from standing


def rendered(
    plans: Iterator[OutputPlan], templates: Templates, workers: Workers
) -> Iterator[tuple[OutputFile | None, Diagnostic | None]]:
    """Yield the output of each plan, or what is wrong with its template."""
    # How many there are shows only as they come.
    first = list(islice(plans, FEWEST_OUTPUTS))
    every = chain(first, plans)
    if not workers.spread(len(first), fewest=FEWEST_OUTPUTS):
        yield from map(templates.render, every)
        return
    # The workers share no store with us: bodies are put in before they are sent.
    for results in workers.run(RenderChunk(*templates.given), map(filled, every)):
        yield from results
