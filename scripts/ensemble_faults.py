"""Kill -9 a worker, the scheduler or the client of a running ensemble at random times; resume; compare row by row.

``python scripts/ensemble_faults.py --times 20`` starts a Dask cluster of two workers on 127.0.0.1 each time, kills at a
random time of the run, as long as an undisturbed one takes, prints a line for each kill and a summary, and exits with 1
if any resumed store differs from the undisturbed one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from skymodel.output.store import open_store
from skymodel.runs.ensemble import EnsembleConfig, compute

LIMIT = 600.0  # seconds that any single step may take
VICTIMS = ("worker", "scheduler", "client")
ENSEMBLE = {
    "model": {
        "dark_matter": {"type": "nfw", "r_s": "20 kpc"},
        "electrons": {"type": "exponential_disk", "n_0": "1 cm-3", "R_d": "2.6 kpc", "z_d": "0.3 kpc"},
    },
    "priors": [
        {"parameter": "electrons.R_d", "distribution": "uniform", "low": "2 kpc", "high": "3 kpc"},
        {"parameter": "observer.r_sun", "distribution": "normal", "mean": "8.2 kpc", "sd": "0.1 kpc"},
    ],
    "sampling": "random",
    "seed": 3,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    config = EnsembleConfig(**ENSEMBLE, draws=options.draws)
    truth = compute(config, 0, options.draws).rows.tobytes()
    length, chance, same = undisturbed(config), random.Random(options.seed), 0
    print(f"{options.draws} draws; an undisturbed run takes {length:.1f} s after its start")
    for attempt in range(options.times):
        victim, delay = VICTIMS[attempt % 3], chance.uniform(0.0, length)
        with tempfile.TemporaryDirectory() as folder:
            kept = disturbed(Path(folder), config, victim, delay)
            good = resumed(Path(folder), config) == truth
        same += good
        verdict = "equal to the undisturbed store" if good else "DIFFERENT"
        print(f"{attempt + 1:3d}  kill -9 {victim:9s} after {delay:.2f} s: {kept:4d} draws kept, resumed: {verdict}")
    print(f"{same} of {options.times} resumed stores equal the undisturbed one row by row")
    return 0 if same == options.times else 1


def undisturbed(config: EnsembleConfig) -> float:
    """Return the seconds from a run's start to its last draw."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), config):
        start = time.monotonic()
        wait_for(lambda: kept_draws(Path(folder), config) == config.draws)
        return time.monotonic() - start


def disturbed(folder: Path, config: EnsembleConfig, victim: str, delay: float) -> int:
    """Run the ensemble on a cluster, kill the victim, and return how many draws are kept."""
    with running(folder, config) as processes:
        time.sleep(delay)
        processes[victim].send_signal(signal.SIGKILL)
        client = processes["client"]
        _, error = client.communicate(timeout=LIMIT)
    if b"Traceback" in error or (victim == "worker" and client.returncode != 0):
        raise RuntimeError(f"after kill -9 {victim} the client said:\n{error.decode()}")
    return kept_draws(folder, config)


def kept_draws(folder: Path, config: EnsembleConfig) -> int:
    missing = open_store(folder / "out", config.resolved()).missing(config.draws)
    return config.draws - sum(last - first for first, last in missing)


@contextlib.contextmanager
def running(folder: Path, config: EnsembleConfig) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Yield the client, the scheduler and a worker of an ensemble that has just started."""
    (folder / "ensemble.yaml").write_text(yaml.safe_dump(config.resolved()))
    with cluster(folder) as (address, (scheduler, worker, _)):
        line = command(folder, "--scheduler", address)
        client = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_for(lambda: (folder / "out" / "ensemble.yaml").exists() or client.poll() is not None)
            yield {"client": client, "scheduler": scheduler, "worker": worker}
        finally:
            client.kill()
            client.wait(timeout=LIMIT)


def resumed(folder: Path, config: EnsembleConfig) -> bytes:
    """Return the rows after the same command ran again, in one process, touching no part that was there."""
    before = parts(folder)
    subprocess.run(command(folder), check=True, capture_output=True, timeout=LIMIT)
    if not before <= parts(folder):
        raise RuntimeError("a part that was kept has been written again")
    return open_store(folder / "out", config.resolved()).rows().tobytes()


def parts(folder: Path) -> set[tuple[str, int]]:
    return {(path.name, path.stat().st_mtime_ns) for path in (folder / "out").glob("part-*")}


def command(folder: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "skymodel",
        "ensemble",
        str(folder / "ensemble.yaml"),
        "--out",
        str(folder / "out"),
        *more,
    ]


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Yield the address and the processes of a scheduler and two workers on 127.0.0.1; they end with the block."""
    file = folder / "scheduler.json"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    common = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--no-dashboard"]
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, *options: str) -> None:
        line = [sys.executable, "-m", f"distributed.cli.{module}", *common, *options]
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(line, stdout=quiet, stderr=quiet, env=environment, cwd=folder))

    try:
        start("dask_scheduler", "--port", "0")
        wait_for(file.exists)
        for _ in range(2):
            start("dask_worker", "--nthreads", "1", "--no-nanny")
        yield json.loads(file.read_text())["address"], started
    finally:
        for process in started:
            process.kill()
            process.wait(timeout=10)


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
