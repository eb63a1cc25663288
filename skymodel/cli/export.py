"""The command ``skymodel export``: a map or a region as other tools take it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skymodel.cli.terminal import one_line_errors, say


def export(
    source: Annotated[
        str, typer.Argument(metavar="MAP|REGION", help="maps.fits[LINE_511], cube.fits[1 MeV]; a region for --to moc.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="New file or folder.")],
    to: Annotated[
        str, typer.Option("--to", help="healpix, gammapy, threeml (cosipy), gammalib, image (GLON-CAR), table, moc.")
    ] = "healpix",
    unit: Annotated[str | None, typer.Option("--unit", help="Unit of a map that names none.")] = None,
    frame: Annotated[str | None, typer.Option("--frame", help="Frame of a map that names none.")] = None,
) -> None:
    """Hand a map over to another tool, or a region as a MOC."""
    with one_line_errors():
        from skymodel.output.export.formats import export as write
        from skymodel.output.export.formats import export_region
        from skymodel.sky.reading.maps import read_map

        if to == "moc":
            written = export_region(source, out)
        else:
            written = write(read_map(source, unit=unit, frame=frame), to, out)
        say(f"written to {written}")
