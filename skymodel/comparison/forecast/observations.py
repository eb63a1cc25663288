"""What instruments spend on a band: exposure, resolution and background, each with where its numbers come from.

The shipped table is ``data/observations.yaml``; a user's own file has the same form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skymodel.datafiles import data_path, read_entries
from skymodel.emission.event.bands import Band
from skymodel.sky.beams import GaussianBeam

_NUMBERS = ("fwhm", "area", "sensitivity", "sensitivity_time", "time")
_DOUBTS = {
    "memory, unverified": "inputs partly from memory, unverified",
    "illustrative": "illustrative",
    "not given": "inputs of origin not given",
}


@dataclass(frozen=True)
class Observation:
    """What one instrument spends on one band.

    Parameters
    ----------
    instrument
        Its name.
    band
        What it counts.
    fwhm
        Angular resolution [deg].
    exposure
        Effective area times time [cm2 s].
    background
        Instrumental background, as an intensity [cm-2 s-1 sr-1].
    status
        Where its numbers come from and how far they are to be trusted.
    """

    instrument: str
    band: Band
    fwhm: float
    exposure: float
    background: float
    status: str = "not given"


def background_of(sensitivity: float, exposure: float, fwhm: float) -> float:
    """Return the background intensity [cm-2 s-1 sr-1] that a point-source sensitivity implies.

    A matched filter measures a point source on a background beta with the error sqrt(beta 4 pi sigma^2 / exposure),
    as the square of a Gaussian beam integrates to 1 / (4 pi sigma^2); three of these are the sensitivity.

    Parameters
    ----------
    sensitivity
        Flux [cm-2 s-1] of three standard deviations.
    exposure
        In which it is reached [cm2 s].
    fwhm
        Angular resolution [deg].
    """
    sigma = math.radians(GaussianBeam(fwhm).sigma)
    return (sensitivity / 3) ** 2 * exposure / (4 * math.pi * sigma**2)


def load_observations(path: str | Path | None = None) -> dict[str, Observation]:
    """Return the observations of a table by name; of ``data/observations.yaml`` by default.

    Examples
    --------
    >>> spi = load_observations()["spi_line"]
    >>> spi.fwhm, f"{spi.exposure:.3g}"
    (2.5, '2.25e+09')
    """
    source = data_path("observations.yaml") if path is None else Path(path)
    table = read_entries(source)
    return {name: _observation(name, entry) for name, entry in table.items()}


def _observation(name: str, entry: Mapping[str, Any]) -> Observation:
    needed = ("instrument", "band", "edges", *_NUMBERS)
    if missing := [key for key in needed if key not in entry]:
        raise ValueError(f"observation {name!r} lacks {', '.join(missing)}; it needs {', '.join(needed)}")
    fwhm, area, sensitivity, spent, time = (_number(name, key, entry[key]) for key in _NUMBERS)
    edges = [_number(name, "edges", edge) for edge in entry["edges"]]
    level = background_of(sensitivity, area * spent, fwhm)
    band, status = Band(entry["band"], *edges), str(entry.get("status", "not given"))
    return Observation(entry["instrument"], band, fwhm, area * time, level, status)


def _number(name: str, key: str, value: Any) -> float:
    """Return a positive number of a table; YAML takes 1e-5, without a point, for a word."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"observation {name!r}: {key} = {value!r}; allowed: a number above 0")
    return number


def origin(observations: Iterable[Observation]) -> str:
    """Return in words which numbers behind a forecast nobody has checked: the small print of its tables and figures.

    Examples
    --------
    >>> origin(load_observations()[name] for name in ("spi_line", "comptel_1_3", "xray_8keV"))
    'inputs partly from memory, unverified: spi, comptel; illustrative: xray'
    """
    groups: dict[str, list[str]] = {}
    for seen_by in observations:
        kind = next((kind for word, kind in _DOUBTS.items() if word in seen_by.status), "")
        if kind and seen_by.instrument not in groups.setdefault(kind, []):
            groups[kind].append(seen_by.instrument)
    if not groups:
        return "inputs read in their sources"
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in groups.items())
