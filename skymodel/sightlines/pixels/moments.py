"""Means of polynomials over pixels, and over the parts of pixels that edges cut off, in closed form.

Over the diamond |x| + |y| < 1 the mean of x^i y^j is 2 i! j! / (i + j + 2)! if both are even; a half or a quarter of
it, cut along a diagonal, adds the odd powers of the coordinate that is cut, and i! j! / (i + j + 2)! of the whole
area for a half, half of that for a quarter. So the mean over a pixel about any place is the sum of these times the
powers of the derivatives: again a polynomial, without any error of quadrature.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from profiles.contract.arrays import Floats


@functools.cache
def derivative(order: int) -> Floats:
    """Return the matrix ``(n, n)`` that differentiates Chebyshev coefficients.

    Examples
    --------
    >>> derivative(4) @ np.array([0.0, 0.0, 0.0, 1.0])  # T_3' = 6 T_2 + 3 T_0
    array([3., 0., 6., 0.])
    """
    return np.stack([np.append(np.polynomial.chebyshev.chebder(row), 0.0) for row in np.eye(order)], axis=1)


@functools.cache
def _at_end(order: int, side: int) -> Floats:
    """Return the derivatives ``(n, n)`` of T_k at an end, -1 or 1: row i holds the i-th."""
    powers = [np.eye(order)]
    for _ in range(order - 1):
        powers.append(derivative(order) @ powers[-1])
    return np.array([float(side) ** np.arange(order) @ power for power in powers])


@functools.cache
def _weights(order: int, cut_x: bool, cut_y: bool) -> Floats:
    """Return the weights ``(n, n)`` of derivatives i, j in a part of the diamond, in units of the whole area."""
    i, j = np.mgrid[:order, :order]
    factorial = np.array([math.factorial(k) for k in range(2 * order + 1)], float)
    kept = (cut_x | (i % 2 == 0)) & (cut_y | (j % 2 == 0))
    return np.asarray(np.where(kept, 2.0 / 2 ** (cut_x + cut_y) / factorial[i + j + 2], 0.0))


def _applied(weights: Floats, coefficients: Floats, step_x: Floats, step_y: Floats) -> Floats:
    """Return the sum of w_ij (s_x d/dx)^i (s_y d/dy)^j of polynomials ``(P, n, n)`` with steps ``(P,)``."""
    order = len(weights)
    matrix = derivative(order)
    along_x, along_y = matrix * step_x[:, None, None], matrix.T * step_y[:, None, None]
    powers, total = [coefficients], np.zeros_like(coefficients)
    used = np.flatnonzero(weights.any(axis=1))
    for _ in range(used[-1]):
        powers.append(along_x @ powers[-1])
    stack = np.stack([powers[i] for i in used])
    for j in range(order - 1, -1, -1):
        total = total @ along_y
        if weights[:, j].any():
            total += np.tensordot(weights[used, j], stack, 1)
    return total


def whole(coefficients: Floats, step_x: Floats, step_y: Floats) -> Floats:
    """Return the mean over a diamond of half diagonals `step_x`, `step_y` about any place, as polynomials."""
    return _applied(_weights(coefficients.shape[-1], False, False), coefficients, step_x, step_y)


def triangle(coefficients: Floats, step_x: Floats, step_y: Floats) -> Floats:
    """Return what the lower left half of a square of sides `step` adds to its mean, by the place of its corner."""
    order = coefficients.shape[-1]
    return _applied(2 * _weights(order, True, True), coefficients, step_x, step_y)


def square(coefficients: Floats, step_x: Floats, step_y: Floats) -> Floats:
    """Return the mean over a square of sides `step` about any place, as polynomials."""
    order = coefficients.shape[-1]
    even = range(0, order, 2)
    powers = np.stack([np.linalg.matrix_power(derivative(order), i) / math.factorial(i + 1) for i in even])
    x, y = (np.tensordot((step[:, None] / 2) ** np.array(even), powers, 1) for step in (step_x, step_y))
    return np.asarray(x @ coefficients @ np.swapaxes(y, 1, 2))


def edge(coefficients: Floats, step_x: Floats, step_y: Floats, side: int) -> Floats:
    """Return what halves of diamonds about places on the edge y = -1 or 1 add to their mean: ``(P, n)`` along x."""
    order = coefficients.shape[-1]
    powers = (-side * step_y[:, None]) ** np.arange(order)
    weights = _weights(order, False, True)
    terms = ((coefficients @ _at_end(order, side).T * powers[:, None]) @ weights.T).swapaxes(1, 2)
    total = np.zeros_like(terms[:, 0])
    for i in range(order - 1, -1, -1):
        total = step_x[:, None] * (total @ derivative(order).T) + terms[:, i]
    return np.asarray(total)


def corner(coefficients: Floats, step_x: Floats, step_y: Floats, side_x: int, side_y: int) -> Floats:
    """Return what quarters of diamonds about a corner add to their mean ``(P,)``."""
    order = coefficients.shape[-1]
    i = np.arange(order)
    x, y = ((-side * step[:, None]) ** i for side, step in ((side_x, step_x), (side_y, step_y)))
    ends = _at_end(order, side_x), _at_end(order, side_y)
    weights = _weights(order, True, True)
    at_corner = ends[0] @ coefficients @ ends[1].T
    return np.asarray(np.einsum("pij,pi,pj,ij->p", at_corner, x, y, weights, optimize=True))
