"""The commands ``skymodel init``, ``presets`` and ``schema``: how a configuration of one's own begins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from skymodel.cli.terminal import one_line_errors, say


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, for example mine.yaml.")],
) -> None:
    """Write a commented configuration to start from; an existing file is kept.

    Example: skymodel init mine.yaml && skymodel run mine.yaml
    """
    with one_line_errors():
        from skymodel.output.files.whole import whole
        from skymodel.runs.config.files import template

        if file.exists():
            raise FileExistsError(f"'{file}' exists and is kept; choose another name")
        if not file.absolute().parent.is_dir():
            raise FileNotFoundError(f"no folder '{file.parent}' to write '{file.name}' into; make it first")
        with whole(file) as draft:
            draft.write_text(template(), encoding="utf-8")
        say(f"written to {file}; edit it, then: skymodel validate {file}; skymodel run {file}")


def presets(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The preset to print.")] = None,
) -> None:
    """List the shipped configurations, or print one to copy from.

    Example: skymodel presets paper > mine.yaml
    """
    with one_line_errors():
        from skymodel.runs.config import files

        if name is not None:
            typer.echo(files.preset_text(name), nl=False)
            return
        for each in files.presets():
            typer.echo(f"{each:<16}{files.preset_title(each)}")


def schema() -> None:
    """Print the JSON schema of a configuration, for editors that complete and check YAML.

    Example: skymodel schema > skymodel.schema.json
    """
    with one_line_errors():
        from skymodel.runs.config.schema import json_schema

        typer.echo(json.dumps(json_schema(), indent=2))
