"""The command line: ``skymodel run``, ``validate``, ``profiles``, ``ensemble``, ``compare``.

Bad input ends with one line on standard error and exit code 2, an interrupt with 130; neither leaves files behind.
Results go to standard output; progress shows on standard error, on a terminal only.
"""

from __future__ import annotations

import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from skymodel.cli.compare import compare
from skymodel.cli.ensemble import ensemble
from skymodel.cli.explore import explore
from skymodel.cli.terminal import one_line_errors, progress

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)

Config = Annotated[
    str | None, typer.Argument(metavar="CONFIG", help="YAML file or preset; by default the preset 'paper'.")
]


def main() -> None:
    """Run the command line; the entry point of the ``skymodel`` command."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unwinds, so that no half-written folder stays behind
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"skymodel {version('skymodel')}")
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Sky maps and line-of-sight forward modelling of products of dark-matter and baryon densities."""


@app.command()
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
) -> None:
    """Compute maps, fluxes, spectrum and the verdict on the ratio; print them and write a folder."""
    with one_line_errors():
        from skymodel.output import console
        from skymodel.output.folders import run as folder
        from skymodel.runs.config.model import load_config
        from skymodel.runs.one.run import run as compute

        settings = load_config(config)
        folder.check(out, overwrite)
        with progress() as report:
            result = compute(settings, progress=report)
            report("writing", 1.0)
            written = folder.write(result, out, overwrite=overwrite, report=report_page)
    with one_line_errors(f"interrupted while printing; the run is complete in '{written}'"):
        console.show(result, written)


@app.command()
def validate(config: Config = None) -> None:
    """Check a configuration without running it and print what it resolves to."""
    with one_line_errors():
        import yaml

        from skymodel.runs.config.model import load_config

        settings = load_config(config)
        typer.echo(yaml.safe_dump(settings.resolved(), sort_keys=False, width=110, allow_unicode=True), nl=False)
        typer.echo(f"{config or 'paper'} is valid", err=True)


@app.command()
def profiles(name: Annotated[str | None, typer.Argument(help="A profile or preset to describe.")] = None) -> None:
    """List the installed profiles and presets, or describe one: formula, parameters, units, reference."""
    with one_line_errors():
        from profiles import library
        from skymodel.output import console

        if name is None:
            console.show_catalogue(library.catalogue())
        else:
            typer.echo(str(library.about(name)))


app.command()(ensemble)
app.command()(compare)
app.command()(explore)
