"""What each map looks like, as a table has it and as figures draw it; what needs a flux is left out without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.comparison.likeness.shape import (
    SHARES,
    Concentration,
    Profile,
    bulge_to_disk,
    centroid,
    profile,
    widths,
)
from skymodel.comparison.likeness.subpixels import NoFluxError
from skymodel.sky.healpix import pixel_area
from skymodel.sky.skymap import SkyMap

_LON_EDGES = np.arange(-180.0, 181.0, 5.0)
_LAT_EDGES = np.arange(-90.0, 90.1, 2.5)
_BINS = 24
_RADII = np.unique([*np.geomspace(0.5, 180.0, 90), 6.0])
_UNKNOWN = Bounded(np.nan, np.nan)

Row = tuple[str, str, Bounded]


class Curves(NamedTuple):
    """What a figure of one map needs: its concentration curve, nan without a flux, and its two profiles."""

    radius: Floats
    share: Floats
    share_error: Floats
    lon: Profile
    lat: Profile


class Looks(NamedTuple):
    """What one map looks like.

    Parameters
    ----------
    rows
        Name, unit and number of each statistic; nan where there is none.
    absent
        Why, by the statistic's name.
    curves
        Concentration and profiles.
    """

    rows: list[Row]
    absent: Mapping[str, str]
    curves: Curves


def looks(sky: SkyMap, region: Any) -> Looks:
    """Return what a map looks like in a region, in the whole sky if it is None."""
    rows: list[Row] = []
    absent: dict[str, str] = {}
    for names, compute in _statistics(sky, region):
        try:
            numbers = compute()
        except NoFluxError as reason:
            numbers = [_UNKNOWN] * len(names)
            absent |= dict.fromkeys(names, str(reason))
        rows += [(name, unit, number) for (name, unit), number in zip(names.items(), numbers, strict=True)]
    return Looks(rows, absent, _curves(sky, region))


def _statistics(sky: SkyMap, region: Any) -> Iterator[tuple[Mapping[str, str], Callable[[], list[Bounded]]]]:
    """Yield names with units of statistics that stand or fall together, and what computes them."""
    radii = {f"radius_{share:.0%}": "deg" for share in SHARES}
    yield {**radii, "share_in_6_deg": ""}, lambda: _concentration(sky, region)
    yield {"centroid_lon": "deg", "centroid_lat": "deg"}, lambda: [*centroid(sky, region)]
    yield {"width_lon": "deg", "width_lat": "deg"}, lambda: [*widths(sky, region)]
    if region is None:
        yield {"bulge_to_disk": ""}, lambda: [bulge_to_disk(sky)]


def _concentration(sky: SkyMap, region: Any) -> list[Bounded]:
    held = Concentration(sky, region=region)
    within = Bounded(float(held.share(6.0)), float(held.error(6.0)))
    return [*(held.radius(share) for share in SHARES), within]


def _curves(sky: SkyMap, region: Any) -> Curves:
    lon, lat = (
        profile(sky, axis, edges, region)  # type: ignore[arg-type]
        for axis, edges in _edges(sky.nside, region).items()
    )
    try:
        held = Concentration(sky, region=region)
    except NoFluxError:
        unknown = np.full(_RADII.shape, np.nan)
        return Curves(_RADII, unknown, unknown, lon, lat)
    return Curves(_RADII, held.share(_RADII), held.error(_RADII), lon, lat)


def _edges(nside: int, region: Any) -> Mapping[str, Floats]:
    """Return the bins of the profiles [deg]: of the whole sky, or some twenty across the region, pixels at least."""
    import healpy

    if region is None:
        return {"lon": _LON_EDGES, "lat": _LAT_EDGES}
    lon, lat = healpy.pix2ang(nside, np.flatnonzero(region.coverage(nside)), lonlat=True)
    return {"lon": _bins((lon + 180) % 360 - 180, nside), "lat": _bins(lat, nside)}


def _bins(angle: Floats, nside: int) -> Floats:
    pixel = np.degrees(np.sqrt(pixel_area(nside)))
    low, high = float(angle.min()) - pixel / 2, float(angle.max()) + pixel / 2
    return np.linspace(low, high, 1 + max(1, min(_BINS, int((high - low) / pixel))))
