"""What the commands share at the terminal: errors in one line, exit codes, a progress bar."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from profiles.contract.spelling import plain
from skymodel.cli.signals import STOP

Report = Callable[[str, float], Any]
Plugins = Annotated[
    list[str] | None,
    typer.Option("--plugin", metavar="NAME", help="An installed module that the configuration may import from."),
]
NoPlugins = Annotated[bool, typer.Option("--no-plugins", help="Use the built-in profiles only.")]
_REDRAWN = 0.1  # seconds from one drawing of the bar to the next
_LONGEST = 900  # characters of a message: the list of all profiles has 700


@contextmanager
def one_line_errors(interrupted: str = "interrupted; no output was left behind") -> Iterator[None]:
    """Turn bad input into one line and exit code 2, an interrupt into the line `interrupted` and 130."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"skymodel: {interrupted}", err=True)
        raise typer.Exit(130) from None
    except BrokenPipeError as error:
        if error.filename is None:  # whoever read what is printed has had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise typer.Exit(141) from None
        raise
    except (ValueError, TypeError, OSError, ArithmeticError, MemoryError, ModuleNotFoundError) as error:
        typer.echo(f"skymodel: {shown(_place_gone() or str(error)) or type(error).__name__}", err=True)
        raise typer.Exit(2) from None


def _place_gone() -> str:
    """Return what to say if the working directory has been removed, from which every error may follow."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return f"the working directory '{os.environ.get('PWD', '?')}' has been removed; change to another"
    return ""


def shown(text: str) -> str:
    r"""Return text from outside in one line that a terminal shows and never obeys, its middle cut if it is long.

    Examples
    --------
    >>> shown("no profile '\x1b[31mred'\n")
    "no profile '[31mred'"
    """
    line = " ".join(plain(" ".join(text.split())).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} ... {line[-_LONGEST // 2 :]}"


def say(text: str, err: bool = False) -> None:
    """Print lines, of which text from outside may be a part."""
    typer.echo(plain(text), err=err)


def clear(folder: Path) -> None:
    """Remove what killed processes left half-written in a folder, and say so."""
    from skymodel.output.files.whole import remove_left_overs

    for name in remove_left_overs(folder):
        say(f"skymodel: removed what a killed process had left half-written of '{name}'", err=True)


@contextmanager
def plugins(names: list[str] | None, none: bool) -> Iterator[None]:
    """Trust the modules named with --plugin, or with --no-plugins nothing but the built-in profiles."""
    from profiles.shelf.trust import trusting

    with trusting(plugins=tuple(names or ()), strangers=False if none else None):
        yield


@contextmanager
def progress() -> Iterator[Report]:
    """Yield ``report(what, share_done)``: what is done, how much of it, about how long still; silent off a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from skymodel.progress import Estimate

    screen, estimate = Console(stderr=True), Estimate(time.monotonic)
    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%  {task.fields[left]}"),
    )
    how: dict[str, Any] = {"console": screen, "transient": True, "disable": not screen.is_terminal}
    with Progress(*columns, auto_refresh=False, **how) as bar:  # a thread of its own would forbid forks
        task = bar.add_task("starting", total=1.0, left="")
        done, drawn = 0.0, -math.inf

        def report(what: str, share: float) -> None:
            nonlocal done, drawn
            STOP.check()
            done = max(done, share)
            if (now := time.monotonic()) - drawn > _REDRAWN or done == 1:
                bar.update(task, description=what, completed=done, left=estimate(done), refresh=True)
                drawn = now

        yield report
