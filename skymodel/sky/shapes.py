"""The shapes regions are made of, circles and true longitude-latitude boxes, and the two instruments' windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sky.circles import SmallCircle, degrees, meridian, parallel
from skymodel.sky.region import Region


@dataclass(frozen=True)
class Circle(Region):
    """All directions within `radius` of a centre.

    Parameters
    ----------
    lon, lat
        Centre [deg].
    radius
        Radius [deg], above 0 and at most 180.

    Examples
    --------
    >>> round(Circle(lon=0, lat=0, radius=6).solid_angle, 12)
    0.034419946533
    """

    lon: float
    lat: float
    radius: float

    def __post_init__(self) -> None:
        """Take Quantities, check the numbers."""
        for field in ("lon", "lat", "radius"):
            object.__setattr__(self, field, _angle(getattr(self, field), f"Circle.{field}"))
        if abs(self.lat) > 90:
            raise ValueError(f"Circle.lat = {self.lat:g} deg; allowed: -90 to 90 deg")
        if not 0 < self.radius <= 180:
            raise ValueError(f"Circle.radius = {self.radius:g} deg; allowed: above 0, at most 180 deg")

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        if self.radius <= 90:
            return np.asarray(_haversine(lon, lat, self.lon, self.lat) <= _haversine(self.radius, 0.0, 0.0, 0.0))
        # haversines lose digits near 180 deg: measure from the other side
        other_side = _haversine(lon, lat, self.lon + 180, -self.lat)
        return np.asarray(other_side >= _haversine(180 - self.radius, 0.0, 0.0, 0.0))

    @property
    def edges(self) -> tuple[SmallCircle, ...]:
        """The circle itself; none if it is the whole sky."""
        return (SmallCircle(self.lon, self.lat, self.radius),) if self.radius < 180 else ()

    @property
    def solid_angle(self) -> float:
        """2 pi (1 - cos(radius)) [sr]."""
        return 4 * math.pi * math.sin(math.radians(self.radius) / 2) ** 2

    @property
    def name(self) -> str:
        """Its name, or its numbers."""
        return known_name(self) or f"circle({self.lon:g}, {self.lat:g}, {self.radius:g})"


@dataclass(frozen=True)
class Box(Region):
    """All directions between two longitudes and two latitudes; its sides are meridians and parallels.

    Parameters
    ----------
    lon
        Bounds (low, high) [deg], going up from low: (-30, 30) and (330, 30) are the same 60 deg; a span of 360 deg
        is the whole circle.
    lat
        Bounds (low, high) [deg], -90 to 90.

    Examples
    --------
    >>> Box(lon=(350, 10), lat=(-5, 5)).contains([0, 20], 0).tolist()
    [True, False]
    """

    lon: tuple[float, float]
    lat: tuple[float, float]

    def __post_init__(self) -> None:
        """Take Quantities, check the numbers."""
        for field in ("lon", "lat"):
            object.__setattr__(self, field, _bounds(getattr(self, field), f"Box.{field}"))
        if self.width == 0:
            raise ValueError(f"Box.lon = {self.lon} deg holds nothing; allowed: two different longitudes (low, high)")
        if not -90 <= self.lat[0] < self.lat[1] <= 90:
            raise ValueError(f"Box.lat = {self.lat} deg; allowed: (low, high) with -90 <= low < high <= 90 deg")

    @property
    def width(self) -> float:
        """Span in longitude [deg], at most 360."""
        span = self.lon[1] - self.lon[0]
        return 360.0 if span >= 360 else span % 360.0

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        within = (lon - self.lon[0]) % 360.0 <= self.width
        return np.asarray(within & (self.lat[0] <= lat) & (lat <= self.lat[1]))

    @property
    def edges(self) -> tuple[SmallCircle, ...]:
        """Two parallels and two meridians, without those that bound nothing."""
        parallels = tuple(parallel(lat) for lat in self.lat if abs(lat) < 90)
        return parallels if self.width == 360 else (*parallels, *(meridian(lon) for lon in self.lon))

    @property
    def solid_angle(self) -> float:
        """Width times the difference of the sines of the latitudes [sr]."""
        low, high = (math.sin(math.radians(lat)) for lat in self.lat)
        return math.radians(self.width) * (high - low)

    @property
    def name(self) -> str:
        """Its name, or its numbers."""
        (west, east), (south, north) = self.lon, self.lat
        return known_name(self) or f"box({west:g}..{east:g}, {south:g}..{north:g})"


def _angle(value: Any, label: str) -> float:
    try:
        number = float(degrees(value))
    except (TypeError, ValueError) as error:
        shown = value if hasattr(value, "unit") else repr(value)
        raise ValueError(f"{label} = {shown}; allowed: a number of degrees, or an angular Quantity") from error
    if not math.isfinite(number):
        raise ValueError(f"{label} = {number} deg; allowed: a finite angle")
    return number


def _bounds(value: Any, label: str) -> tuple[float, float]:
    try:
        low, high = value
    except (TypeError, ValueError) as error:
        raise ValueError(f"{label} = {value!r}; allowed: two angles (low, high)") from error
    return _angle(low, label), _angle(high, label)


def _haversine(lon: Any, lat: Any, lon_0: float, lat_0: float) -> Any:
    """Return sin^2 of half the angular distance; all in degrees."""
    lon, lat, lon_0, lat_0 = (np.radians(angle) for angle in (lon, lat, lon_0, lat_0))
    return np.sin((lat - lat_0) / 2) ** 2 + np.cos(lat) * np.cos(lat_0) * np.sin((lon - lon_0) / 2) ** 2


INTEGRAL_CIRCLE = Circle(lon=0.0, lat=0.0, radius=6.0)
COMPTEL_WINDOW = Box(lon=(-30.0, 30.0), lat=(-5.0, 5.0))
ALL_SKY = Circle(lon=0.0, lat=0.0, radius=180.0)
NAMED_REGIONS: dict[str, Region] = {
    "integral_circle": INTEGRAL_CIRCLE,
    "comptel_window": COMPTEL_WINDOW,
    "all_sky": ALL_SKY,
}


def known_name(region: Region) -> str | None:
    """Return the name of a region that has one, however its numbers are written.

    Examples
    --------
    >>> known_name(Box(lon=(330, 30), lat=(-5, 5))), known_name(Box(lon=(0, 360), lat=(-90, 90)))
    ('comptel_window', 'all_sky')
    """
    return next((name for name, known in NAMED_REGIONS.items() if _extent(known) == _extent(region)), None)


def _extent(region: Region) -> Any:
    """Return what all spellings of a circle or a box share; any other region stands for itself."""
    match region:
        case Circle(radius=180.0) | Box(width=360.0, lat=(-90.0, 90.0)):
            return "all"
        case Circle():
            return "circle", region.lon % 360, region.lat, region.radius
        case Box():
            return "box", region.lon[0] % 360 if region.width < 360 else 0.0, region.width, region.lat
    return region
