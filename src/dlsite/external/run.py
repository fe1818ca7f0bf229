"""Find out about addresses: from memory where that is young enough, else from their servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from dlsite.config.settings import ExternalOptions
from dlsite.external.store import Store
from dlsite.external.verdicts import Answer, is_fresh
from dlsite.external.visit import visit

_DAY_SECONDS = 24 * 3600.0

Progress = Callable[[int, int], None]
"""Called with how many addresses are done, and how many there are."""


def answers_of(
    urls: Iterable[str],
    *,
    memory: Path,
    manners: ExternalOptions,
    now: Callable[[], float],
    progress: Progress,
) -> dict[str, Answer]:
    """Return an answer for every address, without its fragment.

    `memory` is the file of answers, `now` gives the seconds since 1970.  Each answer is
    remembered at once: a run that is interrupted goes on where it ended.
    """
    wanted = sorted({url.partition("#")[0] for url in urls})
    with Store.open(memory) as store:
        known = store.answers(wanted)
        answers = {
            url: answer
            for url, answer in known.items()
            if is_fresh(answer, now=now(), max_age_seconds=manners.max_age_days * _DAY_SECONDS)
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
