"""Two HEALPix files compared: what stands behind ``skymodel compare A.fits B.fits``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from skymodel.comparison.forecast.told_apart import p_value
from skymodel.comparison.likeness.morphology import Beams, Comparison, compare
from skymodel.progress import Progress, Steps
from skymodel.sky.reading.addresses import parsed
from skymodel.sky.reading.maps import read_map
from skymodel.sky.region import as_region
from skymodel.sky.regions import Circle, region_from_config
from skymodel.sky.skymap import SkyMap


def compare_files(
    first: str | Path,
    second: str | Path,
    *,
    region: Any = None,
    beam: Beams = None,
    exposure: float | None = None,
    unit: Any = None,
    frame: str | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Return how alike the maps of two files are.

    Parameters
    ----------
    first, second
        FITS files; ``maps.fits[LINE_511]`` names the map, ``cube.fits[1 MeV]`` one of a cube, else it is the first.
    region
        Name, mapping or region where they are compared; the whole sky by default.
    beam
        Seen through which, one for both or one for each.
    exposure
        Effective area times time [cm2 s] for the p-value in ``likeness.meta["p_value"]``: the chance that one sky looks
        as unlike itself (:func:`~skymodel.comparison.forecast.told_apart.p_value`).
    unit, frame
        What the files do not say about themselves; see :func:`~skymodel.sky.reading.maps.read_map`.
    progress
        Called with the step and the share of the whole that is done.

    Raises
    ------
    ValueError
        If a file, a map or the region will not do; the message says why.
    """
    maps = _told_apart([read_map(path, unit=unit, frame=frame) for path in (first, second)], (first, second))
    part = Circle(0, 0, 180) if region is None else region
    part = region_from_config(part) if isinstance(part, str | dict) else as_region(part)
    weights = {"likeness and shapes": 4, "mocks": 4} if exposure is not None else {"likeness and shapes": 4}
    steps = Steps(progress, weights)
    with steps("likeness and shapes") as counted:
        found = compare(*maps, region=part, beam=beam, progress=lambda _, share: counted(round(1000 * share), 1000))
    if exposure is not None:
        with steps("mocks"):
            chance = p_value(found.first, found.second, part, exposure=exposure)
        found.likeness.meta |= {"p_value": chance, "exposure_cm2_s": exposure}
    return found


def _told_apart(maps: list[SkyMap], paths: tuple[str | Path, str | Path]) -> list[SkyMap]:
    """Return two maps under two names: of one name, each is put behind its file's, and its folder's if it must be."""
    if maps[0].name != maps[1].name:
        return maps
    files = [Path(parsed(path).file).resolve() for path in paths]
    stems = [file.stem for file in files]
    if stems[0] == stems[1]:
        stems = [f"{file.parent.name}/{file.stem}" for file in files]
    if stems[0] == stems[1]:
        stems = ["first", "second"]
    return [replace(sky, name=f"{stem} {sky.name}") for sky, stem in zip(maps, stems, strict=True)]
