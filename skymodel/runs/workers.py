"""Who computes the batches of an ensemble: this process, or the workers of a Dask cluster.

Dask only maps batches: each is computed by :func:`skymodel.runs.ensemble.compute` from the configuration and a range of
draws, so a batch can be lost with its worker and computed again elsewhere. What is asked for and what is done is kept
by whoever iterates.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import time
from collections.abc import Iterable, Iterator
from typing import Any

from skymodel.runs.ensemble import Batch, EnsembleConfig, compute

BATCH_SECONDS = 2.0  # a Dask task costs about 2 ms and a part file is written for each batch
_TRIAL = 8  # draws that are timed to size the batches
_IN_FLIGHT = 4  # batches queued on each worker's thread
_PATIENCE = 10.0  # seconds to wait for a scheduler
_WORKERS_PATIENCE = 60.0  # seconds to wait for its first worker

Ranges = Iterable[tuple[int, int]]


def here(config: EnsembleConfig, missing: Ranges) -> Iterator[Batch]:
    """Yield the batches of the `missing` ranges of draws, computed in this process."""
    for first, last in split(config, missing):
        yield compute(config, first, last)


def split(config: EnsembleConfig, missing: Ranges, *, seconds: float = BATCH_SECONDS) -> Iterator[tuple[int, int]]:
    """Yield ranges of draws that take about `seconds` each; a few draws are timed first."""
    size = 0
    for first, last in missing:
        size = size or _batch_size(config, first, last, seconds)
        for start in range(first, last, size):
            yield start, min(start + size, last)


def _batch_size(config: EnsembleConfig, first: int, last: int, seconds: float) -> int:
    compute(config, first, first + 1)  # imports and caches are not a draw's cost
    trial = min(first + _TRIAL, last)
    start = time.perf_counter()
    compute(config, first, trial)
    return max(1, int(seconds * (trial - first) / (time.perf_counter() - start)))


def shard(missing: Ranges, index: int, count: int) -> list[tuple[int, int]]:
    """Return the part of the `missing` ranges that job `index` of `count` computes, from 0; contiguous in draws.

    Examples
    --------
    >>> shard([(0, 4), (10, 16)], 1, 2)
    [(11, 16)]
    """
    if not 0 <= index < count:
        raise ValueError(f"shard {index + 1}/{count}; allowed: 1/{count} to {count}/{count}")
    ranges = list(missing)
    total = sum(last - first for first, last in ranges)
    low, high = total * index // count, total * (index + 1) // count
    parts, seen = [], 0
    for first, last in ranges:
        start, stop = max(low - seen, 0) + first, min(high - seen, last - first) + first
        seen += last - first
        if start < stop:
            parts.append((start, stop))
    return parts


def on_cluster(client: Any, config: EnsembleConfig, missing: Ranges) -> Iterator[Batch]:
    """Yield the batches of the `missing` ranges of draws as a Dask cluster finishes them.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    config, missing
        What to compute.

    Raises
    ------
    ConnectionError
        If the scheduler goes away; what was yielded is done.
    """
    from distributed import as_completed

    waiting = split(config, missing)
    threads = max(1, sum(client.nthreads().values()))
    first = itertools.islice(waiting, _IN_FLIGHT * threads)
    flow = as_completed([_submit(client, config, part) for part in first])
    for future in flow:
        yield _result(future)
        for part in itertools.islice(waiting, 1):
            flow.add(_submit(client, config, part))


def _submit(client: Any, config: EnsembleConfig, part: tuple[int, int]) -> Any:
    return client.submit(compute, config, *part, pure=False, retries=3)


def _result(future: Any) -> Batch:
    from concurrent.futures import CancelledError

    try:
        batch: Batch = future.result()
    except CancelledError as error:
        raise ConnectionError("the Dask scheduler went away; run the same command again to compute the rest") from error
    return batch


def local_cluster(workers: int) -> Any:
    """Return the client of a new local cluster of `workers` processes, one thread each, on 127.0.0.1."""
    distributed = _distributed()
    cluster = distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    return distributed.Client(cluster)


def connect(address: str) -> Any:
    """Return a client of the cluster whose scheduler listens at `address`, its versions checked.

    Raises
    ------
    ConnectionError
        If nobody answers there, or a worker runs another version.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"no Dask scheduler answers at {address}: {error}; start one with 'dask scheduler', nothing is lost"
        ) from error
    try:
        client.wait_for_workers(1, timeout=_WORKERS_PATIENCE)
        _require_same_versions(client)
    except OSError as error:
        client.close()
        raise ConnectionError(f"the cluster at {address} cannot be used: {error}") from error
    return client


def _require_same_versions(client: Any) -> None:
    mine = _versions()
    for worker, theirs in client.run(_versions, on_error="ignore").items():
        different = [
            f"{name} {theirs.get(name)} there, {mine[name]} here" for name in mine if theirs.get(name) != mine[name]
        ]
        if different:
            raise ConnectionError(f"worker {worker} runs other versions: {'; '.join(different)}; install the same")


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("skymodel", "numpy", "scipy")}


def slurm_cluster(jobs: int, **settings: Any) -> Any:
    """Return the client of `jobs` SLURM jobs.

    Parameters
    ----------
    jobs
        How many jobs to ask for.
    **settings
        Those of ``dask_jobqueue.SLURMCluster``: queue, cores, memory, walltime, ...
    """
    distributed = _distributed()
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise ValueError("SLURM needs the extra 'cluster': pip install 'skymodel[cluster]'") from error
    cluster = SLURMCluster(**settings)
    cluster.scale(jobs=jobs)
    return distributed.Client(cluster)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ValueError("more than one worker needs the extra 'cluster': pip install 'skymodel[cluster]'") from error
    return distributed
