"""Mean intensity, flux and share of the sky of each band in each region, with bounds of their errors.

The anchor makes every intensity a ratio of two integrals: the mean of J over a region divided by that over the anchor's
region, times the measured line intensity, times a band's photons per line photon. Where the microphysics is uniform J
is one integral; where it is not, each density that shines has its own.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skymodel.bounded import Bounded
from skymodel.emission.event.bands import LINE_511, Band

Shining = Mapping[Band, tuple[float, ...]]  # photons per line photon from each density that shines


@dataclass(frozen=True)
class Part:
    """A part of the sky and how bright it is.

    Parameters
    ----------
    name
        What tables call it.
    solid_angle
        Solid angle [sr].
    columns
        Mean of J over it, of each density that shines.
    relative
        The same over the mean of the line's J in the anchor's region.
    """

    name: str
    solid_angle: float
    columns: tuple[Bounded, ...]
    relative: tuple[Bounded, ...]

    def shining(self, factors: Sequence[float]) -> Bounded:
        """Return the mean intensity of a band over the line's in the anchor's region."""
        return summed(self.relative, factors)


def summed(numbers: Sequence[Bounded], factors: Sequence[float]) -> Bounded:
    """Return the sum of numbers times exact factors; errors add."""
    terms = [number * factor for number, factor in zip(numbers, factors, strict=True)]
    return functools.reduce(operator.add, terms)


def flux_table(
    parts: Sequence[Part], sky: Part, line_intensity: float, bands: Shining, *, relative_error: float = 0.0
) -> Any:
    """Return a QTable with one row for each region and band, the whole sky last.

    Parameters
    ----------
    parts, sky
        Regions, and the whole sky.
    line_intensity
        Mean of the line in the anchor's region [cm-2 s-1 sr-1].
    bands
        Photons of each band per photon of the line, from each density that shines.
    relative_error
        Bounded error of the line intensity over its value: it scales every row alike.
    """
    from astropy.table import QTable

    rows = [
        _row(part, sky, line_intensity, (band, factors), relative_error)
        for part in (*parts, sky)
        for band, factors in bands.items()
    ]
    table = QTable(rows=rows, names=list(_COLUMNS), units=[unit or None for unit, _ in _COLUMNS.values()])
    for name, (_, description) in _COLUMNS.items():
        table[name].info.description = description
    first = next(iter(bands.values()))
    table.meta["share_of_sky_error"] = {part.name: share_of_sky(part, sky, first).error for part in parts}
    if notes := line_notes(bands):
        table.meta["notes"] = notes
    return table


def line_notes(bands: Shining) -> list[str]:
    """Return what is to be said of bands that meet the line: the line is in one of them whole, or not at all."""
    return [note for band in bands if (note := _line_note(band))]


def _line_note(band: Band) -> str:
    if band == LINE_511 or band.high <= LINE_511.low or band.low >= LINE_511.high:
        return ""
    if band.holds_line:
        return f"{band.name} holds the 511 keV line, counted once in it; added to LINE_511 it would count twice"
    return f"{band.name} meets the window of the 511 keV line but not the line itself, which is not in it"


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


def share_of_sky(part: Part, sky: Part, factors: Sequence[float]) -> Bounded:
    """Return the flux of a band from a part over that from the whole sky.

    A band without any light takes the share of what would shine: its flux is zero everywhere.
    """
    shining = factors if any(factors) else [1.0] * len(factors)
    share = summed(part.columns, shining) / summed(sky.columns, shining) * (part.solid_angle / sky.solid_angle)
    return share.within(0.0, 1.0)


def _row(
    part: Part, sky: Part, line_intensity: float, shining: tuple[Band, tuple[float, ...]], relative_error: float
) -> tuple[Any, ...]:
    band, factors = shining
    mean = part.shining([line_intensity * factor for factor in factors])
    flux = mean * part.solid_angle
    numbers = (number for each in (mean, flux) for number in (*each, abs(each.value) * relative_error))
    share = share_of_sky(part, sky, factors).value
    return (part.name, band.name, band.low, band.high, part.solid_angle, *numbers, share)
