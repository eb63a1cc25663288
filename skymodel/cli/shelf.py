"""The command ``skymodel profiles``: what is on the shelf of densities."""

from __future__ import annotations

from typing import Annotated

import typer

from skymodel.cli.terminal import one_line_errors


def profiles(name: Annotated[str | None, typer.Argument(help="A profile or preset to describe.")] = None) -> None:
    """List the installed profiles and presets, or describe one: formula, parameters, units, reference.

    Example: skymodel profiles einasto
    """
    with one_line_errors():
        from profiles import library
        from skymodel.output import console

        if name is None:
            console.show_catalogue(library.catalogue())
        else:
            typer.echo(str(library.about(name)))
