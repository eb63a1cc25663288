"""The contract every density keeps: what it is called with, what it declares, how densities combine.

A density is a frozen dataclass, called with Galactocentric arrays ``(x, y, z)`` [kpc] of one shape, that returns an
array of that shape in ``density.unit``. The Sun lies at x < 0, y points to lon = 90 deg, z to the north.
Subclass :class:`Spherical` (implement ``radial(r)``), :class:`Axisymmetric` (``meridional(R, z)``) or
:class:`Density` (``__call__(x, y, z)``), write it in array-API style, and declare each field's kind
(:data:`Length`, :data:`MassDensity`, ...): the fields are the configuration schema and the validation.
Densities add, multiply and scale; the result is a density with the lower of the two symmetries.
"""

from __future__ import annotations

import functools
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Any, Literal

from array_api_compat import array_namespace
from astropy import constants, units

from profiles.fields import (
    MASS_DENSITY,
    NUMBER_DENSITY,
    Angle,
    Coordinate,
    InnerSlope,
    Kind,
    Length,
    LengthOrZero,
    MassDensity,
    Number,
    NumberDensity,
    Positive,
    convert,
    field_kinds,
)

__all__ = [
    "MASS_DENSITY",
    "NUMBER_DENSITY",
    "SYMMETRIES",
    "Angle",
    "Array",
    "Axisymmetric",
    "Coordinate",
    "Density",
    "FunctionDensity",
    "Hints",
    "InnerSlope",
    "Kind",
    "Length",
    "LengthOrZero",
    "MassDensity",
    "Number",
    "NumberDensity",
    "Positive",
    "Product",
    "Scaled",
    "Spherical",
    "Sum",
    "Symmetry",
    "field_kinds",
    "from_function",
    "in_unit",
    "scaled",
    "total",
]

Symmetry = Literal["spherical", "axisymmetric", "none"]
SYMMETRIES: tuple[Symmetry, ...] = ("spherical", "axisymmetric", "none")  # from the highest to the lowest
Array = Any  # a NumPy, JAX or other array-API array


@dataclass(frozen=True)
class Hints:
    r"""Where a density has kinks or edges: hints speed the integration up and are never needed.

    A smooth density does best without: every hint splits every sight line once more (measured: the scale heights of
    a disk cost 10 to 60 % more evaluations at rtol 1e-6).

    Parameters
    ----------
    spheres, cylinders, planes
        Radii r, cylindrical radii R and heights \|z\| [kpc].
    points
        Places ``(x, y, z, size)`` [kpc] away from the centre around which the density is concentrated.
    """

    spheres: tuple[float, ...] = ()
    cylinders: tuple[float, ...] = ()
    planes: tuple[float, ...] = ()
    points: tuple[tuple[float, float, float, float], ...] = ()

    def __or__(self, other: Hints) -> Hints:
        """Return the hints of both, without repetition."""
        return Hints(**{f.name: _union(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)})


def _union(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*first, *second)))


@dataclass(frozen=True)
class Density(ABC):
    """A density over the Galaxy; see the module's docstring.

    Parameters
    ----------
    unit
        Unit of the values, an astropy unit or its name. By default that of the amplitude field or wrapped density.
    """

    unit: Any = field(default=None, kw_only=True)

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

    def check(self) -> None:  # noqa: B027  # a hook, not a duty
        """Raise ValueError if the fields contradict one another."""

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

    def __mul__(self, other: Density | float | units.Quantity) -> Density:
        """Return the product with a density, or the density scaled by a number or a Quantity."""
        if isinstance(other, Density):
            return Product((*_parts(self, Product), *_parts(other, Product)))
        if isinstance(other, units.Quantity):
            return scaled(self, float(other.value), units.Unit(self.unit) * other.unit)
        return scaled(self, other, self.unit)

    __rmul__ = __mul__

    def __add__(self, other: Density) -> Density:
        """Return the sum with a density of a convertible unit, in the unit of the first."""
        if not isinstance(other, Density):
            return NotImplemented
        return Sum((*_parts(self, Sum), *_parts(in_unit(other, self.unit), Sum)))

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
        return scaled(in_unit(self, MASS_DENSITY), per_baryon / proton, NUMBER_DENSITY)


def _parts(density: Density, kind: type[Product] | type[Sum]) -> tuple[Density, ...]:
    return density.parts if isinstance(density, kind) else (density,)


def in_unit(density: Density, unit: Any) -> Density:
    """Return the density expressed in `unit` (mass and energy densities convert by c^2).

    Raises
    ------
    ValueError
        If the units are not convertible, for example a mass density into a number density.
    """
    target = units.Unit(unit)
    if units.Unit(density.unit) == target:
        return density
    factor, _ = convert(1.0 * units.Unit(density.unit), [target], f"a density in [{density.unit}]")
    return scaled(density, factor, target)


def scaled(density: Density, factor: float, unit: Any) -> Density:
    """Return `density` times `factor`, its values taken in `unit`; a form with one amplitude stays that form.

    Examples
    --------
    >>> from profiles import Burkert
    >>> scaled(Burkert(rho_s=0.5), 2.0, "GeV cm-3")
    Burkert(unit=Unit("GeV / cm3"), rho_s=1.0, r_s=12.67)
    """
    amplitudes = [name for name, kind in field_kinds(type(density)).items() if kind.amplitude]
    if len(amplitudes) == 1:
        name = amplitudes[0]
        return replace(density, **{name: getattr(density, name) * factor, "unit": unit})
    if isinstance(density, Sum):
        return Sum(tuple(scaled(part, factor, unit) for part in density.parts))
    return Scaled(density, factor, unit=unit)


