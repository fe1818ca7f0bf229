"""Workers that somebody else runs, on this machine or on others: a cluster of dask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from dlsite.memory.keys import tool_digest
from dlsite.processes.workers import WorkersError


def cluster(address: str) -> tuple[Executor, Callable[[], bool]]:
    """Return the workers of a dask cluster at `dask://HOST:PORT`, and whether they have gone.

    Raises `ValueError` for another kind of address, `ImportError` without the extra
    `dask`, `OSError` where nobody answers, `WorkersError` where nobody works, or with
    another dlsite: its pages would not be those of this one.
    """
    scheme, _, place = address.partition("://")
    host, _, port = place.rpartition(":")
    if scheme != "dask" or not host or not port.isdecimal():
        raise ValueError(f"'{address}' is no address such as 'dask://127.0.0.1:8786'")
    # Imported here: only who has a cluster has the library.
    from distributed import Client  # noqa: PLC0415

    # What it would print is said by us, in one line; each of its parts has a level of its own.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    untyped: Any = Client
    client = untyped(f"tcp://{place}", timeout=10, set_as_default=False)
    digests: dict[str, object] = client.run(tool_digest, on_error="return")
    if not digests:
        raise WorkersError(f"no worker is at '{address}'")
    others = sorted(worker for worker, digest in digests.items() if digest != tool_digest())
    if others:
        raise WorkersError(
            f"another dlsite, Python or library than here is at {', '.join(others)}: "
            "install the same there"
        )
    executor: Executor = client.get_executor(pure=False, retries=3)

    def is_deserted() -> bool:
        try:
            return not client.nthreads()
        except (OSError, RuntimeError):
            # The scheduler has gone: what waits for it is told so.
            return False

    return executor, is_deserted
