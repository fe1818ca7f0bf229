"""Find out about addresses: from memory where that is young enough, else from their servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from dlsite.external.store import Store
from dlsite.external.verdicts import Answer, is_fresh
from dlsite.external.visit import Manners, visit

Progress = Callable[[int, int], None]
"""Called with how many addresses are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where answers are remembered, and how old they may be."""

    path: Path
    max_age_seconds: float


def answers_of(
    urls: Iterable[str],
    *,
    memory: Memory,
    manners: Manners,
    now: Callable[[], float],
    progress: Progress,
) -> dict[str, Answer]:
    """Return an answer for every address, without its fragment.

    `now` gives the seconds since 1970.  Each answer is remembered at once: a run that is
    interrupted goes on where it ended.
    """
    wanted = sorted({url.partition("#")[0] for url in urls})
    with Store.open(memory.path) as store:
        known = store.answers(wanted)
        answers = {
            url: answer
            for url, answer in known.items()
            if is_fresh(answer, now=now(), max_age_seconds=memory.max_age_seconds)
        }
        progress(len(answers), len(wanted))

        def keep(answer: Answer) -> None:
            answers[answer.url] = answer
            store.remember(answer)
            progress(len(answers), len(wanted))

        asked = [url for url in wanted if url not in answers]
        if asked:
            asyncio.run(visit(asked, manners=manners, known=known, now=now, on_answer=keep))
    return dict(sorted(answers.items()))