@dataclass(frozen=True)
class Spherical(Density):
    """A density of the radius only: implement ``radial(r)``."""

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
    """A density of cylindrical radius and height: implement ``meridional(R, z)``."""

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


@dataclass(frozen=True)
class _Combination(Density):
    parts: tuple[Density, ...]

    @property
    def symmetry(self) -> Symmetry:
        """The lowest symmetry of the parts."""
        return max((part.symmetry for part in self.parts), key=SYMMETRIES.index)

    @property
    def mirror_z(self) -> bool:
        """Whether all parts are mirror symmetric."""
        return all(part.mirror_z for part in self.parts)

    @property
    def hints(self) -> Hints:
        """The hints of all parts."""
        return functools.reduce(operator.or_, (part.hints for part in self.parts))

    def _combine(self, method: str, *coordinates: Array) -> Array:
        return functools.reduce(self._operation(), (getattr(part, method)(*coordinates) for part in self.parts))

    @abstractmethod
    def _operation(self) -> Callable[[Array, Array], Array]: ...

    def radial(self, r: Array) -> Array:
        """Return the values at radius `r` [kpc]; only where the symmetry is spherical."""
        return self._combine("radial", r)

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the values at ``(R, z)`` [kpc]; only where the symmetry is axisymmetric or higher."""
        return self._combine("meridional", R, z)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return self._combine("__call__", x, y, z)


@dataclass(frozen=True)
class Product(_Combination):
    """The product of densities; units multiply.

    Parameters
    ----------
    parts
        The factors, at least one.
    """

    def __post_init__(self) -> None:
        """Multiply the units."""
        unit = functools.reduce(operator.mul, (units.Unit(part.unit) for part in self.parts))
        object.__setattr__(self, "unit", unit)

    def _operation(self) -> Callable[[Array, Array], Array]:
        return operator.mul


@dataclass(frozen=True)
class Sum(_Combination):
    """The sum of densities of one unit.

    Parameters
    ----------
    parts
        The terms, at least one, all in the unit of the first.
    """

    def __post_init__(self) -> None:
        """Express all terms in the unit of the first."""
        unit = units.Unit(self.parts[0].unit)
        object.__setattr__(self, "parts", tuple(in_unit(part, unit) for part in self.parts))
        object.__setattr__(self, "unit", unit)

    def _operation(self) -> Callable[[Array, Array], Array]:
        return operator.add


@dataclass(frozen=True)
class Scaled(Density):
    """A density times a number, possibly in another unit.

    Parameters
    ----------
    density
        The density that is scaled.
    factor
        The number; not negative, so that a density stays one.
    """

    density: Density
    factor: Annotated[float, Kind("", at_least=0.0)]

    @property
    def symmetry(self) -> Symmetry:
        """That of the scaled density."""
        return self.density.symmetry

    @property
    def mirror_z(self) -> bool:
        """That of the scaled density."""
        return self.density.mirror_z

    @property
    def hints(self) -> Hints:
        """Those of the scaled density."""
        return self.density.hints

    def radial(self, r: Array) -> Array:
        """Return the values at radius `r` [kpc]; only where the symmetry is spherical."""
        return self.factor * self.density.radial(r)  # type: ignore[attr-defined]  # promised by `symmetry`

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the values at ``(R, z)`` [kpc]; only where the symmetry is axisymmetric or higher."""
        return self.factor * self.density.meridional(R, z)  # type: ignore[attr-defined]

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return self.factor * self.density(x, y, z)


@dataclass(frozen=True)
class FunctionDensity(Density):
    """A density given by a plain function; made by :func:`from_function`."""

    function: Callable[[Array, Array, Array], Array]
    symmetry: Symmetry = "none"
    mirror_z: bool = False
    hints: Hints = Hints()

    def radial(self, r: Array) -> Array:
        """Return the values at radius `r` [kpc], taken along the x axis."""
        return self.function(r, 0 * r, 0 * r)

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the values at ``(R, z)`` [kpc], taken in the plane y = 0."""
        return self.function(R, 0 * R, z)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return self.function(x, y, z)


def from_function(
    function: Callable[[Array, Array, Array], Array],
    *,
    unit: Any,
    symmetry: Symmetry = "none",
    mirror_z: bool | None = None,
    hints: Hints | None = None,
) -> Density:
    """Return a density that calls ``function(x, y, z)``.

    Parameters
    ----------
    function
        Called with Galactocentric arrays [kpc] of one shape; returns that shape.
    unit
        Unit of what it returns, for example "GeV cm-3".
    symmetry
        What it promises; a promise is checked against samples when it is used.
    mirror_z
        Whether it is the same at z and -z; by default True for a spherical one only.
    hints
        Scales, kinks and edges worth knowing.

    Examples
    --------
    >>> halo = from_function(lambda x, y, z: 1 / (1 + x**2 + y**2 + z**2), unit="GeV cm-3", symmetry="spherical")
    >>> float(halo(3.0, 0.0, 0.0))
    0.1
    """
    if symmetry not in SYMMETRIES:
        raise ValueError(f"symmetry = {symmetry!r}; allowed: {', '.join(map(repr, SYMMETRIES))}")
    mirror = symmetry == "spherical" if mirror_z is None else mirror_z
    return FunctionDensity(function, symmetry, mirror, hints or Hints(), unit=unit)


def total(densities: Iterable[Density]) -> Density:
    """Return the sum of one or more densities, in the unit of the first."""
    return functools.reduce(operator.add, densities)
