"""The store of an ensemble: parts are whole or not there, gaps are known, another configuration is refused."""

import os
import subprocess
import sys

import numpy as np
import pytest
import yaml

from skymodel.output.files.store import open_store

CONFIG = {"sampling": "sobol", "seed": 1, "draws": 10}
DTYPE = np.dtype([("draw", np.int64), ("W", float)])


def rows(first, last):
    found = np.zeros(last - first, DTYPE)
    found["draw"] = np.arange(first, last)
    found["W"] = np.arange(first, last) ** 2
    return found


def test_missing_draws_are_the_gaps_between_the_parts(tmp_path):
    store = open_store(tmp_path / "s", CONFIG)
    assert store.missing(10) == [(0, 10)]
    for part in [(2, 4), (7, 8)]:
        store.add(*part, rows(*part))
    assert store.missing(10) == [(0, 2), (4, 7), (8, 10)]
    assert store.missing(3) == [(0, 2)]
    for part in store.missing(10):
        store.add(*part, rows(*part))
    assert store.missing(10) == []
    assert store.rows().tobytes() == rows(0, 10).tobytes()


def test_overlapping_parts_give_each_draw_once(tmp_path):
    store = open_store(tmp_path / "s", CONFIG)
    for part in [(0, 6), (4, 9), (5, 10)]:
        store.add(*part, rows(*part))
    assert store.missing(10) == []
    assert store.rows(8).tobytes() == rows(0, 8).tobytes()


def test_a_part_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    store = open_store(tmp_path / "s", CONFIG)

    def full(path, *args, **kwargs):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space left"):
        store.add(0, 5, rows(0, 5))
    assert store.parts() == []
    assert sorted(path.name for path in store.folder.iterdir()) == ["ensemble.yaml"]


def test_half_written_files_of_a_killed_writer_are_ignored(tmp_path):
    store = open_store(tmp_path / "s", CONFIG)
    (store.folder / ".part-000000000000-000000000005.npz.123").write_bytes(b"half")
    assert store.missing(10) == [(0, 10)]


def test_a_store_of_another_configuration_is_refused_and_says_what_differs(tmp_path):
    open_store(tmp_path / "s", CONFIG)
    with pytest.raises(ValueError, match="seed differ .seed: 1 there, 2 here"):
        open_store(tmp_path / "s", {**CONFIG, "seed": 2})
    assert open_store(tmp_path / "s", {**CONFIG, "draws": 20}).missing(20) == [(0, 20)]


def test_a_folder_with_other_things_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match="holds no ensemble"):
        open_store(tmp_path, CONFIG)


OPENERS = """
import os, sys
from pathlib import Path
import numpy as np
from skymodel.output.files.store import open_store

def opens(me, folder, count):
    rows = np.array([(me, 0.0)], [("draw", np.int64), ("W", float)])
    for number in range(count):
        seed = 1 + (me + number) % 2  # two ensembles want each folder
        try:
            store = open_store(folder / f"s{number}", {"sampling": "sobol", "seed": seed, "draws": 10})
            store.add(me, me + 1, rows)
            answer = seed
        except ValueError as error:
            answer = "refused" if "seed differ" in str(error) else error
        os.write(1, f"{me} {number} {answer}\\n".encode())

start, go = os.pipe()
for me in range(int(sys.argv[2])):
    if os.fork() == 0:
        os.close(go)
        os.read(start, 1)  # until all are there
        opens(me, Path(sys.argv[1]), int(sys.argv[3]))
        os._exit(0)
os.close(go)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""
PROCESSES, FOLDERS = 4, 10


def test_several_processes_open_one_folder_at_once_and_only_one_ensemble_gets_it(tmp_path):
    line = [sys.executable, "-c", OPENERS, str(tmp_path), str(PROCESSES), str(FOLDERS)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=True)
    said = [line.split(" ", 2) for line in done.stdout.splitlines()]
    for number in range(FOLDERS):
        folder = tmp_path / f"s{number}"
        winner = str(yaml.safe_load((folder / "ensemble.yaml").read_text())["seed"])
        answers = [answer for _, place, answer in sorted(said) if int(place) == number]
        assert sorted(answers) == [winner, winner, "refused", "refused"]
        held = {first for first, _, _ in open_store(folder, {**CONFIG, "seed": int(winner)}).parts()}
        assert held == {me for me, answer in enumerate(answers) if answer == winner}
        assert [name for name in os.listdir(folder) if name.startswith(".")] == []


def test_a_damaged_configuration_of_an_ensemble_is_named(tmp_path):
    (tmp_path / "ensemble.yaml").write_text("[]")
    with pytest.raises(ValueError, match="no configuration of an ensemble"):
        open_store(tmp_path, CONFIG)
