"""What one map looks like: how concentrated, where centred, how wide, its profiles, its bulge against its disk.

All take the map's flux as points (:mod:`skymodel.comparison.likeness.subpixels`); errors are first-order bounds from
the map's own, added as correlated ones. None of these is changed by scaling the map. What each sees, and is blind to,
is said with it.
"""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.comparison.likeness.subpixels import Points, flux_points, points
from skymodel.sky.circles import directions, local_axes, lonlat, separation
from skymodel.sky.region import Region
from skymodel.sky.regions import Box, Circle
from skymodel.sky.skymap import SkyMap

BULGE: Region = Circle(lon=0.0, lat=0.0, radius=10.0)
DISK: Region = Box(lon=(-180.0, 180.0), lat=(-10.0, 10.0)) & ~BULGE
SHARES = (0.5, 0.68, 0.8)
_COARSE = 0.1  # what planes in pixels leave of pixel^2 / 12, measured on Gaussians as narrow as 1.6 pixels
_COUNT_NOISE = 0.3  # rms of a uniform fraction: how far a point on a rim is in or out


class Concentration:
    """The share of a map's flux within an angle of a centre, as a curve and its inverse.

    Sees how peaked a map is, about one point; blind to anything that turns about that point, such as flattening. For a
    Gaussian of width s the share within R is 1 - exp(-R^2 / 2 s^2), 0.39 within s; smearing by b turns s^2 into
    s^2 + b^2; a shift lowers the curve near the centre.

    Parameters
    ----------
    sky
        The map; not negative.
    lon, lat
        Centre [deg].
    region
        Where its flux is counted; the whole sky by default.
    """

    def __init__(self, sky: SkyMap, lon: float = 0.0, lat: float = 0.0, region: Any = None) -> None:
        held = flux_points(sky, region)
        radius = separation(held.vectors, directions(lon, lat))
        order = np.argsort(radius)
        self._radius, flux, error = radius[order], held.flux[order], held.error[order]
        self._flux = np.concatenate([[0.0], np.cumsum(flux)])
        self._moment = np.concatenate([[0.0], np.cumsum(flux * self._radius)])
        self._error = np.concatenate([[0.0], np.cumsum(error)])
        self._step = 2 * held.spacing
        self._pixel = held.pixel

    def share(self, radius: ArrayLike) -> Floats:
        """Return the share of the flux within angles [deg]; each point fills in as the rim passes over it."""
        rim = np.radians(np.asarray(radius, dtype=np.float64))
        inner, outer = self._passed(rim - self._step / 2), self._passed(rim + self._step / 2)
        return np.asarray((outer - inner) / self._step / self._flux[-1])

    def error(self, radius: ArrayLike) -> Floats:
        """Return the error of the share: of the fluxes within and beyond, the points on the rim, the pixels' size."""
        rim = np.radians(np.asarray(radius, dtype=np.float64))
        share, within = self.share(radius), self._error[np.searchsorted(self._radius, rim)]
        fluxes = ((1 - share) * within + share * (self._error[-1] - within)) / self._flux[-1]
        on_rim = np.maximum(1.0, 2 * np.pi * np.sin(rim) / self._step)
        coarse = 2 * _COARSE * self._pixel**2 / 12 / np.maximum(rim, self._pixel)
        return np.asarray(fluxes + self._slope(rim) * (_COUNT_NOISE * self._step / np.sqrt(on_rim) + coarse))

    def radius(self, share: float) -> Bounded:
        """Return the angle [deg] that holds a share of the flux.

        Raises
        ------
        ValueError
            Unless 0 < share < 1.
        """
        from scipy.optimize import brentq

        if not 0 < share < 1:
            raise ValueError(f"share = {share}; allowed: above 0, below 1")
        value = float(brentq(lambda angle: float(self.share(angle)) - share, 0.0, 181.0, xtol=1e-10))
        slope = float(self._slope(np.radians(value)))
        return Bounded(value, math.degrees(float(self.error(value)) / slope) if slope > 0 else math.inf)

    def _passed(self, rim: Floats) -> Floats:
        """Return the integral of the flux within a rim that grows from nothing."""
        count = np.searchsorted(self._radius, rim)
        return np.asarray(rim * self._flux[count] - self._moment[count])

    def _slope(self, rim: Any) -> Floats:
        """Return the growth of the share [rad-1]."""
        low, high = np.searchsorted(self._radius, [rim - self._step / 2, rim + self._step / 2])
        return np.asarray((self._flux[high] - self._flux[low]) / self._step / self._flux[-1])


class Centroid(NamedTuple):
    """The direction [deg] of the flux-weighted mean vector."""

    lon: Bounded
    lat: Bounded


