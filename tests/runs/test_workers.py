"""Many machines: real Dask processes on 127.0.0.1 give the bits of one process; what is killed loses nothing."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from skymodel.runs import workers
from skymodel.runs.ensemble import compute
from tests.conftest import require
from tests.runs.test_ensemble import config


def test_splitting_covers_the_missing_draws_once():
    parts = list(workers.split(config(draws=64), [(0, 5), (9, 64)], seconds=0.05))
    assert sorted(draw for first, last in parts for draw in range(first, last)) == [*range(5), *range(9, 64)]


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shards_share_the_missing_draws_evenly(count):
    missing = [(0, 4), (10, 31)]
    parts = [workers.shard(missing, index, count) for index in range(count)]
    sizes = [sum(last - first for first, last in part) for part in parts]
    drawn = [draw for part in parts for first, last in part for draw in range(first, last)]
    assert drawn == [*range(4), *range(10, 31)]
    assert max(sizes) - min(sizes) <= 1


def test_a_scheduler_that_is_not_there_is_said_in_seconds(monkeypatch):
    require("distributed")
    monkeypatch.setattr(workers, "_PATIENCE", 1.0)
    start = time.monotonic()
    with pytest.raises(ConnectionError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        workers.connect("tcp://127.0.0.1:1")
    assert time.monotonic() - start < 15


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of Dask's own shutdown
def test_two_dask_workers_give_the_bits_of_one_process():
    require("distributed")
    made = config(draws=96)
    with workers.local_cluster(2) as client:
        batches = list(workers.on_cluster(client, made, [(0, 40), (41, 96)]))
        client.cluster.close()
    rows = np.concatenate([batch.rows for batch in sorted(batches, key=lambda batch: batch.first)])
    alone = np.concatenate([compute(made, 0, 40).rows, compute(made, 41, 96).rows])
    assert rows.tobytes() == alone.tobytes()


@pytest.mark.slow
def test_a_worker_of_another_version_is_refused(monkeypatch):
    require("distributed")
    with workers.local_cluster(1) as client:
        monkeypatch.setattr(workers, "_versions", lambda: {"skymodel": "0.0.0", "numpy": np.__version__})
        # the worker answers with what is installed there; this client claims to be older
        monkeypatch.setattr(
            client, "run", lambda *_, **__: {"tcp://127.0.0.1:9": {"skymodel": "9", "numpy": np.__version__}}
        )
        with pytest.raises(ConnectionError, match="skymodel 9 there, 0.0.0 here"):
            workers._require_same_versions(client)
        client.cluster.close()


@pytest.mark.slow
def test_whatever_is_killed_the_same_command_ends_with_exactly_the_missing_draws():
    require("distributed")
    script = Path(__file__).parents[2] / "scripts" / "ensemble_faults.py"
    line = [sys.executable, str(script), "--times", "3", "--draws", "200"]
    found = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "3 of 3 resumed stores equal the undisturbed one row by row" in found.stdout
