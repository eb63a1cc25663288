"""The contract every part of the sky keeps, and how parts combine with ``&``, ``|`` and ``~``.

The shapes are in :mod:`skymodel.sky.regions`. :func:`as_region` takes anybody's object with a ``contains(SkyCoord)``,
or a HEALPix mask; their edges are not known, so their solid angle and coverage are sampled.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from profiles.contract.arrays import Bools, Floats
from profiles.contract.shown import Shown
from skymodel.sky import arcs, coverage
from skymodel.sky.circles import SmallCircle, degrees
from skymodel.sky.healpix import pixel_area, require_nside

_SAMPLING_NSIDE = 128  # for the solid angle of regions whose edges are not known


@dataclass(frozen=True)
class Region(Shown, ABC):
    """A part of the sky, Galactic, in degrees.

    Examples
    --------
    >>> from skymodel import Circle, Region
    >>> ring = Circle(lon=0, lat=0, radius=6) & ~Circle(lon=0, lat=0, radius=3)
    >>> isinstance(ring, Region), bool(ring.contains(4.0, 0.0)), bool(ring.contains(1.0, 0.0))
    (True, True, False)
    """

    @abstractmethod
    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        """Tell which directions [deg], arrays of one shape, lie inside."""

    @property
    @abstractmethod
    def edges(self) -> tuple[SmallCircle, ...] | None:
        """The circles on which every point lies where membership changes; None if they are not known."""

    @property
    @abstractmethod
    def solid_angle(self) -> float:
        """Solid angle [sr], exact if the edges are known."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What tables and figures call it."""

    def contains(self, lon: Any, lat: Any = None) -> Any:
        """Tell which directions lie inside; a closed shape contains its edge.

        Parameters
        ----------
        lon, lat
            Galactic longitude and latitude, degrees or Quantities, of shapes that broadcast; or one SkyCoord.

        Examples
        --------
        >>> from skymodel.sky.regions import INTEGRAL_CIRCLE
        >>> INTEGRAL_CIRCLE.contains([0, 5, 355, 7], 0).tolist()
        [True, True, True, False]
        """
        return self._inside(*np.broadcast_arrays(*lonlat_of(lon, lat)))

    def coverage(self, nside: int) -> Floats:
        """Return the covered share ``(12 nside^2,)`` of each pixel, RING ordered, Galactic.

        Pixels off the edges get 0 or 1, those on an edge are subdivided: the sum times the pixel area is the solid
        angle to about 1e-7. A region whose edges are not known is sampled.

        Examples
        --------
        >>> from skymodel.sky.regions import COMPTEL_WINDOW
        >>> covered = COMPTEL_WINDOW.coverage(64).sum() * 4 * np.pi / (12 * 64**2)
        >>> bool(abs(covered / COMPTEL_WINDOW.solid_angle - 1) < 1e-6)
        True
        """
        nside = require_nside(nside)
        return coverage.sampled(self, nside) if self.edges is None else coverage.exact(self, nside)

    def __and__(self, other: Any) -> Region:
        """Return what lies in both."""
        return Combination(self, "&", as_region(other))

    def __or__(self, other: Any) -> Region:
        """Return what lies in either."""
        return Combination(self, "|", as_region(other))

    def __invert__(self) -> Region:
        """Return the rest of the sky."""
        return Complement(self)


@dataclass(frozen=True)
class Combination(Region):
    """What lies in both of two regions (``&``) or in either (``|``).

    Parameters
    ----------
    first, second
        The regions.
    operator
        "&" or "|".
    """

    first: Region
    operator: Literal["&", "|"]
    second: Region

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        first, second = self.first._inside(lon, lat), self.second._inside(lon, lat)
        return first & second if self.operator == "&" else first | second

    @property
    def edges(self) -> tuple[SmallCircle, ...] | None:
        """The edges of both."""
        first, second = self.first.edges, self.second.edges
        return None if first is None or second is None else (*first, *second)

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        return _sampled_solid_angle(self) if self.edges is None else arcs.solid_angle(self)

    @property
    def name(self) -> str:
        """The names of both."""
        return f"({self.first.name} {self.operator} {self.second.name})"


@dataclass(frozen=True)
class Complement(Region):
    """The sky without a region.

    Parameters
    ----------
    region
        What is left out.
    """

    region: Region

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        return ~self.region._inside(lon, lat)

    @property
    def edges(self) -> tuple[SmallCircle, ...] | None:
        """Those of the region."""
        return self.region.edges

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        return 4 * math.pi - self.region.solid_angle

    @property
    def name(self) -> str:
        """The name of what is left out."""
        return f"~{self.region.name}"


@dataclass(frozen=True)
class Foreign(Region):
    """A region of another package, asked with Galactic SkyCoords.

    Parameters
    ----------
    obj
        Anything with ``contains(SkyCoord)``.
    """

    obj: Any

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        from astropy.coordinates import SkyCoord

        asked = SkyCoord(np.ravel(lon), np.ravel(lat), unit="deg", frame="galactic")
        return np.asarray(self.obj.contains(asked), dtype=bool).reshape(lon.shape)

    @property
    def edges(self) -> None:
        """Not known."""
        return

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr], sampled."""
        return _sampled_solid_angle(self)

    @property
    def name(self) -> str:
        """Its own name, or its class."""
        return str(getattr(self.obj, "name", None) or type(self.obj).__name__)


@functools.singledispatch
def as_region(obj: Any) -> Region:
    """Return `obj` as a region.

    Parameters
    ----------
    obj
        A :class:`Region`; its name, text or mapping as in a configuration
        (:func:`~skymodel.sky.regions.region_from_config`); anything with ``contains(SkyCoord)``; or a HEALPix array
        ``(12 nside^2,)`` of booleans or of covered shares from 0 to 1, RING ordered, Galactic.

    Raises
    ------
    TypeError, ValueError
        If it is none of these.

    Examples
    --------
    >>> as_region(np.arange(12) < 6).solid_angle / np.pi
    2.0
    >>> as_region("circle 0 0 6").name
    'integral_circle'
    """
    if isinstance(obj, Region):
        return obj
    if hasattr(obj, "contains"):
        return _foreign(obj)
    raise TypeError(
        f"{_short(obj)} is no region; allowed: a name, a text as 'circle 0 0 6', Circle, Box, & | ~, anything with "
        "contains(SkyCoord), a mask array"
    )


def _short(obj: Any) -> str:
    text = repr(obj)
    return text if len(text) <= 80 else f"{text[:60]}... ({type(obj).__name__})"


def lonlat_of(lon: Any, lat: Any = None) -> tuple[Floats, Floats]:
    """Return Galactic longitude and latitude [deg] of lon and lat (degrees or Quantities), or of one SkyCoord.

    Raises
    ------
    TypeError
        If there is no latitude and the first is no SkyCoord.
    """
    if lat is None:
        if not hasattr(lon, "galactic"):
            raise TypeError("directions are lon and lat [deg], or one SkyCoord")
        lon, lat = lon.galactic.l, lon.galactic.b
    return degrees(lon), degrees(lat)


def _foreign(obj: Any) -> Region:
    region = Foreign(obj)
    try:
        region._inside(np.array([0.0, 180.0]), np.array([0.0, 0.0]))
    except Exception as error:  # whatever another package raises
        raise TypeError(f"{type(obj).__name__}.contains(SkyCoord) failed, so it is no region: {error}") from error
    return region


def _sampled_solid_angle(region: Region) -> float:
    return float(region.coverage(_SAMPLING_NSIDE).sum()) * pixel_area(_SAMPLING_NSIDE)
