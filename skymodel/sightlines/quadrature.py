"""Adaptive Gauss-Kronrod quadrature of many integrals at once, breadth first.

Each integral is a sum of panels. All panels of all integrals are evaluated in a few array calls, then the panels that
keep their integral from its tolerance are halved, again all together, until every integral is done. The number of
evaluations is deterministic.

The error of a panel is read off the decay of its Legendre coefficients (null rules; Berntsen & Espelid 1991, ACM TOMS
17, 233), not off the difference of two rules, which vanishes by chance. It can be true only of what the nodes see: a
kink or an edge belongs between panels, and a feature much narrower than a panel must be announced by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Integrand = Callable[[Ints, Floats], Floats]

ROUNDING = 64 * float(np.finfo(float).eps)  # share of an integral of a positive function that rounding may cost
CHUNK = 512  # panels in one call of the integrand: its arrays stay in the cache
DEEPEST = 100  # rounds of halving before giving up

# The Kronrod rule of 21 nodes on [0, 1), exact to degree 31 (Piessens et al. 1983, QUADPACK, routine qk21).
_NODES = (
    0.995657163025808080735527280689003,
    0.973906528517171720077964012084452,
    0.930157491355708226001207180059508,
    0.865063366688984510732096688423493,
    0.780817726586416897063717578345042,
    0.679409568299024406234327365114874,
    0.562757134668604683339000099272694,
    0.433395394129247190799265943165784,
    0.294392862701460198131126603103866,
    0.148874338981631210884826001129720,
    0.0,
)
_WEIGHTS = (
    0.011694638867371874278064396062192,
    0.032558162307964727478818972459390,
    0.054755896574351996031381300244580,
    0.075039674810919952767043140916190,
    0.093125454583697605535065465083366,
    0.109387158802297641899210590325805,
    0.123491976262065851077958109585166,
    0.134709217311473325928054001771707,
    0.142775938577060080797094273138717,
    0.147739104901338491374841515972068,
    0.149445554002916905664936468389821,
)
NODES = np.array([*(-x for x in _NODES[:-1]), *_NODES[::-1]])
WEIGHTS = np.array([*_WEIGHTS[:-1], *_WEIGHTS[::-1]])

# Error of a panel: SAFETY times the largest of the last BAND coefficients, less where the bands decay faster than SLOW.
# Chosen so that on 33,000 test panels (tests/sightlines/test_quadrature.py) it is never too small for an edge or a
# kink that the nodes can see; the halving threshold and the tolerance have no part in it.
BAND, SAFETY, SLOW = 4, 10.0, 0.7
_TINY = 1e-300


def _sums_and_tails() -> Floats:
    """Return the matrix that turns 21 values into their integral and the 12 highest coefficients (orthonormal)."""
    basis = np.polynomial.legendre.legvander(NODES, NODES.size - 1) * np.sqrt(np.arange(NODES.size) + 0.5)
    return np.column_stack([WEIGHTS, np.linalg.inv(basis)[-3 * BAND :].T])


_MATRIX = _sums_and_tails()


class Integrals(NamedTuple):
    """Integrals, bounds of their errors and the numbers of evaluations they took; arrays ``(N,)``."""

    value: Floats
    error: Floats
    evaluations: Ints


class NotConverged(ArithmeticError):
    """An integral that does not reach its tolerance; ``panel`` is the index of the first panel to blame."""

    def __init__(self, panel: int) -> None:
        super().__init__(f"the integral over panel {panel} does not reach its tolerance")
        self.panel = panel


class Panels(NamedTuple):
    """Panels ``(M,)``: the integral each belongs to, and its ends."""

    owner: Ints
    left: Floats
    right: Floats


class _Work(NamedTuple):
    """Panels under work: the first panel each is a part of, its ends, its integral and error."""

    panel: Ints
    left: Floats
    right: Floats
    value: Floats
    error: Floats

    def where(self, keep: NDArray[np.bool_]) -> _Work:
        return _Work(self.panel[keep], self.left[keep], self.right[keep], self.value[keep], self.error[keep])


def integrate(
    integrand: Integrand, panels: Panels, count: int, *, rtol: float, floor: float = 0.0, share: float = 0.0
) -> Integrals:
    """Return `count` integrals, each the sum over the panels that it owns.

    Parameters
    ----------
    integrand
        Called with the indices ``(P, 1)`` of panels and places in them ``(P, 21)``; returns values >= 0.
    panels
        Between them lies every place where the integrand is not smooth.
    count
        Number of integrals.
    rtol, floor, share
        Each error is at most rtol * max(value, floor, share * the largest value).

    Raises
    ------
    NotConverged
        If an integral does not reach its tolerance.
    """
    work = _evaluate(integrand, np.arange(panels.owner.size), panels.left, panels.right)
    value, error = np.zeros(count), np.zeros(count)
    panels_used = np.bincount(panels.owner, minlength=count)
    for _ in range(DEEPEST):
        owner = panels.owner[work.panel]
        total = np.bincount(owner, work.value, minlength=count)
        doubt = np.bincount(owner, work.error, minlength=count)
        largest = float(np.max(value + total, initial=0.0))
        limit = rtol * np.maximum(value + total, max(floor, share * largest))
        done = doubt <= limit
        value += np.where(done, total, 0.0)
        error += np.where(done, doubt, 0.0)
        work = work.where(~done[owner])
        if not work.panel.size:
            return Integrals(value, error, panels_used * NODES.size)
        work, halved = _refine(integrand, work, panels.owner, limit)
        panels_used += 2 * np.bincount(panels.owner[halved], minlength=count)
    raise NotConverged(int(work.panel[np.argmax(work.error)]))


def _refine(integrand: Integrand, work: _Work, owners: Ints, limit: Floats) -> tuple[_Work, Ints]:
    """Halve the panels that matter: those left alone spend at most half the tolerance all together."""
    owner = owners[work.panel]
    matters = work.error > limit[owner] / (2 * np.bincount(owner)[owner])
    panel, left, right, *_ = work.where(matters)
    middle = 0.5 * (left + right)
    stuck = (middle <= left) | (middle >= right)
    if stuck.any():
        raise NotConverged(int(panel[stuck][0]))
    halves = _evaluate(integrand, np.tile(panel, 2), np.concatenate([left, middle]), np.concatenate([middle, right]))
    kept = work.where(~matters)
    return _Work(*(np.concatenate(pair) for pair in zip(kept, halves, strict=True))), panel


def _evaluate(integrand: Integrand, panel: Ints, left: Floats, right: Floats) -> _Work:
    value, error = np.empty(panel.size), np.empty(panel.size)
    half, middle = 0.5 * (right - left), 0.5 * (right + left)
    for start in range(0, panel.size, CHUNK):
        part = slice(start, start + CHUNK)
        places = half[part, None] * NODES
        places += middle[part, None]
        value[part], error[part] = rule(integrand(panel[part, None], places))
    return _Work(panel, left, right, value * half, error * half)


def rule(values: Floats) -> tuple[Floats, Floats]:
    """Return the integrals over [-1, 1] of functions given at the nodes, ``(P, 21)``, and bounds of their errors."""
    sums = values @ _MATRIX
    integral = sums[:, 0]
    first, second, last = np.abs(sums[:, 1:]).reshape(-1, 3, BAND).max(axis=2).T
    decay = np.maximum(second / np.maximum(first, _TINY), last / np.maximum(second, _TINY))
    return integral, SAFETY * last * np.minimum(1.0, decay / SLOW) ** 2 + ROUNDING * integral
