"""The command ``skymodel compare``: two HEALPix files, how alike they are, as tables and a figure."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from skymodel.cli.small import REGION, region_of
from skymodel.cli.terminal import one_line_errors, progress, say


def compare(
    first: Annotated[str, typer.Argument(metavar="A.fits", help="A HEALPix file; A.fits[NAME][1 MeV] picks a map.")],
    second: Annotated[str, typer.Argument(metavar="B.fits", help="Another, of any nside and ordering.")],
    region: Annotated[
        str | None,
        typer.Option("--region", help=REGION),
    ] = None,
    beam: Annotated[
        list[str] | None,
        typer.Option(
            "--beam", help="Full width at half maximum, '3 deg', or instrument@MeV: spi@0.511; twice for one each."
        ),
    ] = None,
    exposure: Annotated[
        str | None, typer.Option("--exposure", help="Area times time, '1e9 cm2 s', for a p-value from mocks of counts.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit of maps that name none; '' for numbers.")] = None,
    frame: Annotated[
        str | None, typer.Option("--frame", help="Frame of maps that name none: galactic, icrs or ecliptic.")
    ] = None,
    galactic: Annotated[bool, typer.Option("--galactic", help="The same as --frame galactic.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="New folder for tables and figure.")] = None,
) -> None:
    """Compare two HEALPix maps: likeness, shapes, residual, correlation by scale, each with its error.

    Example: skymodel compare line.fits continuum.fits --beam spi@0.511 --beam '3 deg' --region "circle 0 0 20"
    """
    with one_line_errors():
        from skymodel.output import console
        from skymodel.output.folders import comparison as comparison_folder
        from skymodel.output.folders import fresh
        from skymodel.output.folders.compare import compare_files

        fresh.check(out)
        part = None if region is None else region_of(region, "--region")
        seen, counted = _beams(beam or []), None if exposure is None else _exposure(exposure)
        said: dict[str, Any] = {"unit": unit, "frame": "galactic" if galactic else frame}
        with _messages_name_options(), progress() as report:
            found = compare_files(first, second, region=part, beam=seen, exposure=counted, progress=report, **said)
        each = seen if isinstance(seen, tuple) else (seen,)
        found.likeness.meta["beam"] = " and ".join(getattr(one, "origin", "as given") for one in each)
        written = None if out is None else comparison_folder.write(found, out)
        console.show_comparison(found)
        if written is not None:
            say(f"\nwritten to {written}")


@contextlib.contextmanager
def _messages_name_options() -> Iterator[None]:
    """Put the command's options where a message of the library names arguments."""
    try:
        yield
    except ValueError as error:
        text = str(error).replace("frame='galactic'", "--frame galactic").replace("unit='...'", "--unit '...'")
        raise ValueError(text) from error


def _beams(texts: list[str]) -> Any:
    """Return no beam, that of both maps, or a pair."""
    if len(texts) > 2:
        raise ValueError(f"--beam is given {len(texts)} times; allowed: once for both maps, or twice, for A and for B")
    found = tuple(map(_beam, texts))
    return found if len(found) == 2 else (found or (None,))[0]


def _exposure(text: str) -> float:
    """Return an area times a time [cm2 s]; a bare number is in that unit."""
    from astropy import units

    try:
        given = units.Quantity(text)
        number = float(given.value if given.unit == units.dimensionless_unscaled else given.to_value("cm2 s"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"--exposure {text!r}; write an area times a time, as in '1e9 cm2 s'") from error
    if not 0 < number < math.inf:
        raise ValueError(f"--exposure {text!r}; allowed: more than 0 cm2 s, as in '1e9 cm2 s'")
    return number


def _beam(text: str) -> Any:
    """Return the beam of a width or of an instrument; a bare number is a width in degrees, as it always was here."""
    from skymodel.sky.instruments import read_beam

    with contextlib.suppress(ValueError):
        text = f"{float(text)} deg"
    try:
        return read_beam(text)
    except ValueError as error:
        raise ValueError(f"--beam: {error}") from None
