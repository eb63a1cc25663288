"""The command line: one module for each group of commands, here what they are called and how they fail.

Bad input, a wrong option too, ends with one line on standard error and exit code 2, an interrupt with 130; neither
leaves files behind. Results go to standard output; progress shows on standard error, on a terminal only.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from skymodel.cli.compare import compare
from skymodel.cli.ensemble import ensemble
from skymodel.cli.explore import explore
from skymodel.cli.export import export
from skymodel.cli.fit import fit
from skymodel.cli.run import run, validate
from skymodel.cli.shelf import profiles
from skymodel.cli.signals import STOP
from skymodel.cli.small import flux, los, window
from skymodel.cli.start import init, presets, schema
from skymodel.cli.terminal import shown

_HELP = {"help_option_names": ["-h", "--help"]}
_AFTER = (
    "Exit codes: 0 done, 2 bad input (one line says what), 130 interrupted, 143 ended. "
    "Completion of commands and options: skymodel --install-completion."
)


_UsageError: Any = typer.BadParameter.__bases__[0]  # of click, or of the copy that later versions of typer bring


class OneLineErrors(TyperGroup):
    """The commands; what is wrong with their options is said in one line, as all else."""

    def main(self, *args: Any, standalone_mode: bool = True, **settings: Any) -> Any:
        """Run a command and exit with its code."""
        run: Any = super().main
        settings["prog_name"] = "skymodel"
        try:
            code = run(*args, standalone_mode=False, **settings)
        except _UsageError as error:
            context = error.ctx.command_path if error.ctx else "skymodel"
            text = error.format_message()
            typer.echo(f"skymodel: {shown(text).rstrip('.')}; see '{context} --help'", err=True)
            code = 2
        except typer.Abort:
            typer.echo("skymodel: interrupted; no output was left behind", err=True)
            code = 130
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


app = typer.Typer(
    cls=OneLineErrors,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it fits any terminal, and loads at once
    context_settings=_HELP,
    epilog=_AFTER,
)


def main() -> None:
    """Run the command line; the entry point of the ``skymodel`` command."""
    STOP.catch()
    try:
        app()
    finally:
        STOP.release()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"skymodel {version('skymodel')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Sky maps and line-of-sight forward modelling of products of dark-matter and baryon densities."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for _command in (
    run,
    validate,
    profiles,
    flux,
    los,
    window,
    fit,
    presets,
    init,
    schema,
    ensemble,
    compare,
    export,
    explore,
):
    # `los 30 -2`: a negative latitude is a number and no option
    app.command(context_settings=_HELP | {"ignore_unknown_options": _command is los})(_command)
