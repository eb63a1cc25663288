"""What the commands share at the terminal: errors in one line, exit codes, a progress bar."""

from __future__ import annotations

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
    except (ValueError, OSError) as error:
        typer.echo(f"skymodel: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def progress() -> Iterator[Report]:
    """Yield ``report(stage, share_done)``, drawn as a bar on a terminal and silent elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    screen = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("starting", total=1.0)
        yield lambda stage, done: bar.update(task, description=stage, completed=done)
