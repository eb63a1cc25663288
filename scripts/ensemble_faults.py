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
from typing import Any

import numpy as np
import yaml

from skymodel.cli.app import app
from skymodel.output.files import whole
from skymodel.output.files.store import Store, open_store
from skymodel.runs.many import workers
from skymodel.runs.many.ensemble import EnsembleConfig, compute

LIMIT = 600.0  # seconds that any single step may take
VICTIMS = ("worker", "scheduler", "client")
PARTS = 20
MOMENTS = ("within the file of", "before the renaming of", "after the renaming of")
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
    parser.add_argument("--alone", action="store_true", help="one process without Dask, killed in the act")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    config = EnsembleConfig(**ENSEMBLE, draws=options.draws)
    truth = compute(config, 0, options.draws).rows.tobytes()
    chance, same = random.Random(options.seed), 0
    for attempt in range(options.times):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            told = (killed_alone if options.alone else killed_on_a_cluster)(folder, config, attempt, chance)
            good = resumed(folder, config) == truth
        same += good
        print(f"{attempt + 1:3d}  kill -9 {told}, resumed: {'equal to the undisturbed store' if good else 'DIFFERENT'}")
    print(f"{same} of {options.times} resumed stores equal the undisturbed one row by row")
    return 0 if same == options.times else 1


def killed_on_a_cluster(folder: Path, config: EnsembleConfig, attempt: int, chance: random.Random) -> str:
    victim, least, delay = VICTIMS[attempt % 3], chance.randrange(config.draws), chance.uniform(0.0, 1.0)
    kept = disturbed(folder, config, victim, least, delay)
    return f"{victim:9s} after {least:4d} draws and {delay:.2f} s: {kept:4d} kept"


def killed_alone(folder: Path, config: EnsembleConfig, attempt: int, chance: random.Random) -> str:
    """Run the ensemble in one process that kills itself in the act, and say at which moment."""
    number, moment = chance.randrange(PARTS) + 1, MOMENTS[attempt % 3]
    (folder / "ensemble.yaml").write_text(yaml.safe_dump(config.resolved()))
    child = os.fork()
    if child == 0:
        die_at(number, moment, -(-config.draws // PARTS))
        app(command(folder)[3:])
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"it was not killed {moment} part {number}")
    return f"{moment} part {number}: {kept_draws(folder, config)} draws kept"


def die_at(number: int, moment: str, size: int) -> None:
    """Let this process kill itself at a moment of a part, and make parts of `size` draws."""
    workers._batch_size = lambda here, *_: min(here, size)
    settle, save, seen = whole.settle, np.savez_compressed, 0

    def dies(this: str) -> None:
        if this == moment and seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def saved(path: Path, **content: Any) -> None:
        nonlocal seen
        seen += 1
        path.write_bytes(b"half of it")
        dies("within the file of")
        save(path.open("wb"), **content)

    def settled(draft: Path, target: Path, **more: Any) -> None:
        dies("before the renaming of")
        settle(draft, target, **more)
        dies("after the renaming of")

    whole.settle, np.savez_compressed = settled, saved


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
    if left := [path.name for path in (folder / "out").glob(".*")]:
        raise RuntimeError(f"left over: {left}")
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
        wait_for(lambda: file.exists() and file.read_text().rstrip().endswith("}"))  # it is there before it is whole
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
