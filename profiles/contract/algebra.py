"""How densities combine: products, sums, scaling, conversion of units. Use ``*``, ``+`` and :func:`in_unit`.

The result is a density again, with the lower of the symmetries and with all the hints.
"""

from __future__ import annotations

import functools
import operator
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any

from astropy import units

from profiles.contract.density import SYMMETRIES, Array, Density, Hints, Oval, Symmetry
from profiles.contract.fields import Kind, convert, field_kinds
from profiles.contract.operations import plus, times


@dataclass(frozen=True)
class Compound(Density):
    """Densities that make one: its symmetry and its hints serve all of them."""

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

    @property
    def smooth(self) -> bool | None:
        """What is known of all parts."""
        known = [part.smooth for part in self.parts]
        return None if None in known else all(known)

    def _combine(self, method: str, *coordinates: Array) -> Array:
        return self._together([getattr(part, method)(*coordinates) for part in self.parts])

    @abstractmethod
    def _together(self, values: Sequence[Array]) -> Array:
        """Return what becomes of the parts' values."""

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
class Product(Compound):
    """The product of densities; units multiply.

    Parameters
    ----------
    parts
        The factors, at least one.

    Examples
    --------
    >>> from profiles import NFW, Burkert
    >>> pair = NFW() * Burkert()
    >>> type(pair).__name__, str(pair.unit), len(pair.parts)
    ('Product', 'GeV2 / cm6', 2)
    """

    def __post_init__(self) -> None:
        """Multiply the units."""
        unit = functools.reduce(operator.mul, (units.Unit(part.unit) for part in self.parts))
        object.__setattr__(self, "unit", unit)

    @property
    def support(self) -> Oval | None:
        """The smallest of the parts' supports."""
        found = [part.support for part in self.parts if part.support]
        return min(found, key=lambda oval: oval.radius) if found else None

    def _together(self, values: Sequence[Array]) -> Array:
        return functools.reduce(operator.mul, values)


@dataclass(frozen=True)
class OfOneUnit(Compound):
    """Densities of which each counts by itself: all are expressed in the unit of the first."""

    def __post_init__(self) -> None:
        """Express all parts in the unit of the first."""
        unit = units.Unit(self.parts[0].unit)
        object.__setattr__(self, "parts", tuple(in_unit(part, unit) for part in self.parts))
        object.__setattr__(self, "unit", unit)

    @property
    def support(self) -> Oval | None:
        """That of the parts, if they share one."""
        first, *others = (part.support for part in self.parts)
        return first if all(other == first for other in others) else None


@dataclass(frozen=True)
class Sum(OfOneUnit):
    """The sum of densities of one unit.

    Parameters
    ----------
    parts
        The terms, at least one, all in the unit of the first.

    Examples
    --------
    >>> from profiles import Burkert
    >>> both = Burkert(rho_s=1.0) + Burkert(rho_s=2.0)
    >>> float(both.radial(0.0)), type(both).__name__
    (3.0, 'Sum')
    """

    def _together(self, values: Sequence[Array]) -> Array:
        return functools.reduce(operator.add, values)


@dataclass(frozen=True)
class Scaled(Density):
    """A density times a number, possibly in another unit.

    Parameters
    ----------
    density
        The density that is scaled.
    factor
        The number; not negative, so that a density stays one.

    Examples
    --------
    >>> from profiles import Burkert, Scaled
    >>> half = Scaled(Burkert(rho_s=1.0), 0.5)  # what 0.5 * density is, unless a field can take the factor
    >>> float(half.radial(0.0)), (0.5 * Burkert(rho_s=1.0)).rho_s
    (0.5, 0.5)
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

    @property
    def smooth(self) -> bool | None:
        """As the scaled density."""
        return self.density.smooth

    @property
    def support(self) -> Oval | None:
        """That of the scaled density."""
        return self.density.support

    def radial(self, r: Array) -> Array:
        """Return the values at radius `r` [kpc]; only where the symmetry is spherical."""
        return self.factor * self.density.radial(r)  # type: ignore[attr-defined]  # promised by `symmetry`

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the values at ``(R, z)`` [kpc]; only where the symmetry is axisymmetric or higher."""
        return self.factor * self.density.meridional(R, z)  # type: ignore[attr-defined]

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return self.factor * self.density(x, y, z)


def expanded(density: Density) -> tuple[Density, ...]:
    """Return terms whose sum a density is, products of sums multiplied out.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk, HernquistBulge
    >>> [len(term.parts) for term in expanded(NFW() * (2 * (ExponentialDisk() + HernquistBulge())))]
    [2, 2]
    """
    match density:
        case Sum():
            return tuple(term for part in density.parts for term in expanded(part))
        case Scaled() if len(terms := expanded(density.density)) > 1:
            factor = units.Unit(density.unit) / units.Unit(density.density.unit)
            return tuple(scaled(term, density.factor, units.Unit(term.unit) * factor) for term in terms)
        case Product():
            return tuple(functools.reduce(operator.mul, one) for one in product(*map(expanded, density.parts)))
    return (density,)


def parts_of(density: Density, kind: type[Product] | type[Sum]) -> tuple[Density, ...]:
    """Return the parts of a combination of this kind, or the density as the only one."""
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


def total(densities: Iterable[Density]) -> Density:
    """Return the sum of one or more densities, in the unit of the first."""
    first, *others = densities
    if not others:
        return first
    return Sum(tuple(part for each in (first, *others) for part in parts_of(in_unit(each, first.unit), Sum)))


@times.register
def _(factor: Density, density: Density) -> Density:
    return Product((*parts_of(density, Product), *parts_of(factor, Product)))


@times.register
def _(factor: units.Quantity, density: Density) -> Density:
    return scaled(density, float(factor.value), units.Unit(density.unit) * factor.unit)


@times.register
def _(factor: units.UnitBase, density: Density) -> Density:
    return times(1.0 * factor, density)  # type: ignore[no-any-return]


@times.register(object)  # a number, plain or of an array library that traces it
def _(factor: Any, density: Density) -> Density:
    return scaled(density, factor, density.unit)


@plus.register
def _(other: Density, density: Density) -> Density:
    return Sum((*parts_of(density, Sum), *parts_of(in_unit(other, density.unit), Sum)))
