"""The command ``skymodel compare``: two HEALPix files, how alike they are, as tables and a figure."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from profiles.contract.spelling import options
from skymodel.cli.terminal import one_line_errors


def compare(
    first: Annotated[str, typer.Argument(metavar="A.fits", help="A HEALPix file; A.fits[NAME][1 MeV] picks a map.")],
    second: Annotated[str, typer.Argument(metavar="B.fits", help="Another, of any nside and ordering.")],
    region: Annotated[
        str | None,
        typer.Option("--region", help="integral_circle, comptel_window or '{lon: 0 deg, lat: 0 deg, radius: 10 deg}'."),
    ] = None,
    beam: Annotated[
        str | None, typer.Option("--beam", help="Full width at half maximum [deg], or instrument@MeV: spi@0.511.")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit of maps that name none; '' for numbers.")] = None,
    frame: Annotated[
        str | None, typer.Option("--frame", help="Frame of maps that name none: galactic, icrs or ecliptic.")
    ] = None,
    galactic: Annotated[bool, typer.Option("--galactic", help="The same as --frame galactic.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="New folder for tables and figure.")] = None,
) -> None:
    """Compare two HEALPix maps: likeness, shapes, residual, correlation by scale, each with its error."""
    with one_line_errors():
        from skymodel.output import console
        from skymodel.output.folders import comparison as comparison_folder
        from skymodel.output.folders.compare import compare_files

        comparison_folder.check(out)
        part, (seen, origin) = _region(region), (None, "") if beam is None else _beam(beam)
        with _messages_name_options():
            found = compare_files(
                first, second, region=part, beam=seen, unit=unit, frame="galactic" if galactic else frame
            )
        found.likeness.meta["beam"] = origin
        written = None if out is None else comparison_folder.write(found, out)
        console.show_comparison(found)
        if written is not None:
            typer.echo(f"\nwritten to {written}")


@contextlib.contextmanager
def _messages_name_options() -> Iterator[None]:
    """Put the command's options where a message of the library names arguments."""
    try:
        yield
    except ValueError as error:
        text = str(error).replace("frame='galactic'", "--frame galactic").replace("unit='...'", "--unit '...'")
        raise ValueError(text) from error


def _region(text: str | None) -> Any:
    """Return the name or the mapping of a region."""
    import yaml

    if text is None:
        return None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError(f"--region {text}; write a name, or a mapping such as {{lon: 0 deg, ...}}") from None


def _beam(text: str) -> tuple[Any, str]:
    """Return the Gaussian beam of a width [deg], or of an instrument at an energy [MeV], and its width's origin."""
    from skymodel.sky.beams import GaussianBeam

    name, at, energy = text.partition("@")
    if not at:
        return GaussianBeam(_number(text, "--beam")), "as given"
    cited = _instrument(name).resolution(_number(energy, "--beam"))
    return GaussianBeam(cited.value), f"{cited.source}: {cited.status}"


def _instrument(name: str) -> Any:
    from skymodel.sky.instruments import load_instruments

    known = load_instruments()
    if name not in known:
        raise ValueError(f"--beam: no instrument {name!r}{options(name, known)}")
    return known[name]


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{option} {text}; write a width in degrees, or instrument@MeV as in spi@0.511") from None
