"""Densities side by side, looked at together: what they have in common is computed once a place.

``Product((Beside(halos), electrons))`` stands for one pair with each of the halos.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from profiles.contract.algebra import OfOneUnit, Product, expanded, parts_of
from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Density


@dataclass(frozen=True)
class Beside(OfOneUnit):
    """Densities side by side: values have a leading axis, one entry for each; symmetry and hints serve all.

    Parameters
    ----------
    parts
        The densities, at least one, all in the unit of the first.

    Examples
    --------
    >>> import numpy as np
    >>> from profiles import NFW, Burkert
    >>> both = Beside((NFW(), Burkert()))
    >>> both.symmetry, both.radial(np.ones(3)).shape
    ('spherical', (2, 3))
    """

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the values ``(parts, ...)`` at ``(x, y, z)`` [kpc]."""
        if self.symmetry == "spherical":
            return self.radial(array_namespace(x, y, z).sqrt(x * x + y * y + z * z))
        return super().__call__(x, y, z)

    def _together(self, values: Sequence[Array]) -> Array:
        return array_namespace(*values).stack(values)


def each_of(density: Density) -> tuple[Density, ...]:
    """Return the densities that one with some side by side stands for; of any other, itself.

    Examples
    --------
    >>> from profiles import NFW, Burkert, HernquistBulge
    >>> [type(pair.parts[0]).__name__ for pair in each_of(Beside((NFW(), Burkert())) * HernquistBulge())]
    ['NFW', 'Burkert']
    """
    match density:
        case Beside():
            return density.parts
        case Product():
            return tuple(functools.reduce(operator.mul, one) for one in product(*map(each_of, density.parts)))
    return (density,)


def leading_axes(density: Density) -> tuple[int, ...]:
    """Return the leading axes of a density's values: ``(parts,)`` with densities side by side, else none."""
    match density:
        case Beside():
            return (len(density.parts),)
        case Product():
            return max(map(leading_axes, density.parts), key=len)
    return ()


class Gathered(NamedTuple):
    """A density with others side by side, and which of those given it stands for, in its order."""

    density: Density
    places: tuple[int, ...]


def gathered(densities: Sequence[Density]) -> tuple[Gathered, ...]:
    """Return densities to be looked at together: products that differ in their first factor alone become one.

    Their first factors must be alike in unit, symmetry and what is known of them, and none may be a sum, whose terms
    have symmetries of their own, or hold a cube.

    Examples
    --------
    >>> from profiles import NFW, Burkert, HernquistBulge, ExponentialDisk
    >>> bulge, disk = HernquistBulge(), ExponentialDisk()
    >>> [found.places for found in gathered([NFW() * bulge, NFW() * disk, Burkert() * bulge])]
    [(0, 2), (1,)]
    """
    groups: dict[Any, list[int]] = {}
    for index, density in enumerate(densities):
        groups.setdefault(_kind(density) or index, []).append(index)
    return tuple(Gathered(_as_one([densities[k] for k in places]), tuple(places)) for places in groups.values())


def _kind(density: Density) -> tuple[Any, ...]:
    """Return what products that can be looked at together have in common; nothing of one that stands alone."""
    first, *common = parts_of(density, Product)
    if not common or density.hints.meshes or len(expanded(first)) > 1:
        return ()
    known = first.unit, first.symmetry, first.mirror_z, first.smooth, first.support
    return (*map(id, common), *known, first.hints.points, first.hints.ovals, first.hints.cores)


def _as_one(densities: Sequence[Density]) -> Density:
    if len(densities) == 1:
        return densities[0]
    factors = [parts_of(density, Product) for density in densities]
    return Product((Beside(tuple(first for first, *_ in factors)), *factors[0][1:]))
