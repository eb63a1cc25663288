"""Where the workers of an ensemble run: processes of this machine, a running Dask cluster, or SLURM jobs.

Each function yields a ``distributed.Client`` for :func:`skymodel.runs.many.workers.on_cluster` and ends what it
started.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import shutil
import signal
import threading
from collections.abc import Iterator
from typing import Any

_PATIENCE = 10.0  # seconds to wait for a scheduler
_WORKERS_PATIENCE = 60.0  # seconds to wait for its first worker

# With Dask's own MALLOC_TRIM_THRESHOLD_ glibc stops adapting its thresholds and maps every array above 128 KiB anew:
# 1165 page faults a draw instead of 1, and 1.7 times the time. glibc adapts up to the values exported here.
_DASK_TRIM = "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_"
_DASK_TRIM_DEFAULT = "65536"
_EXPORTS = ("export MALLOC_MMAP_THRESHOLD_=33554432", "export MALLOC_TRIM_THRESHOLD_=67108864")


@contextlib.contextmanager
def local_cluster(workers: int) -> Iterator[Any]:
    """Yield the client of a new local cluster of `workers` processes, one thread each, on 127.0.0.1."""
    distributed = _distributed()
    import dask

    with dask.config.set(_memory_settings()), _deaf():  # both are taken over when a worker starts
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.ERROR,
        )
    with cluster, distributed.Client(cluster) as client:
        yield client


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Let Ctrl-C reach this process alone: a worker that is started here ignores it and ends with its cluster."""
    if threading.current_thread() is not threading.main_thread():  # others may not handle signals
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _memory_settings() -> dict[str, None]:
    """Return what leaves glibc's memory thresholds alone in the workers, unless the user's own settings choose some."""
    import dask

    chosen = str(dask.config.get(_DASK_TRIM, default=None)) != _DASK_TRIM_DEFAULT
    return {} if chosen else {_DASK_TRIM: None}


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
    for who, theirs in _answers(client).items():
        if isinstance(theirs, OSError):  # it has left
            continue
        if isinstance(theirs, Exception):
            raise ConnectionError(f"{who} does not run this skymodel: {theirs}; install the same there")
        different = [
            f"{name} {theirs.get(name)} there, {mine[name]} here" for name in mine if theirs.get(name) != mine[name]
        ]
        if different:
            raise ConnectionError(f"{who} runs other versions: {'; '.join(different)}; install the same")


def _answers(client: Any) -> dict[str, Any]:
    """Return the versions of the scheduler, which reads every task, and of the workers; or why there are none."""
    workers = client.run(_versions, on_error="return")
    try:
        scheduler = client.run_on_scheduler(_versions)
    except Exception as error:  # whatever went wrong there is raised here
        scheduler = error
    return {"the scheduler": scheduler} | {f"worker {address}": answer for address, answer in workers.items()}


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("skymodel", "numpy", "scipy")}


@contextlib.contextmanager
def slurm_cluster(jobs: int, **settings: Any) -> Iterator[Any]:
    """Yield the client of `jobs` SLURM jobs, which may start later.

    Parameters
    ----------
    jobs
        How many jobs to ask for.
    **settings
        Those of ``dask_jobqueue.SLURMCluster``: queue, cores, memory, walltime, ...; a job has one process for each
        core unless `processes` says otherwise.

    Raises
    ------
    ConnectionError
        If there is no SLURM here, or it refuses the jobs.
    ValueError
        If a setting is not known or one is missing.
    """
    distributed = _distributed()
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise ValueError("SLURM needs the extra 'cluster': pip install 'skymodel[cluster]'") from error
    if shutil.which("sbatch") is None:
        raise ConnectionError("there is no 'sbatch' here; --slurm is for a machine that submits jobs to SLURM")
    try:
        cluster = SLURMCluster(**_one_thread(settings) | {"job_script_prologue": _prologue(settings)})
    except (TypeError, ValueError) as error:
        raise ValueError(f"SLURM's settings: {str(error).partition('. ')[0]}") from error
    with cluster:
        _submit(cluster, jobs)
        with distributed.Client(cluster) as client:
            yield client


def _submit(cluster: Any, jobs: int) -> None:
    """Ask for the jobs and wait until sbatch has taken them; ``scale`` alone would keep its refusal to itself."""

    async def submitted() -> None:
        cluster.scale(jobs=jobs)
        await cluster._correct_state()

    try:
        cluster.sync(submitted)
    except (OSError, RuntimeError, ValueError) as error:
        cluster._created.clear()  # closing the cluster is sure that every job has started
        said = " ".join(str(error).partition("stderr:")[2].split()) or str(error)
        raise ConnectionError(f"sbatch refused the jobs: {said}") from error


def _one_thread(settings: dict[str, Any]) -> dict[str, Any]:
    return {"processes": settings["cores"]} | settings if "cores" in settings else settings


def _prologue(settings: dict[str, Any]) -> list[str]:
    """Return what a job does before its worker starts, the user's lines last so that they decide.

    A variable of a worker's environment goes before Dask's settings (``_get_env_variables`` in distributed.nanny).
    """
    import dask

    chosen = settings.get("job_script_prologue", dask.config.get("jobqueue.slurm.job-script-prologue", default=None))
    return [*_EXPORTS, *(chosen or [])]


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ValueError("more than one worker needs the extra 'cluster': pip install 'skymodel[cluster]'") from error
    return distributed
