"""The commands ``skymodel run`` and ``skymodel validate``."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from skymodel.cli.terminal import NoPlugins, Plugins, clear, one_line_errors, plugins, progress, say

_COMPUTING = 0.65  # share of the time; the rest draws figures and writes
Config = Annotated[
    str | None, typer.Argument(metavar="CONFIG", help="YAML file or preset; by default the preset 'paper'.")
]


def run(
    config: Config = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder to write; by default skymodel-run-001, -002, ..."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run that DIR already holds.")] = False,
    report_page: Annotated[
        bool, typer.Option("--report/--no-report", help="Whether the page report.html is written, too.")
    ] = True,
    figures: Annotated[str, typer.Option("--format", help="Format of the figures: png, pdf or svg.")] = "png",
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither read nor keep maps of J in the user's cache folder.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but where the files are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers of the first screen as JSON.")] = False,
    origin: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Repeat the run that a file or folder is of.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Workers for the map; by default map.workers, or all cores.")
    ] = None,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Compute maps, fluxes, spectrum and the verdict on the ratio; print the main numbers and write a folder.

    Example: skymodel run mine.yaml --out my-run
    """
    with one_line_errors(), plugins(plugin, no_plugins), contextlib.ExitStack() as held:
        from skymodel.output.files.cache import MapCache
        from skymodel.output.files.whole import claimed
        from skymodel.output.folders import run as folder
        from skymodel.progress import Steps
        from skymodel.runs.config.files import read_raw
        from skymodel.runs.config.model import RunConfig, load_config
        from skymodel.runs.one.cache import NothingKept
        from skymodel.runs.one.run import run as compute

        given = read_raw(config) if origin is None else _repeated(origin, config)
        settings = _stating(load_config(config) if origin is None else RunConfig(**given), given, workers)
        folder.check(out, overwrite)
        folder.require_format(figures)
        clear(Path.cwd() if out is None else out.absolute().parent)
        if out is not None:
            held.enter_context(claimed(out))
        equal = folder.equal_run(settings, Path.cwd() if out is None else out.parent)
        cache = None if no_cache else MapCache()
        with progress() as report:
            result = compute(
                settings,
                progress=lambda what, share: report(what, _COMPUTING * share),
                cache=cache or NothingKept(),
            )
            steps = Steps(lambda what, share: report(what, _COMPUTING + (1 - _COMPUTING) * share), {"writing": 1.0})
            with steps("writing") as counted:
                how: dict[str, Any] = {"report": report_page, "figures": figures, "progress": counted}
                written = folder.write(result, out, overwrite=overwrite, **how)
        if short := result.maps["J"].meta.get("short"):
            say(f"skymodel: {short} pixels are short of map.rtol and carry the errors they have", err=True)
        for note in cache.told() if cache else []:
            say(f"skymodel: {note}", err=True)
    with one_line_errors(f"interrupted while printing; the run is complete in '{written}'"):
        _show(result, written, given, (quiet, as_json))
        if equal is not None and not (quiet or as_json):
            say(f"repeats      {equal}, which holds the same configuration")


def _repeated(origin: Path, config: str | None) -> dict[str, Any]:
    """Return the configuration of the run that a file is of."""
    from skymodel.output.files.origin import run_config

    if config is not None:
        raise ValueError(f"--from {origin} and CONFIG {config} are two configurations; give one")
    return run_config(origin)


def _stating(settings: Any, given: Any, workers: int | None) -> Any:
    """Return a configuration whose map states what is short of its tolerance, unless the file says otherwise."""
    changes: dict[str, Any] = {} if "shortfall" in (given.get("map") or {}) else {"shortfall": "state"}
    if workers is not None:
        changes["workers"] = workers
    return settings.model_copy(update={"map": settings.map.model_copy(update=changes)})


def _show(result: Any, written: Path, given: Any, form: tuple[bool, bool]) -> None:
    import json

    from skymodel.output import first_screen

    quiet, as_json = form
    if as_json:
        typer.echo(json.dumps(first_screen.summary(result, written)))
    elif quiet:
        typer.echo(str(written))
    else:
        wide = min(first_screen.WIDTH, shutil.get_terminal_size((first_screen.WIDTH, 24)).columns)
        say(first_screen.first_screen(result, written, given, wide))


def validate(config: Config = None, plugin: Plugins = None, no_plugins: NoPlugins = False) -> None:
    """Check a configuration without running it and print what it resolves to.

    Example: skymodel validate mine.yaml
    """
    with one_line_errors(), plugins(plugin, no_plugins):
        import yaml

        from skymodel.runs.config.model import load_config
        from skymodel.runs.one.probe import require_densities
        from skymodel.runs.one.run import require_memory

        settings = load_config(config)
        require_memory(settings)
        require_densities(settings)
        if config and settings.ensemble is not None:
            from skymodel.runs.many.ensemble import load_ensemble

            load_ensemble(config)
        typer.echo(yaml.safe_dump(settings.resolved(), sort_keys=False, width=110, allow_unicode=True), nl=False)
        say(f"{config or 'paper'} is valid", err=True)
