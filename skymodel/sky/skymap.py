"""A map of the sky: one number and its error for each HEALPix pixel, with a unit.

Maps are RING ordered and Galactic; a value is the mean over its pixel. A masked pixel holds UNSEEN. Maps are frozen:
cutting, scaling and converting return new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.arrays import Bools, Floats
from profiles.contract.shown import Shown
from skymodel.bounded import Bounded
from skymodel.sky import averages
from skymodel.sky.arithmetic import added, called, divided, multiplied, operand
from skymodel.sky.healpix import UNSEEN, nside_of, pixel_area, read_only, unmasked
from skymodel.sky.region import as_region, lonlat_of

if TYPE_CHECKING:
    from skymodel.sky.profile import Axis, MapProfile


class Sampled(NamedTuple):
    """Values of a map in some directions, their errors, and the unit of both."""

    value: Any
    error: Any
    unit: Any

    @property
    def quantity(self) -> Any:
        """The values as a Quantity."""
        return self.value * self.unit


@dataclass(frozen=True, eq=False, repr=False)
class SkyMap(Shown):
    """One HEALPix map; see the module's docstring.

    Parameters
    ----------
    values
        Pixel means ``(12 nside^2,)``; UNSEEN where masked. A numpy masked array may be given.
    error
        Absolute error of each, same shape, or one number for all; nan where it is not known.
    unit
        Unit of both, an astropy unit or its name.
    name
        What files and tables call the map.
    meta
        Whatever else should travel with it.
    measured
        Standard deviation of each value from what was measured, as `error`; 0 where nothing was. In arithmetic
        numerical bounds add and these add in quadrature, see :mod:`skymodel.sky.arithmetic`.

    Examples
    --------
    >>> from skymodel.sky.regions import INTEGRAL_CIRCLE
    >>> sky = SkyMap(np.ones(12 * 4**2), 0.01, "cm-2 s-1 sr-1")
    >>> sky.nside, round(sky.total().value / np.pi, 12)
    (4, 4.0)
    >>> round((sky * 2.0).mean(INTEGRAL_CIRCLE).value, 12), round((sky / sky + 1).mean("circle 0 0 6").value, 12)
    (2.0, 2.0)
    """

    __array_ufunc__ = None  # so that ``quantity * map`` asks the map, and is not an array of maps

    values: Floats
    error: Floats
    unit: Any
    name: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    measured: Floats = field(default_factory=lambda: np.zeros(()))

    def __post_init__(self) -> None:
        """Check shapes; hold the arrays as read-only float64 views."""
        values, error = unmasked(self.values, UNSEEN), unmasked(self.error, np.nan)
        if values.ndim != 1:
            raise ValueError(f"SkyMap.values has shape {values.shape}; allowed: one dimension, (12 nside^2,)")
        nside_of(values.size)
        if error.shape not in ((), values.shape):
            raise ValueError(f"SkyMap.error has shape {error.shape}; allowed: () or that of the values, {values.shape}")
        object.__setattr__(self, "values", read_only(values))
        object.__setattr__(self, "error", read_only(np.broadcast_to(error, values.shape)))
        measured = np.asarray(self.measured, dtype=np.float64)
        measured = measured if measured.any() else np.zeros(())
        object.__setattr__(self, "measured", read_only(np.broadcast_to(measured, values.shape)))
        object.__setattr__(self, "unit", units.Unit(self.unit))
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how a copy is made: a read-only view of a mapping cannot be pickled."""
        values, error, measured = map(np.array, (self.values, self.error, self.measured))
        return SkyMap, (values, error, self.unit, self.name, dict(self.meta), measured)

    def __repr__(self) -> str:
        """Return name, resolution, range and unit."""
        held = self.values[~self.masked]
        span = f"{held.min():g} to {held.max():g}" if held.size else "nothing"
        hidden = f", {self.values.size - held.size} pixels masked" if held.size < self.values.size else ""
        return f"<SkyMap {self.name or 'without a name'}: nside {self.nside}, {span} [{self.unit}]{hidden}>"

    @property
    def nside(self) -> int:
        """Resolution of the map."""
        return nside_of(self.values.size)

    @property
    def pixel_area(self) -> float:
        """Solid angle of a pixel [sr]."""
        return pixel_area(self.nside)

    @property
    def masked(self) -> Bools:
        """Which pixels ``(npix,)`` hold no value: UNSEEN (to single precision, as files have it) or not finite."""
        return ~np.isfinite(self.values) | (np.abs(self.values - UNSEEN) <= 1e-5 * abs(UNSEEN))

    @property
    def lon(self) -> Floats:
        """Galactic longitudes ``(npix,)`` of the pixels' centres [deg], 0 to 360."""
        return self._centres()[0]

    @property
    def lat(self) -> Floats:
        """Galactic latitudes ``(npix,)`` of the pixels' centres [deg]."""
        return self._centres()[1]

    @property
    def coordinates(self) -> Any:
        """The pixels' centres as one SkyCoord ``(npix,)``, Galactic."""
        from astropy.coordinates import SkyCoord

        return SkyCoord(*self._centres(), unit="deg", frame="galactic")

    @property
    def quantity(self) -> Any:
        """The values as a Quantity ``(npix,)``; nan where masked."""
        return np.where(self.masked, np.nan, self.values) * self.unit

    def at(self, lon: Any, lat: Any = None) -> Sampled:
        """Return the values of the pixels that hold directions, nan where masked.

        Parameters
        ----------
        lon, lat
            Galactic, degrees or Quantities, of shapes that broadcast; or one SkyCoord in any frame.

        Examples
        --------
        >>> sky = SkyMap(np.arange(12.0), 0.1, "cm-2")
        >>> float(sky.at(0, 90).value), sky.at([0, 90], [0, 0]).value.tolist()
        (0.0, [4.0, 5.0])
        """
        import healpy

        directions = np.broadcast_arrays(*lonlat_of(lon, lat))
        pixel = healpy.ang2pix(self.nside, *directions, lonlat=True)
        hidden = self.masked[pixel]
        value, error = (np.where(hidden, np.nan, column[pixel])[()] for column in (self.values, self.error))
        return Sampled(value, error, self.unit)

    def smooth(self, beam: Any) -> SkyMap:
        """Return the map seen through a beam: a width ("3 deg"), "spi@0.511", or a Beam.

        See :func:`skymodel.sky.smoothing.smooth` for the errors.
        """
        from skymodel.sky.instruments import read_beam
        from skymodel.sky.smoothing import smooth

        return smooth(self, read_beam(beam))

    def regrid(self, nside: int) -> SkyMap:
        """Return the map at another resolution, its flux kept; see :func:`skymodel.sky.resolution.regridded`.

        Examples
        --------
        >>> sky = SkyMap(np.arange(48.0), 0.0, "cm-2")
        >>> coarse = sky.regrid(1)
        >>> coarse.nside, bool(np.isclose(coarse.total().value, sky.total().value))
        (1, True)
        """
        from skymodel.sky.resolution import regridded

        return regridded(self, nside)

    def profile(
        self, axis: Axis, edges: Any, region: Any = None, *, centre: tuple[float, float] = (0.0, 0.0)
    ) -> MapProfile:
        """Return the mean in bins of "lon", "lat" or "radius" [deg]; see :func:`skymodel.sky.profile.map_profile`.

        Examples
        --------
        >>> sky = SkyMap(np.ones(12 * 16**2), 0.0, "cm-2 s-1 sr-1")
        >>> sky.profile("lat", [-10, 0, 10], "box -30 30 -90 90").mean.round(12).tolist()
        [1.0, 1.0]
        """
        from skymodel.sky.profile import map_profile

        return map_profile(self, axis, edges, region, centre)

    def cut(self, region: Any) -> SkyMap:
        """Return the map with UNSEEN in every pixel that lies wholly outside a region.

        Pixels on the edge stay: with the region's coverage map they give its mean, without them they would not.
        """
        outside = as_region(region).coverage(self.nside) == 0
        return self._masked_where(outside)

    def total(self) -> Bounded:
        """Return the integral over the pixels that are not masked [unit sr]; errors add as correlated ones do."""
        return averages.total(self)

    def mean(self, region: Any) -> Bounded:
        """Return the mean over a region, pixels on its edge weighted by their covered share.

        The error is the pixels' own, added as correlated ones, plus what the map cannot tell: where in a pixel on the
        edge its brightness lies, estimated from the range among the pixels around it.

        Raises
        ------
        ValueError
            If the region holds no pixel or a masked one.
        """
        return averages.mean(self, region)

    def to(self, unit: Any) -> SkyMap:
        """Return the map in another unit.

        Raises
        ------
        ValueError
            If the units are not convertible.
        """
        try:
            factor = float(self.unit.to(unit))
        except units.UnitConversionError as error:
            raise ValueError(f"{called(self)} does not convert to [{unit}]") from error
        return replace(self._scaled(factor), unit=unit)

    def __add__(self, other: Any) -> SkyMap:
        """Return the sum with a map, a Quantity or a number; masked pixels stay masked."""
        found = operand(other, self)
        return NotImplemented if found is None else added(self, found)

    __radd__ = __add__

    def __sub__(self, other: Any) -> SkyMap:
        """Return the map less a map, a Quantity or a number; errors add."""
        found = operand(other, self)
        return NotImplemented if found is None else added(self, found, -1.0)

    def __rsub__(self, other: Any) -> SkyMap:
        """Return a Quantity or a number less the map."""
        return (-self).__add__(other)

    def __neg__(self) -> SkyMap:
        """Return the map with its sign turned."""
        return self._scaled(-1.0)

    def __mul__(self, factor: Any) -> SkyMap:
        """Return the map times a map, a number, a Quantity, or a number with a bound; masked pixels stay masked."""
        if isinstance(factor, int | float | np.number):
            return self._scaled(float(factor))
        found = operand(factor, self)
        return NotImplemented if found is None else multiplied(self, found)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> SkyMap:
        """Return the map over a map, a Quantity or a number; where the divisor is zero it is masked."""
        found = operand(other, self)
        return NotImplemented if found is None else divided(self, found)

    def __rtruediv__(self, other: Any) -> SkyMap:
        """Return a Quantity or a number over the map."""
        found = operand(other, self)
        return NotImplemented if found is None else divided(found, self)

    def _scaled(self, factor: float) -> SkyMap:
        size = abs(factor)
        scaled = replace(self, values=self.values * factor, error=self.error * size, measured=self.measured * size)
        masked = self.masked
        return scaled._masked_where(masked) if masked.any() else scaled

    def _centres(self) -> tuple[Floats, Floats]:
        import healpy

        lon, lat = healpy.pix2ang(self.nside, np.arange(self.values.size), lonlat=True)
        return lon, lat

    def _masked_where(self, where: Bools) -> SkyMap:
        return replace(self, values=np.where(where, UNSEEN, self.values), error=np.where(where, UNSEEN, self.error))
