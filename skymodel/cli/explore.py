"""The command ``skymodel explore``: a local page on which a model is moved and looked at."""

from __future__ import annotations

from typing import Annotated

import typer

from skymodel.cli.terminal import NoPlugins, Plugins, one_line_errors, plugins


def explore(
    config: Annotated[
        str | None,
        typer.Argument(metavar="CONFIG", help="YAML file or preset to begin with; a simple model by default."),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; a free one by default.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open the page in a browser.")
    ] = True,
    stay: Annotated[bool, typer.Option("--stay", help="Go on after the last page is closed.")] = False,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Open a local page: choose densities, move sliders, see map, profiles, W, fluxes and spectrum follow."""
    with one_line_errors("the explorer has stopped"), plugins(plugin, no_plugins):
        from skymodel.explore.server import serve
        from skymodel.runs.config.model import load_config

        def ready(address: str) -> None:
            typer.echo(f"the explorer is at {address} (Ctrl-C stops it)")
            if browser:
                import webbrowser

                webbrowser.open(address)

        serve(None if config is None else load_config(config), port=port, ready=ready, stay=stay)
