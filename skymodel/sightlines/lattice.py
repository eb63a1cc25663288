"""Rules for means over a diamond whose nodes form a grid along its diagonals.

A pixel of HEALPix is a diamond in l and sin b (in the belt), so that the nodes of all pixels of a window form one grid.
The diamond is |x| + |y| < 1, where the mean of x^i y^j, i and j even, is 2 i! j! / (i + j + 2)!. A few nodes lie outside
it, in the corners of the square around, with small weights: a rule must not be used where something happens beyond
the sides of a pixel.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_OUTER = 0.82  # the outer steps of the finer rule: of those around, the terms of degree 8 that it misses are least


class Lattice(NamedTuple):
    """Steps ``(S,)`` of the nodes along both diagonals in units of half a diagonal, and weights ``(S, S)``."""

    step: Floats
    weight: Floats


@functools.cache
def lattice(degree: int) -> Lattice:
    """Return the rule that is exact to degree 3, 5 (3 x 3 nodes) or 7 (5 x 5).

    No two share their steps: the difference of two rules sees every term that the lower one misses.

    Examples
    --------
    >>> step, weight = lattice(7)
    >>> round(float(step**4 @ weight @ step**2) * math.factorial(8) / (2 * math.factorial(4) * 2), 12)
    1.0
    """
    if degree == 3:
        return _solved((math.sqrt(1 / 3),), ((0, 0), (2, 0)))
    if degree == 5:
        return _solved((math.sqrt(_moment(4, 0) / _moment(2, 0)),), ((0, 0), (2, 0), (2, 2)))
    square = _OUTER**2
    inner = (_moment(6, 0) - square * _moment(4, 0)) / (_moment(4, 0) - square * _moment(2, 0))
    return _solved((math.sqrt(inner), _OUTER), ((0, 0), (2, 0), (4, 0), (2, 2), (4, 2), (4, 4)))


def _moment(i: int, j: int) -> float:
    return 2 * math.factorial(i) * math.factorial(j) / math.factorial(i + j + 2)


def _solved(steps: tuple[float, ...], powers: tuple[tuple[int, int], ...]) -> Lattice:
    """Return the rule with nodes at 0 and +-`steps` that gives the moments; orbits of nodes share a weight."""
    step = np.array([*(-s for s in steps[::-1]), 0.0, *steps])
    size = np.abs(np.arange(step.size) - len(steps))
    orbits = list(itertools.combinations_with_replacement(range(len(steps) + 1), 2))[: len(powers)]
    member = [(np.minimum.outer(size, size) == low) & (np.maximum.outer(size, size) == high) for low, high in orbits]
    sums = np.array([[step**i @ nodes @ step**j for nodes in member] for i, j in powers])
    share = np.linalg.solve(sums, [_moment(i, j) for i, j in powers])
    return Lattice(step, sum(w * nodes for w, nodes in zip(share, member, strict=True)))
