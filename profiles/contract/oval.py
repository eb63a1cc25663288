"""Closed smooth surfaces anywhere: ellipsoids, by the affine map that makes them the unit sphere.

A density that has a sharp edge there says so among its hints (``Hints.ovals``), and one that is nothing outside of it,
or less than ``NOTHING`` of its peak, says so too (``Density.support``): sight lines then end at the surface, and those
that miss it cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats

Triple = tuple[float, float, float]

NOTHING = 1e-29  # share of a peak that is nothing: whatever the other factors, it is far below every rounding
EFOLDS = 70.0  # and how many e-foldings that is, with a factor of ten to spare


class Chords(NamedTuple):
    """Where lines enter and leave [kpc], which do, and the share of the way inside that rounding may cost; ``(N,)``."""

    enter: Floats
    leave: Floats
    hit: Bools
    blur: Floats


class Approach(NamedTuple):
    """Where lines are closest [kpc], how far they go for one unit [kpc], and how far they pass, in units; ``(N,)``."""

    nearest: Floats
    unit: Floats
    miss: Floats


class Oval(NamedTuple):
    """The surface of an ellipsoid: the places r with ``|rows (r - centre)| = 1``.

    Parameters
    ----------
    centre
        Its centre [kpc].
    rows
        A matrix ``(3, 3)`` [1/kpc]: for axes along x, y, z the reciprocal semi-axes on the diagonal.
    """

    centre: Triple
    rows: tuple[Triple, Triple, Triple]

    @classmethod
    def along_axes(cls, centre: Triple, semi_axes: Triple) -> Oval:
        """Return an ellipsoid whose axes are the Galaxy's.

        Examples
        --------
        >>> Oval.along_axes((0.0, 0.0, 0.0), (2.0, 2.0, 1.0)).radius
        2.0
        """
        a, b, c = semi_axes
        return cls(centre, ((1 / a, 0.0, 0.0), (0.0, 1 / b, 0.0), (0.0, 0.0, 1 / c)))

    @classmethod
    def about(cls, centre: Triple, radius: float, height: float) -> Oval:
        """Return an ellipsoid of revolution outside of which a place is beyond `radius` or beyond `height`."""
        return cls.along_axes(centre, (math.sqrt(2) * radius, math.sqrt(2) * radius, math.sqrt(2) * height))

    @property
    def radius(self) -> float:
        """The largest semi-axis [kpc]."""
        return float(1 / np.linalg.svd(np.array(self.rows), compute_uv=False).min())

    @property
    def smallest(self) -> float:
        """The smallest semi-axis [kpc]."""
        return float(1 / np.linalg.svd(np.array(self.rows), compute_uv=False).max())

    def holds(self, place: Sequence[float] | Floats) -> bool:
        """Return whether a place [kpc] is inside or on the surface."""
        return bool(np.linalg.norm(np.array(self.rows) @ (np.asarray(place) - np.array(self.centre))) <= 1)

    def scaled(self, base: Floats, direction: Floats) -> tuple[Floats, Floats]:
        """Return lines base + u * direction ``(3, N)`` from the centre and along the semi-axes, in units of them."""
        rows = np.array(self.rows)
        return rows @ (base - np.array(self.centre)[:, None]), rows @ direction

    def grown(self, factor: float) -> Oval:
        """Return the ellipsoid with all semi-axes larger by a factor."""
        return self.moved(np.eye(3) / factor)._replace(centre=self.centre)

    def misses(self, base: Floats, direction: Floats) -> Floats:
        """Return how far half lines from `base` along `direction` ``(3, N)`` pass, squared, minus 1: negative inside.

        In units of the semi-axes; of lines that run away it is continued beyond the distance of `base`.
        """
        start, step = self.scaled(base, direction)
        square, away = np.sum(step * step, axis=0), np.sum(start * start, axis=0)
        miss2 = np.sum(np.cross(start, step, axis=0) ** 2, axis=0) / square
        return np.asarray(np.where(np.sum(start * step, axis=0) < 0, miss2, 2 * away - miss2) - 1)

    def moved(self, turn: Sequence[Sequence[float]] | Floats, shift: Sequence[float] = (0.0, 0.0, 0.0)) -> Oval:
        """Return the surface of a body that is placed: a place r of the Galaxy is ``turn (r - shift)`` of the body."""
        matrix = np.asarray(turn, dtype=float)
        centre = matrix.T @ np.array(self.centre) + np.asarray(shift)
        rows = np.array(self.rows) @ matrix
        return Oval(_triple(centre), (_triple(rows[0]), _triple(rows[1]), _triple(rows[2])))

    def approach(self, base: Floats, direction: Floats) -> Approach:
        """Return how close lines base + u * direction ``(3, N)`` come to the centre, in units of the semi-axes.

        Examples
        --------
        >>> oval = Oval.along_axes((0.0, 0.0, 0.0), (2.0, 0.5, 0.5))
        >>> oval.approach(np.array([[-4.0], [1.0], [0.0]]), np.array([[1.0], [0.0], [0.0]]))  # two units above it
        Approach(nearest=array([4.]), unit=array([2.]), miss=array([2.]))
        """
        start, step = self.scaled(base, direction)
        square = np.sum(step * step, axis=0)
        miss2 = np.sum(np.cross(start, step, axis=0) ** 2, axis=0) / square  # no difference of large numbers
        return Approach(-np.sum(start * step, axis=0) / square, 1 / np.sqrt(square), np.sqrt(miss2))

    def chords(self, base: Floats, direction: Floats) -> Chords:
        """Return the parts inside of lines base + u * direction ``(3, N)``, as intervals of u.

        Of lines that miss it both ends are their closest approach, in units of the semi-axes.
        """
        nearest, unit, miss = self.approach(base, direction)
        inside = np.maximum(1 - miss * miss, 0.0)
        half = np.sqrt(inside) * unit
        rounding = 4 * np.finfo(float).eps * (1 + np.linalg.norm(self.scaled(base, direction)[0], axis=0))
        hit = inside > rounding  # what only touches it is nothing
        half = np.where(hit, half, 0.0)
        return Chords(nearest - half, nearest + half, hit, np.where(hit, rounding / np.where(hit, inside, 1.0), 0.0))


def _triple(vector: Floats) -> Triple:
    x, y, z = vector.tolist()
    return x, y, z
