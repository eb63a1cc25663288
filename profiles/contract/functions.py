"""A plain function as a density."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.density import SYMMETRIES, Array, Density, Hints, Symmetry


@dataclass(frozen=True)
class FunctionDensity(Density):
    """A density given by a plain function; made by :func:`from_function`."""

    function: Callable[[Array, Array, Array], Array]
    symmetry: Symmetry = "none"
    mirror_z: bool = False
    hints: Hints = Hints()

    def radial(self, r: Array) -> Array:
        """Return the values at radius `r` [kpc], taken along the x axis."""
        return _whole(self.function(r, 0 * r, 0 * r))

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the values at ``(R, z)`` [kpc], taken in the plane y = 0."""
        return _whole(self.function(R, 0 * R, z))

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return _whole(self.function(x, y, z))


def _whole(values: Array) -> Array:
    """Return what a function gave; values that it masked are refused, as integrals would count what lies below."""
    if np.ma.is_masked(values):
        raise ValueError("the function returned masked values; fill them: np.ma.filled(values, 0.0)")
    return values


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
