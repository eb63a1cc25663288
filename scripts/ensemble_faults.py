"""Kill -9 a worker, the scheduler or the client of a running ensemble at random times; resume; compare row by row.

``python scripts/ensemble_faults.py --times 20`` starts a Dask cluster of two workers on 127.0.0.1 each time, kills when
a random number of draws are kept and up to a second more has gone by, prints a line for each kill and a summary, and
exits with 1 if any resumed store differs from the undisturbed one.
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

from skymodel.output.files.store import Store, open_store
from skymodel.runs.many.ensemble import EnsembleConfig, compute

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
    chance, same = random.Random(options.seed), 0
    for attempt in range(options.times):
        victim = VICTIMS[attempt % 3]
        least, delay = chance.randrange(options.draws), chance.uniform(0.0, 1.0)
        with tempfile.TemporaryDirectory() as folder:
            kept = disturbed(Path(folder), config, victim, least, delay)
            good = resumed(Path(folder), config) == truth
        same += good
        verdict = "equal to the undisturbed store" if good else "DIFFERENT"
        when = f"after {least:4d} draws and {delay:.2f} s: {kept:4d} kept"
        print(f"{attempt + 1:3d}  kill -9 {victim:9s} {when}, resumed: {verdict}")
    print(f"{same} of {options.times} resumed stores equal the undisturbed one row by row")
    return 0 if same == options.times else 1


def disturbed(folder: Path, config: EnsembleConfig, victim: str, least: int, delay: float) -> int:
    """Run the ensemble on a cluster, kill the victim, and return how many draws are kept."""
    with running(folder, config) as processes:
        client = processes["client"]
        wait_for(lambda: kept_draws(folder, config) >= least or client.poll() is not None)
        time.sleep(delay)
        processes[victim].send_signal(signal.SIGKILL)
        _, error = client.communicate(timeout=LIMIT)
    if b"Traceback" in error or (victim == "worker" and client.returncode != 0):
        raise RuntimeError(f"after kill -9 {victim} the client said:\n{error.decode()}")
    return kept_draws(folder, config)


def kept_draws(folder: Path, config: EnsembleConfig) -> int:
    missing = Store(folder / "out").missing(config.draws)
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
