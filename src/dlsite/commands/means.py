"""The means to build a site: settings, memory, workers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

from dlsite.commands.settings import UsageError, config_of, root_of
from dlsite.commands.terminal import Options
from dlsite.config.settings import Config
from dlsite.files.zonefiles import zone_files
from dlsite.incremental.run import Builder
from dlsite.incremental.start import Start
from dlsite.memory.cache import Cache
from dlsite.memory.cache import clean as forget
from dlsite.memory.store import StoreError
from dlsite.processes.cluster import cluster
from dlsite.processes.spool import Spool
from dlsite.processes.workers import Workers, cores
from dlsite.publish.staging import Staging


@contextmanager
def builder_of(
    options: Options, root: Path, more: Iterable[str] = ()
) -> Iterator[tuple[Builder, Config]]:
    """Give the means to build a site: settings, memory, workers.

    The garbage collector rests meanwhile: a build makes much and throws away little.
    `more` are files of the site, beside its sources, that the command goes by.
    """
    gc.disable()
    start = Start.of(root, options.config, more)
    config = config_of(options, root)
    start = start.and_files(root, zone_files(config.timezone))
    cache = Cache(None if options.no_cache else root)
    try:
        with (
            _workers(options) as workers,
            Spool() as spool,
            Staging() as staging,
        ):
            yield (
                Builder(
                    root,
                    config,
                    cache,
                    start,
                    workers,
                    verify=options.verify,
                    spool=spool,
                    staging=staging,
                ),
                config,
            )
    finally:
        cache.store.close()
        # All of it goes in a moment, and none of it by being looked through.
        gc.freeze()
        gc.enable()


def _workers(options: Options) -> Workers:
    """Return the processes to build with: those that somebody else runs, where they are named."""
    count = options.jobs or cores()
    address = getattr(options, "executor", None)
    if address is None:
        return Workers(count)
    try:
        return Workers(count, *cluster(address))
    except ValueError as error:
        raise UsageError(str(error)) from error
    except ImportError as error:
        raise UsageError("a dask cluster wants: pip install 'dlsite[dask]'") from error
    except OSError as error:
        raise UsageError(f"nobody answers at '{address}'") from error


def without_damage(command: Callable[[Options], int]) -> Callable[[Options], int]:
    """Let a command begin again, with nothing remembered, where its memory turns out damaged.

    That shows before anything is said or written: pages are read from it to be rendered.
    """

    @wraps(command)
    def run(options: Options) -> int:
        for _ in range(2):
            try:
                return command(options)
            except StoreError:
                try:
                    forget(root_of(options))
                except OSError:
                    # It is not ours to write, nor to remove.
                    break
        # Nothing lasts here.
        options.no_cache = True
        return command(options)

    return run
