"""What the commands share at the terminal: errors in one line, exit codes, a progress bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

Report = Callable[[str, float], Any]


@contextmanager
def one_line_errors(interrupted: str = "interrupted; no output was left behind") -> Iterator[None]:
    """Turn bad input into one line and exit code 2, an interrupt into the line `interrupted` and 130."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"skymodel: {interrupted}", err=True)
        raise typer.Exit(130) from None
    except (ValueError, TypeError, OSError, ArithmeticError, MemoryError, ModuleNotFoundError) as error:
        text = " ".join(str(error).split()) or type(error).__name__
        typer.echo(f"skymodel: {text}", err=True)
        raise typer.Exit(2) from None


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
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("starting", total=1.0, left="")
        done = 0.0

        def report(what: str, share: float) -> None:
            nonlocal done
            done = max(done, share)
            bar.update(task, description=what, completed=done, left=estimate(done))

        yield report
