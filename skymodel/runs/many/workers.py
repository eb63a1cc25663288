"""Who computes the batches of an ensemble: this process, or the workers of a Dask cluster (runs.clusters).

Dask only maps batches: each is computed by :func:`skymodel.runs.many.ensemble.compute` from the configuration and a
range of draws, so a batch can be lost with its worker and computed again elsewhere. What is asked for and what is done
is kept by whoever iterates.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from skymodel.runs.many.ensemble import Batch, EnsembleConfig, compute

BATCH_SECONDS = (0.5, 2.0)  # least and most: a Dask task costs about 2 ms and a part file is written for each batch
_SHARE = 2  # of what is left, the next batch is one part in so many for each worker: short batches end a run evenly
_TRIAL = 8  # draws that are timed to size the batches
_IN_FLIGHT = 2  # batches queued on each worker's thread: one is computed while the next arrives

_GONE = "the Dask scheduler went away; run the same command again to compute the rest"

Ranges = Iterable[tuple[int, int]]


def here(config: EnsembleConfig, missing: Ranges) -> Iterator[Batch]:
    """Yield the batches of the `missing` ranges of draws, computed in this process."""
    for first, last in split(config, missing):
        yield compute(config, first, last)


def split(
    config: EnsembleConfig,
    missing: Ranges,
    *,
    seconds: tuple[float, float] = BATCH_SECONDS,
    workers: Callable[[], int] = lambda: 1,
) -> Iterator[tuple[int, int]]:
    """Yield ranges of draws for `workers` to compute, shorter ones towards the end; a few draws are timed first.

    A range takes from the least to the most `seconds`, or less where the missing draws have no more together.
    """
    ranges = list(missing)
    left, cost = sum(last - first for first, last in ranges), 0.0
    for start, last in ranges:
        first = start
        cost = cost or _draw_seconds(config, first, last)
        while first < last:
            stop = first + _batch_size(last - first, left, max(1, workers()), [limit / cost for limit in seconds])
            yield first, stop
            left, first = left - (stop - first), stop


def _batch_size(here: int, left: int, workers: int, limits: list[float]) -> int:
    """Return how many of the `here` draws of a range to compute next, of all that are `left`."""
    least, most = (max(1, math.ceil(limit)) for limit in limits)
    size = min(max(left // (_SHARE * workers), least), most)
    return size if here - size >= least else here


def _draw_seconds(config: EnsembleConfig, first: int, last: int) -> float:
    compute(config, first, first + 1)  # imports and caches are not a draw's cost
    trial = min(first + _TRIAL, last)
    start = time.perf_counter()
    compute(config, first, trial)
    return (time.perf_counter() - start) / (trial - first)


def shard(missing: Ranges, draws: int, index: int, count: int) -> list[tuple[int, int]]:
    """Return what job `index` of `count`, from 0, computes: the `missing` ones of its equal share of all draws.

    Its share does not depend on what the other jobs have done: whenever each starts, together they do all, each once.

    Examples
    --------
    >>> shard([(0, 4), (10, 16)], 16, 1, 2), shard([(0, 16)], 16, 1, 2)
    ([(10, 16)], [(8, 16)])
    """
    if not 0 <= index < count:
        raise ValueError(f"shard {index + 1}/{count}; allowed: 1/{count} to {count}/{count}")
    low, high = draws * index // count, draws * (index + 1) // count
    parts = [(max(first, low), min(last, high)) for first, last in missing]
    return [(first, last) for first, last in parts if first < last]


def on_cluster(client: Any, config: EnsembleConfig, missing: Ranges) -> Iterator[Batch]:
    """Yield the batches of the `missing` ranges of draws as a Dask cluster finishes them.

    Workers may come and go; each has a batch at work and one waiting.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    config, missing
        What to compute.

    Raises
    ------
    ConnectionError
        If the scheduler goes away, or workers die over one batch time and again; what was yielded is done.
    """
    from distributed import as_completed

    waiting = split(config, missing, workers=lambda: _threads(client))
    first = itertools.islice(waiting, _IN_FLIGHT * _threads(client))
    flow = as_completed([_submit(client, config, part) for part in first])
    for future in flow:
        yield _result(future)
        future.release()
        for part in itertools.islice(waiting, max(0, _IN_FLIGHT * _threads(client) - flow.count())):
            flow.add(_submit(client, config, part))


def _threads(client: Any) -> int:
    try:
        found: int = sum(client.nthreads().values())
    except OSError as error:
        raise ConnectionError(_GONE) from error
    return max(1, found)


def _submit(client: Any, config: EnsembleConfig, part: tuple[int, int]) -> Any:
    return client.submit(compute, config, *part, pure=False, retries=3)


def _result(future: Any) -> Batch:
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        batch: Batch = future.result()
    except CancelledError as error:
        raise ConnectionError(_GONE) from error
    except KilledWorker as error:
        raise ConnectionError(
            "workers died over one batch time and again, perhaps for lack of memory; run the same command again with "
            "fewer workers or more memory to compute the rest"
        ) from error
    return batch
