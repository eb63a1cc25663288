"""Mean intensity, flux and share of the sky of each band in each region, with bounds of their errors.

The anchor makes every intensity a ratio of two integrals of the same product of densities: the mean of J over a region
divided by that over the anchor's region, times the measured line intensity, times a band's photons per line photon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skymodel.bounded import Bounded
from skymodel.emission.event.bands import Band


@dataclass(frozen=True)
class Part:
    """A part of the sky and how bright it is.

    Parameters
    ----------
    name
        Of the region.
    solid_angle
        Of the region [sr].
    mean
        Mean of J there.
    relative
        The same over the mean of J in the anchor's region.
    """

    name: str
    solid_angle: float
    mean: Bounded
    relative: Bounded


def flux_table(
    parts: Sequence[Part],
    sky: Part,
    line_intensity: float,
    factors: Mapping[Band, float],
    *,
    relative_error: float = 0.0,
) -> Any:
    """Return a QTable with one row for each region and band, the whole sky last.

    Parameters
    ----------
    parts, sky
        Regions, and the whole sky.
    line_intensity
        Mean of the line in the anchor's region [cm-2 s-1 sr-1].
    factors
        Photons of each band per photon of the line.
    relative_error
        Measured error of the line intensity over its value: it scales every row alike.
    """
    from astropy.table import QTable

    rows = [
        _row(part, sky, part.relative * (line_intensity * factor), band, relative_error)
        for part in (*parts, sky)
        for band, factor in factors.items()
    ]
    table = QTable(rows=rows, names=list(_COLUMNS), units=[unit or None for unit, _ in _COLUMNS.values()])
    for name, (_, description) in _COLUMNS.items():
        table[name].info.description = description
    table.meta["share_of_sky_error"] = {part.name: share_of_sky(part, sky).error for part in parts}
    return table


_COLUMNS = {
    "region": ("", "part of the sky"),
    "band": ("", "energy band"),
    "e_min": ("MeV", "lower edge of the band"),
    "e_max": ("MeV", "upper edge of the band"),
    "solid_angle": ("sr", "solid angle of the region"),
    "mean": ("cm-2 s-1 sr-1", "mean photon intensity in the region"),
    "mean_error": ("cm-2 s-1 sr-1", "bound of its numerical error"),
    "mean_error_measured": ("cm-2 s-1 sr-1", "its error from the anchor's, one standard deviation, common to all rows"),
    "flux": ("cm-2 s-1", "photon flux from the region"),
    "flux_error": ("cm-2 s-1", "bound of its numerical error"),
    "flux_error_measured": ("cm-2 s-1", "its error from the anchor's, one standard deviation, common to all rows"),
    "share_of_sky": ("", "flux from the region over flux from the whole sky; errors in the meta data"),
}


def share_of_sky(part: Part, sky: Part) -> Bounded:
    """Return the flux from a part over that from the whole sky."""
    return part.mean / sky.mean * (part.solid_angle / sky.solid_angle)


def _row(part: Part, sky: Part, mean: Bounded, band: Band, relative_error: float) -> tuple[Any, ...]:
    flux = mean * part.solid_angle
    numbers = (number for each in (mean, flux) for number in (*each, abs(each.value) * relative_error))
    return (part.name, band.name, band.low, band.high, part.solid_angle, *numbers, share_of_sky(part, sky).value)
