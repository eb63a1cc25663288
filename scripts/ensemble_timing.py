"""Time an ensemble of axisymmetric galaxies in one process, on two Dask workers and in two shards; compare the bits.

``python scripts/ensemble_timing.py --draws 10000`` prints a table: wall seconds, draws a second, speed-up over one
process, overhead = 1 - (sum of the draws' seconds) / (workers x wall), and whether the rows are the same bits.
Run it with one BLAS thread: OMP_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from ensemble_faults import ENSEMBLE

from skymodel.runs.many import clusters, workers
from skymodel.runs.many.ensemble import Batch, EnsembleConfig, compute


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000)
    draws = parser.parse_args().draws
    config = EnsembleConfig(**ENSEMBLE, draws=draws)
    compute(config, 0, 8)
    print(f"{draws} draws of W at rtol = {config.rtol:g}, {config.dimensions} priors")
    print(f"{'how':16s} {'wall [s]':>9s} {'draws/s':>8s} {'speed-up':>9s} {'overhead':>9s}  rows")
    rows, alone = timed("1 process", 1, lambda: workers.here(config, [(0, draws)]), None, None)
    with clusters.local_cluster(2) as client:
        client.run(compute, config, 0, 8)  # the workers' imports are not the ensemble's cost
        timed("2 Dask workers", 2, lambda: workers.on_cluster(client, config, [(0, draws)]), rows, alone)
    timed("2 shards", 2, lambda: sharded(config, draws), rows, alone)


def sharded(config: EnsembleConfig, draws: int) -> list[Batch]:
    with ProcessPoolExecutor(2) as pool:
        return [batch for part in pool.map(shard, [config] * 2, [0, 1], [draws] * 2) for batch in part]


def shard(config: EnsembleConfig, index: int, draws: int) -> list[Batch]:
    return list(workers.here(config, workers.shard([(0, draws)], index, 2)))


def timed(how: str, count: int, batches, truth: bytes | None, alone: float | None) -> tuple[bytes, float]:
    start = time.perf_counter()
    found: Iterable[Batch] = sorted(batches(), key=lambda batch: batch.first)
    wall = time.perf_counter() - start
    rows = np.concatenate([batch.rows for batch in found])
    bits, busy = rows.tobytes(), sum(batch.seconds for batch in found)
    same = "" if truth is None else "the same bits" if bits == truth else "DIFFERENT"
    gain = 1.0 if alone is None else alone / wall
    print(f"{how:16s} {wall:9.1f} {rows.size / wall:8.0f} {gain:9.2f} {1 - busy / (count * wall):9.3f}  {same}")
    return bits, wall


if __name__ == "__main__":
    main()
