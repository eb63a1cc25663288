"""Mean intensity of a map in bins of longitude, latitude or the angle from a centre, each a mean over a true region."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np

from profiles.contract.arrays import Floats
from profiles.contract.shown import short
from skymodel.sky.pixelmap import PixelMap
from skymodel.sky.region import Region, as_region
from skymodel.sky.shapes import Box, Circle

Axis = Literal["lon", "lat", "radius"]


@dataclass(frozen=True, eq=False)
class MapProfile:
    """Mean intensity in bins of an angle.

    Parameters
    ----------
    axis
        "lon", "lat" or "radius".
    edges
        Edges of the bins ``(N + 1,)`` [deg].
    mean, error
        Mean over each bin ``(N,)`` and its error; nan in a bin that holds nothing of the region.
    unit
        Unit of both.
    """

    __repr__ = short

    axis: Axis
    edges: Floats
    mean: Floats
    error: Floats
    unit: Any

    @property
    def middle(self) -> Floats:
        """The middles of the bins ``(N,)`` [deg]."""
        return np.asarray((self.edges[1:] + self.edges[:-1]) / 2)


def map_profile(
    sky: PixelMap, axis: Axis, edges: Any, region: Any = None, centre: tuple[float, float] = (0, 0)
) -> MapProfile:
    """Return the mean of a map in bins along an axis.

    Parameters
    ----------
    sky
        The map.
    axis
        "lon" or "lat", Galactic; "radius", the angle from `centre`.
    edges
        Edges of the bins [deg], growing; lon from -180 to 180 or any span of at most 360 deg.
    region
        Where; the whole sky by default.
    centre
        Of "radius": lon, lat [deg].

    Raises
    ------
    ValueError
        If the axis is none of these, the edges do not grow, or masked pixels lie in a bin.
    """
    if axis not in get_args(Axis):
        raise ValueError(f"axis = {axis!r}; allowed: {', '.join(map(repr, get_args(Axis)))}")
    borders = np.asarray(edges, dtype=np.float64)
    if borders.ndim != 1 or borders.size < 2 or not np.all(np.diff(borders) > 0):
        raise ValueError(f"edges = {edges!r}; allowed: two or more growing angles [deg]")
    within = None if region is None else as_region(region)
    found = [_mean(sky, _bin(axis, low, high, centre), within) for low, high in pairwise(borders.tolist())]
    return MapProfile(axis, borders, np.array([mean for mean, _ in found]), np.array([e for _, e in found]), sky.unit)


def _mean(sky: PixelMap, part: Region, within: Region | None) -> tuple[float, float]:
    whole = part if within is None else part & within
    if not whole.coverage(sky.nside).any():
        return np.nan, np.nan
    found = sky.mean(whole)
    return found.value, found.error


def _bin(axis: Axis, low: float, high: float, centre: tuple[float, float]) -> Region:
    match axis:
        case "lon":
            return Box(lon=(low, high), lat=(-90, 90))
        case "lat":
            return Box(lon=(-180, 180), lat=(low, high))
    outer = Circle(*centre, radius=min(high, 180.0))
    return outer & ~Circle(*centre, radius=low) if low > 0 else outer
