"""Closed surfaces between a diamond and a box, as bars have them, and where lines enter and leave them.

The size of a place, 1 on the surface, is convex along a line, so that Newton's steps from outside never pass the place
of entry, and those along a line that misses come to where it runs away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from profiles.contract.oval import Approach, Chords, Oval

STEPS = 12  # of Newton: five to eight reach the last digits but where a line grazes; a cut may then be off by a little
TINIEST = 1e-100  # of a coordinate in semi-axes, so that ratios of two are numbers


class Box(NamedTuple):
    r"""The surface :math:`(|a|^{C_\perp} + |b|^{C_\perp})^{C_\parallel/C_\perp} + |c|^{C_\parallel} = 1`.

    Parameters
    ----------
    oval
        The ellipsoid of the same semi-axes: (a, b, c) are places along and in units of them.
    C_perp, C_par
        Exponents of the face-on and the edge-on shape, at least 1.
    """

    oval: Oval
    C_perp: float
    C_par: float

    def moved(self, turn: Sequence[Sequence[float]] | Floats, shift: Sequence[float] = (0.0, 0.0, 0.0)) -> Box:
        """Return the surface of a body that is placed: a place r of the Galaxy is ``turn (r - shift)`` of the body."""
        return self._replace(oval=self.oval.moved(turn, shift))

    def approach(self, base: Floats, direction: Floats) -> Approach:
        """Return how close lines base + u * direction ``(3, N)`` come to the centre, in units of the semi-axes."""
        return self.oval.approach(base, direction)

    def chords(self, base: Floats, direction: Floats) -> Chords:
        """Return the parts inside of lines base + u * direction ``(3, N)``, as intervals of u."""
        start, step = self.oval.scaled(base, direction)
        around = self.oval.grown(math.sqrt(3)).chords(base, direction)  # holds the box of any exponents
        hit, ends = around.hit.copy(), (around.enter.copy(), around.leave.copy())
        for u, sign in zip(ends, (1.0, -1.0), strict=True):
            for _ in range(STEPS):
                size, slope = self._sized(start + u * step, step)
                hit &= (sign * slope < 0) | (size <= 1)
                u += np.where(hit & (size > 1), (1 - size) / np.where(slope == 0, np.inf, slope), 0.0)
        enter, leave = ends
        return Chords(enter, np.maximum(enter, leave), hit & (enter < leave), np.zeros_like(enter))

    def _sized(self, place: Floats, step: Floats) -> tuple[Floats, Floats]:
        """Return the size of places ``(3, N)`` in units of the semi-axes, and how it changes along `step`."""
        a, b, c = np.maximum(np.abs(place), TINIEST)
        da, db, dc = np.sign(place) * step
        face = _norm(a, b, self.C_perp)
        size = _norm(face, c, self.C_par)
        widening = (a / face) ** (self.C_perp - 1) * da + (b / face) ** (self.C_perp - 1) * db
        return size, (face / size) ** (self.C_par - 1) * widening + (c / size) ** (self.C_par - 1) * dc


def _norm(a: Floats, b: Floats, exponent: float) -> Floats:
    large = np.maximum(a, b)
    return np.asarray(large * (1 + (np.minimum(a, b) / large) ** exponent) ** (1 / exponent))
