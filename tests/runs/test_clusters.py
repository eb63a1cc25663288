"""Where workers run: their memory is left to glibc, versions agree, and a scheduler that is not there is said."""

import os
import resource
import time

import numpy as np
import pytest

from skymodel.runs import clusters
from skymodel.runs.ensemble import compute
from tests.conftest import require
from tests.runs.test_ensemble import config

TRIM = "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_"


def environment_and_page_faults(made):
    """Return a worker's environment, and the page faults of a draw that is not its first."""
    compute(made, 0, 4)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    compute(made, 0, 16)
    return dict(os.environ), (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 16


@pytest.mark.slow
def test_a_worker_of_a_local_cluster_keeps_its_memory_and_one_thread():
    dask = require("dask")
    require("distributed")
    settings = dask.config.get("distributed.nanny.pre-spawn-environ")
    with clusters.local_cluster(1) as client:
        environment, faults = client.submit(environment_and_page_faults, config(draws=16)).result()
    assert "MALLOC_TRIM_THRESHOLD_" not in environment
    assert environment["OMP_NUM_THREADS"] == environment["OPENBLAS_NUM_THREADS"] == "1"
    assert faults < 100  # about 1 measured; 1165 where every array above 128 KiB is mapped anew
    assert dask.config.get("distributed.nanny.pre-spawn-environ") == settings


def test_a_threshold_that_the_user_chose_is_kept():
    dask = require("dask")
    require("distributed")
    assert clusters._memory_settings() == {TRIM: None}
    with dask.config.set({TRIM: 1_000_000}):
        assert clusters._memory_settings() == {}


def test_a_slurm_job_exports_the_thresholds_before_its_worker_and_the_users_lines_last():
    jobqueue = require("dask_jobqueue")
    settings = {"cores": 1, "memory": "1 GB", "job_script_prologue": ["module load python"]}
    text = jobqueue.slurm.SLURMJob(
        "tcp://127.0.0.1:1", "one", **settings | {"job_script_prologue": clusters._prologue(settings)}
    ).job_script()
    lines = [line for line in text.splitlines() if line.startswith(("export", "module")) or "dask_worker" in line]
    assert lines[:3] == [*clusters._EXPORTS, "module load python"]
    assert "dask_worker" in lines[3]


def test_a_scheduler_that_is_not_there_is_said_in_seconds(monkeypatch):
    require("distributed")
    monkeypatch.setattr(clusters, "_PATIENCE", 1.0)
    start = time.monotonic()
    with pytest.raises(ConnectionError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        clusters.connect("tcp://127.0.0.1:1")
    assert time.monotonic() - start < 15


class Answering:
    """A client whose one worker answers as told."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, function, on_error):
        assert on_error == "return"
        return {"tcp://127.0.0.1:9": self.answer}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"skymodel": "9", "numpy": np.__version__}, "skymodel 9 there, .* here"),
        (ModuleNotFoundError("No module named 'skymodel'"), "does not run this skymodel: No module named"),
    ],
)
def test_a_worker_of_another_version_is_refused(answer, words):
    with pytest.raises(ConnectionError, match=words):
        clusters._require_same_versions(Answering(answer))


def test_a_worker_of_the_same_versions_or_one_that_left_is_not():
    clusters._require_same_versions(Answering(clusters._versions()))
    clusters._require_same_versions(Answering(OSError("gone")))
