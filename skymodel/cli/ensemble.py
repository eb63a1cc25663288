"""The command ``skymodel ensemble``: draw galaxies from priors, here or on a cluster, resuming where it stopped."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from skymodel.cli.terminal import NoPlugins, Plugins, clear, one_line_errors, plugins, progress, say


def ensemble(
    config: Annotated[str, typer.Argument(metavar="CONFIG", help="YAML file with a model and its priors.")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder that keeps the draws; resumed if it holds some.")
    ],
    draws: Annotated[int | None, typer.Option("--draws", min=1, help="Number of draws in all.")] = None,
    maps: Annotated[
        bool, typer.Option("--maps", help="Keep each draw's map too, at the model's map.nside, as zarr for xarray.")
    ] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Worker processes on this machine.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="tcp://...", help="A running Dask cluster.")
    ] = None,
    slurm: Annotated[
        Path | None, typer.Option("--slurm", metavar="YAML", help="SLURM jobs: 'jobs' and dask-jobqueue's settings.")
    ] = None,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Compute part I of N, for job arrays without Dask.")
    ] = None,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Draw galaxies from priors and say how far the ratio of the windows depends on them."""
    last_words = "interrupted; the draws that were computed are kept, the same command goes on"
    with one_line_errors(last_words), plugins(plugin, no_plugins):
        from skymodel.output.files.map_store import require_xarray
        from skymodel.output.files.store import found_store, open_store
        from skymodel.output.folders.ensemble import summarise
        from skymodel.runs.many import workers as crew
        from skymodel.runs.many.ensemble import load_ensemble

        settings = load_ensemble(config, draws=draws, maps=maps or None)
        if settings.maps:
            require_xarray()
        clear(out)
        missing = found_store(out, settings.resolved()).missing(settings.draws)
        if shard is not None:
            missing = crew.shard(missing, settings.draws, *_shard(shard))
        asked = sum(last - first for first, last in missing)
        with _batches(settings, missing, workers, scheduler, slurm) as batches, progress() as report:
            store, done = open_store(out, settings.resolved()), 0  # made only now that nothing can refuse
            for batch in batches:
                with _resumable(store, "before "):
                    store.add(batch.first, batch.last, batch.rows, batch.maps)
                done += batch.last - batch.first
                report(f"{done} of {asked} draws", done / asked)
        left = sum(last - first for first, last in store.missing(settings.draws))
        say(f"{asked} draws computed, {left} of {settings.draws} still missing in {out}")
        if left == 0:
            with _resumable(store):
                verdict = summarise(store, settings)
            say(verdict)


@contextlib.contextmanager
def _resumable(store: Any, which: str = "") -> Iterator[None]:
    """Say of a write that fails what is kept nevertheless."""
    try:
        yield
    except OSError as error:
        kept = f"the draws {which}are kept in '{store.folder}' and the same command goes on"
        raise OSError(f"{error}; {kept}") from error


def _shard(text: str) -> tuple[int, int]:
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit() and int(count) > 0):
        raise ValueError(f"--shard {text}; write part and number of parts, from 1/4 to 4/4")
    return int(index) - 1, int(count)


@contextlib.contextmanager
def _batches(
    settings: Any, missing: Any, workers: int, scheduler: str | None, slurm: Path | None
) -> Iterator[Iterator[Any]]:
    """Yield the iterator of batches; the cluster that computes them ends with it."""
    from skymodel.runs.many import workers as crew

    if scheduler is not None and slurm is not None:
        raise ValueError("--scheduler and --slurm are two clusters; give one")
    connect = _cluster(workers, scheduler, slurm)
    if connect is None or not missing:
        yield crew.here(settings, missing)
        return
    _quiet_dask()
    with connect() as client:
        yield crew.on_cluster(client, settings, missing)


def _quiet_dask() -> None:
    """Keep Dask's tracebacks off the terminal: what goes wrong is said in one line, by us."""
    with contextlib.suppress(ImportError):
        import distributed  # noqa: F401  # its loggers are made by the import
    for name in [*logging.root.manager.loggerDict, "asyncio", "tornado.application"]:
        if name.startswith(("distributed", "asyncio", "tornado")):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _cluster(workers: int, scheduler: str | None, slurm: Path | None) -> Callable[[], Any] | None:
    from skymodel.runs.many import clusters

    if scheduler is not None:
        return lambda: clusters.connect(scheduler)
    if slurm is not None:
        return lambda: clusters.slurm_cluster(**_slurm_settings(slurm))
    return (lambda: clusters.local_cluster(workers)) if workers > 1 else None


def _slurm_settings(path: Path) -> dict[str, Any]:
    from skymodel.runs.config.yamlfile import read_yaml

    if not path.is_file():
        raise ValueError(f"--slurm: no file '{path}'")
    settings = read_yaml(path)
    if not isinstance(settings, dict) or not isinstance(settings.get("jobs"), int):
        raise ValueError(
            f"'{path}' needs 'jobs: N' and the settings of dask_jobqueue.SLURMCluster (cores, memory, ...)"
        )
    return settings
