"""Where workers run: their memory is left to glibc, versions agree, and a scheduler that is not there is said."""

import os
import resource
import time

import numpy as np
import pytest

from skymodel.runs.many import clusters
from skymodel.runs.many.ensemble import compute
from tests.conftest import require
from tests.runs.many.test_ensemble import config

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
    """A client whose one worker and whose scheduler answer as told."""

    def __init__(self, worker, scheduler=None):
        self.worker, self.scheduler = worker, scheduler or clusters._versions()

    def run(self, function, on_error):
        assert on_error == "return"
        return {"tcp://127.0.0.1:9": self.worker}

    def run_on_scheduler(self, function):
        if isinstance(self.scheduler, Exception):
            raise self.scheduler
        return self.scheduler


OTHER = {"skymodel": "9", "numpy": np.__version__}
NONE = ModuleNotFoundError("No module named 'skymodel'")


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (Answering(OTHER), "worker tcp://127.0.0.1:9 runs other versions: skymodel 9 there, .* here"),
        (Answering(NONE), "worker tcp://127.0.0.1:9 does not run this skymodel: No module named"),
        (Answering(clusters._versions(), OTHER), "the scheduler runs other versions: skymodel 9 there"),
        (Answering(clusters._versions(), NONE), "the scheduler does not run this skymodel: No module named"),
    ],
)
def test_a_cluster_of_another_version_is_refused(client, words):
    with pytest.raises(ConnectionError, match=words):
        clusters._require_same_versions(client)


def test_a_worker_of_the_same_versions_or_one_that_left_is_not():
    clusters._require_same_versions(Answering(clusters._versions()))
    clusters._require_same_versions(Answering(OSError("gone")))


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Put a SLURM on the path that runs its jobs here, or refuses them; return a function that writes its sbatch."""
    require("dask_jobqueue")

    def write(name, script):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    write("scancel", "kill -TERM -- -$1")
    return lambda script: write("sbatch", script)


JOB = {"cores": 1, "memory": "1 GB", "interface": "lo"}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of Dask's own shutdown
def test_a_slurm_job_computes_with_the_memory_it_was_given(slurm, tmp_path):
    log = tmp_path / "log"
    slurm(f'cp "$1" {log}.sh; setsid sh {log}.sh >{log} 2>&1 </dev/null & echo Submitted batch job $!')
    with clusters.slurm_cluster(1, **JOB, local_directory=str(tmp_path)) as client:
        environment, faults = client.submit(environment_and_page_faults, config(draws=16)).result(timeout=60)
    assert environment["MALLOC_MMAP_THRESHOLD_"] == "33554432"
    assert environment["MALLOC_TRIM_THRESHOLD_"] == "67108864"
    assert environment["OMP_NUM_THREADS"] == "1"
    assert faults < 100


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # those of Dask's own shutdown
def test_jobs_that_slurm_refuses_are_said_in_its_words(slurm):
    slurm('echo "sbatch: error: invalid partition specified: gpu" >&2; exit 1')
    with (
        pytest.raises(ConnectionError, match="sbatch refused the jobs: sbatch: error: invalid partition specified"),
        clusters.slurm_cluster(1, **JOB),
    ):
        pass


def test_without_slurm_nothing_is_waited_for(monkeypatch):
    require("dask_jobqueue")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConnectionError, match="there is no 'sbatch' here"), clusters.slurm_cluster(1, **JOB):
        pass


def test_an_unknown_setting_of_slurm_is_named(slurm, monkeypatch):
    def refuse(**settings):
        raise ValueError("Got unexpected keyword argument 'kueue'. Very likely this unexpected parameter ...")

    slurm("exit 1")
    monkeypatch.setattr("dask_jobqueue.SLURMCluster", refuse)
    with (
        pytest.raises(ValueError, match="^SLURM's settings: Got unexpected keyword argument 'kueue'$"),
        clusters.slurm_cluster(1, **JOB, kueue="x"),
    ):
        pass


def test_a_job_has_one_process_for_each_core_unless_it_is_said_otherwise():
    assert clusters._one_thread({"cores": 8})["processes"] == 8
    assert clusters._one_thread({"cores": 8, "processes": 2})["processes"] == 2
