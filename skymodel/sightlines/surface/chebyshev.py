"""Chebyshev interpolation on [-1, 1] and on squares: nodes, coefficients, and what a polynomial misses.

Nodes are the roots of T_n, so none lies on the edge of a tile, where a sky may have a kink. A smooth function's
coefficients fall geometrically, a kinked one's as a power: the error is the sum of the tail, extrapolated from the
slowest fall seen among the last three pairs of coefficients (pairs, because an even function has every second one).
That covers singularities at an edge down to x^2 ln x. Roots, and kinks inside, are missed by up to six times as much,
most at the extrema of T_n: probes are taken there (:mod:`skymodel.sightlines.surface.probing`).
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints

SLOWEST = 0.85  # ratio of successive pairs beyond which nothing is extrapolated: that of a jump at order 14
FASTEST = 0.04  # and below which it is not believed
SAFETY = 2.0
CELLS = 4  # parts of a side with an error of their own
LEBESGUE = 2.9  # how much an error at 20 nodes may grow between them; its square on a square


class Points(NamedTuple):
    """Nodes ``(n,)`` in (-1, 1) and the matrix ``(n, n)`` that turns values there into coefficients."""

    node: Floats
    to_coefficients: Floats


@functools.cache
def points(order: int) -> Points:
    """Return the nodes of polynomials of `order` coefficients, and the matrix.

    Examples
    --------
    >>> node, matrix = points(6)
    >>> (matrix @ (2 * node**2 - 1)).round(12) + 0.0
    array([0., 0., 1., 0., 0., 0.])
    """
    angle = (2 * np.arange(order) + 1) * np.pi / (2 * order)
    matrix = 2 / order * np.cos(np.outer(np.arange(order), angle))
    matrix[0] /= 2
    return Points(np.cos(angle), matrix)


def basis(order: int, x: Floats) -> Floats:
    """Return T_k(x) for k < order; the shape is ``(order, *x.shape)``.

    Many rows at once: T_(m+j) = 2 T_m T_j - T_(m-j).
    """
    terms = np.empty((order, *x.shape))
    terms[0], terms[1] = 1.0, x
    known = 2
    while known < order:
        m, more = known - 1, min(known - 1, order - known)
        fresh = terms[known : known + more]
        np.multiply(terms[1 : more + 1], 2 * terms[m], out=fresh)
        fresh -= terms[m - more : m][::-1]
        known += more
    return terms


def coefficients(values: Floats) -> Floats:
    """Return the coefficients ``(N, n, n)`` of squares from the values at their nodes, same shape."""
    matrix = points(values.shape[-1]).to_coefficients
    return np.asarray(matrix @ values @ matrix.T)


def missed(coefficients: Floats) -> tuple[Floats, Floats]:
    """Return bounds of what polynomials ``(N, n, n)`` miss, ``(N, CELLS)`` each: along x by cells of y, and reversed.

    The coefficients along x are functions of y, and fall where the sky is smoother.
    """
    order = coefficients.shape[-1]
    there = basis(order, np.linspace(-1, 1, 2 * CELLS + 1))
    along_x = missed_along(np.swapaxes(coefficients @ there, 1, 2))
    along_y = missed_along(np.swapaxes(np.swapaxes(coefficients, 1, 2) @ there, 1, 2))
    return _by_cell(along_x), _by_cell(along_y)


def _by_cell(samples: Floats) -> Floats:
    """Return the largest of the three samples on each cell's ends and middle."""
    return np.maximum(np.maximum(samples[:, :-1:2], samples[:, 1::2]), samples[:, 2::2])


def cell(x: Floats) -> Ints:
    """Return the cells that places in [-1, 1] lie in."""
    found = ((x + 1) * (CELLS / 2)).astype(np.intp)  # rounds to 0 a little below -1
    return np.minimum(found, CELLS - 1, out=found)


def missed_along(coefficients: Floats) -> Floats:
    """Return what polynomials ``(..., n)`` miss at most.

    Interpolation errs by at most twice the sum of the coefficients it leaves out, which continue the last pairs. The
    last ones of a slow fall are too small, aliased with those left out: the fall is taken as its square root.
    """
    size = np.abs(coefficients)
    last, middle, first = (size[..., -k] + size[..., -k - 1] for k in (1, 3, 5))
    fall = np.sqrt(np.clip(np.maximum(_ratio(last, middle), _ratio(middle, first)), FASTEST, SLOWEST))
    return np.asarray(2 * SAFETY * last * fall / (1 - fall))


def _ratio(small: Floats, large: Floats) -> Floats:
    return np.asarray(small / np.where(large > 0, large, np.where(small > 0, small, 1.0)))


def evaluate(coefficients: Floats, x: Floats, y: Floats) -> Floats:
    """Return one polynomial ``(n, n)`` at points ``(N,)``; the first index goes with x."""
    order = len(coefficients)
    return np.asarray(np.einsum("kn,kn->n", coefficients.T @ basis(order, x), basis(order, y)))
