"""The command ``skymodel profiles``: what is on the shelf of densities."""

from __future__ import annotations

from typing import Annotated

import typer

from skymodel.cli.terminal import NoPlugins, Plugins, one_line_errors, plugins, say


def profiles(
    name: Annotated[str | None, typer.Argument(help="A profile or preset to describe.")] = None,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """List the installed profiles and presets, or describe one: formula, parameters, units, reference.

    Example: skymodel profiles einasto
    """
    with one_line_errors(), plugins(plugin, no_plugins):
        from profiles import library
        from skymodel.output import console

        if name is None:
            console.show_catalogue(library.catalogue())
        else:
            say(str(library.about(name)))
