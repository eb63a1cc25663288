"""The command ``skymodel fit``: the chi that COMPTEL's points ask of a configuration, without its maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skymodel.cli.run import Config
from skymodel.cli.small import AsJson, Tolerance
from skymodel.cli.terminal import NoPlugins, Plugins, one_line_errors, plugins, say


def fit(
    config: Config = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="New folder for the table, its figure and report.html.")
    ] = None,
    rtol: Tolerance = 1e-4,
    as_json: AsJson = False,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Fit chi to COMPTEL's points: for each spectrum, counting and background, with W = 1 and with W of the densities.

    Example: skymodel fit mine.yaml --out my-fit
    """
    with one_line_errors(), plugins(plugin, no_plugins):
        import json

        from skymodel.output import console, first_screen
        from skymodel.output.folders import chi as folder
        from skymodel.output.folders import fresh
        from skymodel.runs.config.model import load_config
        from skymodel.runs.one.chi import fit as compute

        settings = load_config(config)
        fresh.check(out)
        found = compute(settings, rtol=rtol)
        written = None if out is None else folder.write(found, out)
        if as_json:
            window = {"value": found.window.value, "error": found.window.error}
            typer.echo(json.dumps({"W": window, "fits": [first_screen.plain_row(row) for row in found.table]}))
            return
        console.show_fit(found)
        if written is not None:
            say(f"\nwritten to {written}: report.html, fits.ecsv, chi.png")
