"""A function of densities, evaluated place by place: a density again."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from profiles.contract.density import SYMMETRIES, Density, Hints, Symmetry


@dataclass(frozen=True)
class Mapped(Density):
    """A function of densities, evaluated place by place; made by :func:`mapped`.

    Parameters
    ----------
    function
        Called with one array for each field; returns their shape.
    fields
        Densities.
    """

    function: Callable[..., Any]
    fields: tuple[Density, ...]

    @property
    def symmetry(self) -> Symmetry:
        """The lowest symmetry of the fields."""
        return max((field.symmetry for field in self.fields), key=SYMMETRIES.index)

    @property
    def mirror_z(self) -> bool:
        """Whether all fields are mirror symmetric."""
        return all(field.mirror_z for field in self.fields)

    @property
    def hints(self) -> Hints:
        """The hints of all fields."""
        return functools.reduce(operator.or_, (field.hints for field in self.fields))

    def radial(self, r: Any) -> Any:
        """Return the values at radius `r` [kpc]; only where the symmetry is spherical."""
        return self.function(*(field.radial(r) for field in self.fields))  # type: ignore[attr-defined]

    def meridional(self, R: Any, z: Any) -> Any:
        """Return the values at ``(R, z)`` [kpc]; only where the symmetry is axisymmetric or higher."""
        return self.function(*(field.meridional(R, z) for field in self.fields))  # type: ignore[attr-defined]

    def __call__(self, x: Any, y: Any, z: Any) -> Any:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return self.function(*(field(x, y, z) for field in self.fields))


def mapped(function: Callable[..., Any], *fields: Density, unit: Any = "") -> Density:
    """Return the density ``function(field_1, field_2, ...)``, evaluated place by place.

    Parameters
    ----------
    function
        Called with one array for each field, in the field's unit; returns an array of their shape, not negative.
    fields
        One density or more.
    unit
        Unit of what the function returns.

    Examples
    --------
    >>> from profiles import from_function
    >>> radius = from_function(lambda x, y, z: (x**2 + y**2 + z**2) ** 0.5, unit="kpc", symmetry="spherical")
    >>> cold = mapped(lambda r: 1 / (1 + r), radius)
    >>> float(cold(0.0, 3.0, 0.0)), cold.symmetry
    (0.25, 'spherical')
    """
    if not fields:
        raise ValueError("mapped needs at least one field; a constant factor is a number times the density")
    return Mapped(function, fields, unit=unit)
