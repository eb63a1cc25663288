"""COMPTEL's inner-Galaxy spectra as tables: bins, intensities with errors, and the window each holds for.

The points are k^2 dPhi/dk in 1-3, 3-10 and 10-30 MeV, read off published figures; their errors are mostly
systematic, so they are not independent between bins, nor between the overlapping windows. Fits that treat them as
independent (the default of :func:`skymodel.comparison.comptel.fit.fit_comptel`) give a chi-square to compare models
with, not an exact probability.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.datafiles import data_path
from skymodel.sky.region import Region
from skymodel.sky.regions import Box

INTENSITY_UNIT = "MeV cm-2 s-1 sr-1"
BINS = ((1.0, 3.0), (3.0, 10.0), (10.0, 30.0))  # MeV; digitised edges scatter by 1 % about these nominal ones


@dataclass(frozen=True)
class Measurement:
    """A measured spectrum of one window of the sky.

    Parameters
    ----------
    name
        Short name of the window, for example "l30_b5".
    region
        The window.
    bins
        Energy bins [MeV], from the lowest.
    intensity
        k^2 dPhi/dk of each bin [MeV cm-2 s-1 sr-1].
    error
        Its error, half the width of the published band [MeV cm-2 s-1 sr-1].
    reference
        Where it was published.
    """

    name: str
    region: Region
    bins: tuple[tuple[float, float], ...]
    intensity: tuple[float, ...]
    error: tuple[float, ...]
    reference: str


def _mid_and_error(table: Any) -> tuple[Any, Any]:
    return table["E2I_mid"], table["E2I_err"]


def _mid_and_half_width(table: Any) -> tuple[Any, Any]:
    return table["E2I_mid"], (table["E2I_high"] - table["E2I_low"]) / 2


def _point_and_half_width(table: Any) -> tuple[Any, Any]:
    return table["E2I"], (table["E2I_high"] - table["E2I_low"]) / 2


@dataclass(frozen=True)
class _Source:
    file: str
    region: Box
    columns: Callable[[Any], tuple[Any, Any]]
    reference: str


_SOURCES = {
    "l30_b5": _Source(
        "comptel_strong1999_fig3_l30_b5.ecsv",
        Box(lon=(-30, 30), lat=(-5, 5)),
        _mid_and_error,
        "Strong et al. 1999, Astrophys. Lett. Commun. 39, 209, figure 3",
    ),
    "l30_b15": _Source(
        "comptel_bouchet2011_fig7_l30_b15.ecsv",
        Box(lon=(-30, 30), lat=(-15, 15)),
        _point_and_half_width,
        "Bouchet et al. 2011, ApJ 739, 29, figure 7",
    ),
    "l60_b20": _Source(
        "comptel_strong1996_fig4_l60_b20.ecsv",
        Box(lon=(-60, 60), lat=(-20, 20)),
        _mid_and_half_width,
        "Strong et al. 1996, A&AS 120, C381, figure 4",
    ),
}
WINDOWS = tuple(_SOURCES)


@functools.cache
def comptel(window: str = "l30_b5") -> Measurement:
    """Return COMPTEL's spectrum of a window: "l30_b5" (the paper's), "l30_b15" or "l60_b20".

    Examples
    --------
    >>> [round(point, 4) for point in comptel("l30_b5").intensity]
    [0.0146, 0.0191, 0.0188]
    """
    from astropy.table import Table

    if window not in _SOURCES:
        raise ValueError(f"no COMPTEL window {window!r}; there are {', '.join(map(repr, WINDOWS))}")
    source = _SOURCES[window]
    table = Table.read(data_path(source.file), format="ascii.ecsv")
    intensity, error = (tuple(_plain(column)) for column in source.columns(table))
    return Measurement(window, source.region, BINS, intensity, error, source.reference)


def _plain(column: Any) -> list[float]:
    values: Floats = np.asarray(column.quantity.to_value(INTENSITY_UNIT), dtype=float)
    return [float(value) for value in values]
