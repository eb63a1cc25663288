"""Many machines: real Dask processes on 127.0.0.1 give the bits of one process; what is killed loses nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml

from skymodel.output.files.store import open_store
from skymodel.runs.many import clusters, workers
from skymodel.runs.many.ensemble import compute
from tests.conftest import require
from tests.runs.many.test_ensemble import config

DRAW_SECONDS = 0.005


def lengths(monkeypatch, missing, crew, seconds=(0.5, 2.0)):
    """Return the seconds of each batch, with a draw that takes 5 ms, and check that they tile what is missing."""
    monkeypatch.setattr(workers, "_draw_seconds", lambda *_: DRAW_SECONDS)
    parts = list(workers.split(None, missing, seconds=seconds, workers=lambda: crew))
    drawn = [draw for first, last in parts for draw in range(first, last)]
    assert drawn == [draw for first, last in missing for draw in range(first, last)]
    return [(last - first) * DRAW_SECONDS for first, last in parts]


@pytest.mark.parametrize("crew", [1, 2, 100])
@pytest.mark.parametrize("draws", [1, 99, 100, 1000, 12345])
def test_batches_tile_the_draws_in_half_a_second_to_two(monkeypatch, crew, draws):
    found = lengths(monkeypatch, [(0, draws)], crew)
    assert min(found) >= min(0.5, draws * DRAW_SECONDS)
    assert max(found) <= 2.0


def test_the_last_batches_are_short_so_that_the_workers_end_together(monkeypatch):
    found = lengths(monkeypatch, [(0, 10_000)], 2)
    assert found[:-1] == sorted(found[:-1], reverse=True)  # what is left over is added to the last
    assert max(found[-4:]) < 1.0


def test_gaps_are_filled_and_nothing_else(monkeypatch):
    assert lengths(monkeypatch, [(0, 5), (9, 64), (700, 1900)], 2)[:2] == [0.025, 0.275]


def test_a_draw_longer_than_a_batch_is_a_batch(monkeypatch):
    assert lengths(monkeypatch, [(0, 7)], 2, seconds=(0.001, 0.002)) == [DRAW_SECONDS] * 7


def test_splitting_times_real_draws():
    parts = list(workers.split(config(draws=64), [(0, 5), (9, 64)], seconds=(0.05, 0.05)))
    assert sorted(draw for first, last in parts for draw in range(first, last)) == [*range(5), *range(9, 64)]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40])
def test_shards_that_start_at_different_times_do_all_draws_once(count):
    missing, done = [(0, 4), (10, 31)], []
    for index in range(count):  # each sees what the ones before it have done
        left = [(draw, draw + 1) for first, last in missing for draw in range(first, last) if draw not in done]
        done += [draw for first, last in workers.shard(left, 31, index, count) for draw in range(first, last)]
    assert done == [*range(4), *range(10, 31)]


def test_shards_of_a_new_ensemble_are_equal():
    sizes = [last - first for index in range(7) for first, last in workers.shard([(0, 31)], 31, index, 7)]
    assert sum(sizes) == 31
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.slow
def test_two_dask_workers_give_the_bits_of_one_process():
    require("distributed")
    made = config(draws=96)
    with clusters.local_cluster(2) as client:
        batches = list(workers.on_cluster(client, made, [(0, 40), (41, 96)]))
    rows = np.concatenate([batch.rows for batch in sorted(batches, key=lambda batch: batch.first)])
    alone = np.concatenate([compute(made, 0, 40).rows, compute(made, 41, 96).rows])
    assert rows.tobytes() == alone.tobytes()


@pytest.mark.slow
def test_ctrl_c_is_one_line_and_keeps_what_was_computed(tmp_path):
    require("distributed")
    made, out = config(draws=100_000), tmp_path / "out"
    (tmp_path / "galaxies.yaml").write_text(yaml.safe_dump(made.resolved()))
    line = [sys.executable, "-m", "skymodel", "ensemble", "galaxies.yaml", "--out", "out", "--workers", "2"]
    run = subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True)
    end = time.monotonic() + 120
    while not list(out.glob("part-*")) and run.poll() is None and time.monotonic() < end:
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)  # a terminal tells the workers, too
    _, said = run.communicate(timeout=60)
    assert said == "skymodel: interrupted; the draws that were computed are kept, the same command goes on\n"
    assert run.returncode == 130
    assert open_store(out, made.resolved()).rows().size > 0


@pytest.mark.slow
@pytest.mark.parametrize(("more", "draws"), [((), "200"), (("--alone",), "40")], ids=["on a cluster", "alone"])
def test_whatever_is_killed_the_same_command_ends_with_exactly_the_missing_draws(more, draws):
    if not more:
        require("distributed")
    script = Path(__file__).parents[3] / "scripts" / "ensemble_faults.py"
    line = [sys.executable, str(script), "--times", "3", "--draws", draws, *more]
    found = subprocess.run(line, capture_output=True, text=True, timeout=300)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "3 of 3 resumed stores equal the undisturbed one row by row" in found.stdout
