"""Rules for means over a diamond, whose nodes form a grid along its diagonals, and over half a diamond.

A pixel of HEALPix is a diamond in l and sin b (in the belt): the nodes of all pixels of a window form one grid. The
diamond is |x| + |y| < 1, where the mean of x^i y^j, i and j even, is 2 i! j! / (i + j + 2)!. A few nodes lie outside
it, in the corners of the square around, with small weights: a rule must not be used where something happens beyond
the sides of a pixel.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats

_OUTER = 0.82  # the outer steps of the finer rule: of those around, the terms of degree 8 that it misses are least


class Lattice(NamedTuple):
    """Rules on one grid: steps ``(S,)`` of nodes along both diagonals, in halves of one, and weights ``(S, S)``."""

    step: Floats
    weights: tuple[Floats, ...]


class Half(NamedTuple):
    """Nodes on the northern half of a diamond in units of half its diagonals, and weights; ``(Q,)`` each."""

    across: Floats
    up: Floats
    weight: Floats


@functools.cache
def coarse() -> Lattice:
    """Return rules that are exact to degree 3 (4 nodes) and 5 (9 nodes).

    They share no steps, so that their difference sees every term that the lower one misses.

    Examples
    --------
    >>> step, weights = coarse()
    >>> [round(float(step**4 @ weight @ step**0) * 15, 12) for weight in weights]
    [0.833333333333, 1.0]
    """
    low = _solved((math.sqrt(1 / 3),), ((0, 0), (2, 0)))
    high = _solved((math.sqrt(_moment(4, 0) / _moment(2, 0)),), ((0, 0), (2, 0), (2, 2)))
    step = np.union1d(low[0], high[0])
    weights = []
    for steps, weight in (low, high):
        place = np.searchsorted(step, steps)
        weights.append(np.zeros((step.size, step.size)))
        weights[-1][np.ix_(place, place)] = weight
    return Lattice(step, tuple(weights))


@functools.cache
def fine() -> Lattice:
    """Return a rule that is exact to degree 7, with 25 nodes."""
    square = _OUTER**2
    inner = (_moment(6, 0) - square * _moment(4, 0)) / (_moment(4, 0) - square * _moment(2, 0))
    step, weight = _solved((math.sqrt(inner), _OUTER), ((0, 0), (2, 0), (4, 0), (2, 2), (4, 2), (4, 4)))
    return Lattice(step, (weight,))


@functools.cache
def half(order: int) -> Half:
    """Return the rule of order x order nodes that is exact to degree 2 order - 1 (conical product; Stroud 1971).

    Examples
    --------
    >>> across, up, weight = half(2)
    >>> round(float(weight @ up**3) * 10, 12), round(float(weight @ across**2) * 6, 12)
    (1.0, 1.0)
    """
    from scipy.special import roots_jacobi

    up, along = roots_jacobi(order, 1.0, 0.0)
    side, wide = np.polynomial.legendre.leggauss(order)
    up = np.repeat((up + 1) / 2, order)
    return Half(np.tile(side, order) * (1 - up), up, np.outer(along, wide).ravel() / (along.sum() * wide.sum()))


def _moment(i: int, j: int) -> float:
    return 2 * math.factorial(i) * math.factorial(j) / math.factorial(i + j + 2)


def _solved(steps: tuple[float, ...], powers: tuple[tuple[int, int], ...]) -> tuple[Floats, Floats]:
    """Return the steps and weights with nodes at 0 and +-`steps` that give the moments; orbits share a weight."""
    step = np.array([*(-s for s in steps[::-1]), 0.0, *steps])
    size = np.abs(np.arange(step.size) - len(steps))
    orbits = list(itertools.combinations_with_replacement(range(len(steps) + 1), 2))[: len(powers)]
    member = [(np.minimum.outer(size, size) == low) & (np.maximum.outer(size, size) == high) for low, high in orbits]
    sums = np.array([[step**i @ nodes @ step**j for nodes in member] for i, j in powers])
    share = np.linalg.solve(sums, [_moment(i, j) for i, j in powers])
    return step, np.sum([w * nodes for w, nodes in zip(share, member, strict=True)], axis=0)
