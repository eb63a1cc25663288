"""Two HEALPix files compared: what stands behind ``skymodel compare A.fits B.fits``."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from skymodel.comparison.likeness.morphology import Comparison, compare
from skymodel.output.files.fits_read import read_maps
from skymodel.sky.beams import Beam
from skymodel.sky.region import as_region
from skymodel.sky.regions import Circle, region_from_config
from skymodel.sky.skymap import SkyMap

_NAMELESS = ("", "xtension")  # the second is what healpy calls every table
_NAMED = re.compile(r"(?P<path>.+)\[(?P<name>[^\[\]]+)\]$")


def compare_files(
    first: str | Path,
    second: str | Path,
    *,
    region: Any = None,
    beam: Beam | None = None,
    unit: Any = None,
    galactic: bool = False,
) -> Comparison:
    """Return how alike the maps of two files are.

    Parameters
    ----------
    first, second
        FITS files; ``maps.fits[LINE_511]`` names the map, else it is the first of the file.
    region
        Name, mapping or region where they are compared; the whole sky by default.
    beam
        Seen through which.
    unit, galactic
        What the files do not say about themselves; see :func:`~skymodel.output.files.fits_read.read_maps`.

    Raises
    ------
    ValueError
        If a file, a map or the region will not do; the message says why.
    """
    maps = _told_apart([open_map(path, unit=unit, galactic=galactic) for path in (first, second)], (first, second))
    part = Circle(0, 0, 180) if region is None else region
    part = region_from_config(part) if isinstance(part, str | dict) else as_region(part)
    return compare(*maps, region=part, beam=beam)


def open_map(path: str | Path, *, unit: Any = None, galactic: bool = False) -> SkyMap:
    """Return one map of a file: the one named in brackets, ``maps.fits[LINE_511]``, or the first.

    Raises
    ------
    ValueError
        If the file holds no map of that name.
    """
    named = _NAMED.match(str(path))
    found = read_maps(named["path"] if named else path, unit=unit, galactic=galactic)
    if named is None:
        sky = next(iter(found.values()))
        return replace(sky, name=Path(path).stem) if sky.name.lower() in _NAMELESS else sky
    if named["name"] not in found:
        raise ValueError(f"'{named['path']}' holds no map {named['name']!r}; it holds {', '.join(found)}")
    return found[named["name"]]


def _told_apart(maps: list[SkyMap], paths: tuple[str | Path, str | Path]) -> list[SkyMap]:
    """Return two maps under two names: of one name, each is put behind its file's, and its folder's if it must be."""
    if maps[0].name != maps[1].name:
        return maps
    files = [Path(named["path"] if (named := _NAMED.match(str(path))) else path).resolve() for path in paths]
    stems = [file.stem for file in files]
    if stems[0] == stems[1]:
        stems = [f"{file.parent.name}/{file.stem}" for file in files]
    if stems[0] == stems[1]:
        stems = ["first", "second"]
    return [replace(sky, name=f"{stem} {sky.name}") for sky, stem in zip(maps, stems, strict=True)]