def centroid(sky: SkyMap, region: Any = None) -> Centroid:
    """Return where the flux is centred.

    Sees a shift, whole; blind to scaling, smearing and anything symmetric. Faint light far away weighs much: give a
    region.

    Raises
    ------
    ValueError
        If the flux is so even that it points nowhere.
    """
    held = flux_points(sky, region)
    total = held.flux @ held.vectors
    length = float(np.linalg.norm(total))
    if length < 1e-9 * float(held.flux.sum()):
        raise ValueError(f"the flux of the map {sky.name!r} has no centre: it is the same in opposite directions")
    lon, lat = (float(angle) for angle in lonlat(total))
    here = local_axes(lon, lat)
    coarse = 2 * _COARSE * held.pixel**2 / 12
    east, north = (
        math.degrees(float(np.abs(held.vectors @ axis) @ held.error) / length + coarse)
        for axis in (here.east, here.north)
    )
    return Centroid(Bounded(lon, east / max(math.cos(math.radians(lat)), 1e-12)), Bounded(lat, north))


class Widths(NamedTuple):
    """Root mean squares [deg] of the angle from the centroid, along lon and along lat."""

    lon: Bounded
    lat: Bounded


def widths(sky: SkyMap, region: Any = None) -> Widths:
    """Return how wide the flux is along lon and lat about its centroid.

    Angles from the centroid are split by their position angle, so that a Gaussian of width s has s in both. Sees
    smearing, in quadrature, and flattening; blind to shifts and scaling. Far light dominates: give a region.
    """
    held = flux_points(sky, region)
    lon, lat = lonlat(held.flux @ held.vectors)
    here = local_axes(float(lon), float(lat))
    east, north = held.vectors @ here.east, held.vectors @ here.north
    sine = np.hypot(east, north)
    stretch = np.degrees(separation(held.vectors, here.centre)) / np.where(sine > 0, sine, 1.0)
    return Widths(*(_rms(offset * stretch, held) for offset in (east, north)))


class Profile(NamedTuple):
    """Mean intensity in bins of an angle.

    Parameters
    ----------
    edges
        Edges of the bins ``(N + 1,)`` [deg].
    mean, error
        Mean intensity ``(N,)`` in each, and its error; nan in a bin that holds nothing of the region.
    """

    edges: Floats
    mean: Floats
    error: Floats


def profile(sky: SkyMap, axis: Literal["lon", "lat"], edges: ArrayLike, region: Any = None) -> Profile:
    """Return the mean intensity along lon (from -180 to 180) or lat, within a region.

    Sees shape along one axis; blind to the other, over which it averages.

    Raises
    ------
    ValueError
        If the edges do not grow.
    """
    borders = np.asarray(edges, dtype=np.float64)
    if borders.ndim != 1 or borders.size < 2 or not np.all(np.diff(borders) > 0):
        raise ValueError(f"edges = {edges!r}; allowed: two or more growing angles [deg]")
    held = points(sky, region)
    angle = lonlat(held.vectors)[0 if axis == "lon" else 1]
    place = np.searchsorted(borders, angle, side="right")  # 0 and the last place lie outside the bins
    area, flux, error = (
        np.bincount(place, weight, borders.size + 1)[1:-1]
        for weight in (np.full(held.flux.size, held.spacing**2), held.flux, held.error)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return Profile(borders, flux / area, error / area)


def bulge_to_disk(sky: SkyMap, bulge: Any = BULGE, disk: Any = DISK) -> Bounded:
    """Return the flux of one part over that of another.

    By default: within 10 deg of the centre, over elsewhere within 10 deg of the plane.
    Sees how the light is shared between the two; blind to its arrangement in either.
    """
    first, second = flux_points(sky, bulge), flux_points(sky, disk)
    high, low = (Bounded(float(held.flux.sum()), float(held.error.sum())) for held in (first, second))
    return high / low


def _rms(offset: Floats, held: Points) -> Bounded:
    """Return the flux-weighted root mean square of an offset [deg].

    Pixel means are wider than the sky by the variance of a square of the pixel's size; planes in the pixels take that
    off again but for the square between points, spacing^2 / 12.
    """
    total = float(held.flux.sum())
    variance = max(float(held.flux @ offset**2) / total - math.degrees(held.spacing) ** 2 / 12, 0.0)
    error = float(np.abs(offset**2 - variance) @ held.error) / total
    root = math.sqrt(variance)
    coarse = 2 * _COARSE * math.degrees(held.pixel) ** 2 / 12
    return Bounded(root, (error + coarse) / (2 * root) if root > 0 else math.degrees(held.pixel))
