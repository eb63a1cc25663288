"""The contract every density keeps: what it is called with, what it declares, how densities combine.

A density is a frozen dataclass, called with Galactocentric arrays ``(x, y, z)`` [kpc] of one shape, that returns an
array of that shape in ``density.unit``. The Sun lies at x < 0, y points to lon = 90 deg, z to the north.
Subclass :class:`Spherical` (implement ``radial(r)``), :class:`Axisymmetric` (``meridional(R, z)``) or
:class:`Density` (``__call__(x, y, z)``), write it in array-API style, and declare each field's kind
(:data:`Length`, :data:`MassDensity`, ...): the fields are the configuration schema and the validation.
Densities add, multiply and scale; the result is a density with the lower of the two symmetries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from astropy import constants, units

from profiles.contract.arrays import array_namespace
from profiles.contract.fields import (
    MASS_DENSITY,
    NUMBER_DENSITY,
    Angle,
    Coordinate,
    InnerSlope,
    Kind,
    Length,
    LengthOrZero,
    Mass,
    MassDensity,
    Number,
    NumberDensity,
    Positive,
    SurfaceDensity,
    convert,
    field_kinds,
)
from profiles.contract.hints import Hints
from profiles.contract.operations import mass_within, plus, times
from profiles.contract.oval import Oval
from profiles.contract.shown import Shown

__all__ = [
    "MASS_DENSITY",
    "NUMBER_DENSITY",
    "SYMMETRIES",
    "Angle",
    "Array",
    "Axisymmetric",
    "Coordinate",
    "Density",
    "Hints",
    "InnerSlope",
    "Kind",
    "Length",
    "LengthOrZero",
    "Mass",
    "MassDensity",
    "Number",
    "NumberDensity",
    "Oval",
    "Positive",
    "Spherical",
    "SurfaceDensity",
    "Symmetry",
    "field_kinds",
]

Symmetry = Literal["spherical", "axisymmetric", "none"]
SYMMETRIES: tuple[Symmetry, ...] = ("spherical", "axisymmetric", "none")  # from the highest to the lowest
Array = Any  # a NumPy, JAX or other array-API array


@dataclass(frozen=True)
class Density(Shown, ABC):
    """A density over the Galaxy; see the module's docstring.

    Parameters
    ----------
    unit
        Unit of the values, an astropy unit or its name. By default that of the amplitude field or wrapped density.

    Examples
    --------
    >>> from astropy import units
    >>> from profiles import NFW, Density
    >>> halo = NFW()
    >>> isinstance(halo, Density), str(halo.at(8.2 * units.kpc, 0 * units.kpc, 0 * units.kpc).unit)
    (True, 'GeV / cm3')
    """

    unit: Any = field(default=None, kw_only=True)
    _smooth: ClassVar[bool | None] = None

    def __init_subclass__(cls, *, smooth: bool | None = None, **options: Any) -> None:
        """Note what the class promises of :attr:`smooth`; the promise of a parent does not count."""
        super().__init_subclass__(**options)
        cls._smooth = smooth

    __array_ufunc__ = None  # so that ``quantity * density`` asks the density, and is not an array of densities

    def __post_init__(self) -> None:
        """Turn Quantities into floats of the documented unit, settle the density's unit, check the ranges."""
        for name, kind in field_kinds(type(self)).items():
            value = getattr(self, name)
            if isinstance(value, units.Quantity):
                value = self._plain(name, kind, value)
                object.__setattr__(self, name, value)
            kind.require(type(self).__name__, name, value)
        object.__setattr__(self, "unit", units.Unit(self._declared_unit()))
        self.check()

    def check(self) -> None:
        """Raise ValueError if the fields contradict one another: a hook, not a duty."""

    def _declared_unit(self) -> Any:
        if self.unit is not None:
            return self.unit
        amplitudes = [kind.unit for kind in field_kinds(type(self)).values() if kind.amplitude]
        wrapped = [value.unit for value in vars(self).values() if isinstance(value, Density)]
        return [*amplitudes, *wrapped, NUMBER_DENSITY][0]

    def _plain(self, name: str, kind: Kind, value: units.Quantity) -> float:
        if not kind.amplitude:
            return convert(value, [units.Unit(kind.unit)], f"{type(self).__name__}.{name}")[0]
        targets = [units.Unit(self._declared_unit()), MASS_DENSITY, NUMBER_DENSITY]
        number, unit = convert(value, targets, f"{type(self).__name__}.{name}")
        object.__setattr__(self, "unit", unit)
        return number

    @abstractmethod
    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at Galactocentric ``(x, y, z)`` [kpc], arrays of one shape."""

    @property
    def symmetry(self) -> Symmetry:
        """The symmetry the density promises: "spherical", "axisymmetric" or "none"."""
        return "none"

    @property
    def mirror_z(self) -> bool:
        """Whether the density promises to be the same at z and -z."""
        return False

    @property
    def hints(self) -> Hints:
        """Scales, kinks and edges worth knowing for an integrator."""
        return Hints()

    @property
    def smooth(self) -> bool | None:
        """Whether it is smooth wherever a sight line is not cut: between its hints, z = 0, the axis and the centre.

        False: it has kinks elsewhere, but nothing small. None: nothing is known of it. A class says so by a keyword,
        ``class Mine(Spherical, smooth=True)``; an integrator then believes how fast its errors fall.
        """
        return self._smooth

    @property
    def support(self) -> Oval | None:
        """The ellipsoid outside of which it promises to be nothing (at most 1e-29 of its peak), if there is one."""
        return None

    def __mul__(self, other: Density | float | units.Quantity) -> Density:
        """Return the product with a density, or the density scaled by a number or a Quantity."""
        return times(other, self)  # type: ignore[no-any-return]

    __rmul__ = __mul__

    def __truediv__(self, other: float | units.Quantity) -> Density:
        """Return the density over a number, a Quantity or a unit."""
        return NotImplemented if isinstance(other, Density) else self * (1 / other)

    def __add__(self, other: Density) -> Density:
        """Return the sum with a density of a convertible unit, in the unit of the first."""
        return plus(other, self) if isinstance(other, Density) else NotImplemented  # type: ignore[no-any-return]

    def at(self, x: Any, y: Any, z: Any) -> units.Quantity:
        """Return the density at Galactocentric places, with its unit.

        Parameters
        ----------
        x, y, z
            Lengths, Quantities or numbers [kpc], of shapes that broadcast.

        Examples
        --------
        >>> from profiles import NFW
        >>> print(f"{NFW(rho_s=0.3, r_s=20.0).at(8200 * units.pc, 0, 0):.4f}")
        0.3680 GeV / cm3
        """
        places = [np.asarray(units.Quantity(one, "kpc").value, dtype=float) for one in (x, y, z)]
        return units.Quantity(self(*np.broadcast_arrays(*places)), self.unit)

    def mass(self, r: Any, *, rtol: float | None = None) -> Any:
        """Return what spheres of radius `r` (a length, or kpc) hold: value, bound of its error, unit.

        See :func:`profiles.enclosed_mass`.

        Examples
        --------
        >>> from profiles import NFW
        >>> held = NFW(rho_s=0.3, r_s=20.0).mass(8200 * units.pc)
        >>> print(f"{held.value:.3e} {held.unit}")
        4.195e+10 solMass
        """
        return mass_within(self, r, rtol)

    def electrons(self, per_baryon: float = 1.0) -> Density:
        """Return the electron density [cm-3] of this mass density, n_e = `per_baryon` * rho / m_p.

        Parameters
        ----------
        per_baryon
            Electrons per baryon: 1 in Lawson & Zhitnitsky (2007), about 0.88 for the cosmic composition.
        """
        if not per_baryon > 0:
            raise ValueError(f"per_baryon = {per_baryon}; electrons per baryon must be a number > 0")
        proton = float((constants.m_p * constants.c**2).to_value("GeV"))
        mass, _ = convert(1.0 * units.Unit(self.unit), [MASS_DENSITY], f"a density in [{self.unit}]")
        here = self if units.Unit(self.unit) == MASS_DENSITY else times(mass * (MASS_DENSITY / self.unit), self)
        return times(per_baryon / proton * (NUMBER_DENSITY / MASS_DENSITY), here)  # type: ignore[no-any-return]


def require_density(
    value: Any, what: str = "", cure: str = "profiles.from_function makes one of a function"
) -> Density:
    """Return `value` if it is a density; raise TypeError if not, naming `what` it is and what to do."""
    if not isinstance(value, Density):
        raise TypeError(f"{what}{value!r} is no density; {cure}")
    return value


@dataclass(frozen=True)
class Spherical(Density):
    """A density of the radius only: implement ``radial(r)``.

    Examples
    --------
    >>> from profiles import Spherical
    >>> class Plummer(Spherical):
    ...     def radial(self, r):
    ...         return (1 + r**2) ** -2.5
    >>> Plummer().symmetry, float(Plummer()(0.0, 0.0, 0.0))
    ('spherical', 1.0)
    """

    @abstractmethod
    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc], an array of any shape."""

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        return self.radial(array_namespace(R, z).sqrt(R * R + z * z))

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        return self.radial(array_namespace(x, y, z).sqrt(x * x + y * y + z * z))

    @property
    def symmetry(self) -> Symmetry:
        """Spherical."""
        return "spherical"

    @property
    def mirror_z(self) -> bool:
        """A sphere is its own mirror image."""
        return True


@dataclass(frozen=True)
class Axisymmetric(Density):
    """A density of cylindrical radius and height: implement ``meridional(R, z)``.

    Examples
    --------
    >>> from profiles import Axisymmetric, ExponentialDisk
    >>> ExponentialDisk().symmetry, isinstance(ExponentialDisk(), Axisymmetric)
    ('axisymmetric', True)
    """

    @abstractmethod
    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc], arrays of one shape."""

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        return self.meridional(array_namespace(x, y).sqrt(x * x + y * y), z)

    @property
    def symmetry(self) -> Symmetry:
        """Axisymmetric."""
        return "axisymmetric"

    @property
    def mirror_z(self) -> bool:
        """True for a disk in the plane; a form that is not must say so."""
        return True
