"""Adaptive Gauss-Kronrod quadrature of many integrals at once, breadth first.

Each integral is a chain of panels. All panels of all integrals are evaluated in a few array calls, then the panels
that keep their integral from its tolerance are halved, again all together, until every integral is done.
The cost is a deterministic number of evaluations. Rule and error estimate: Piessens et al. 1983, QUADPACK (qk21).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Integrand = Callable[[Ints, Floats], Floats]

EPS = float(np.finfo(float).eps)
ROUNDING = 64 * EPS  # share of an integral of a positive function that rounding may cost
CHUNK = 1000  # panels in one call of the integrand: their arrays stay in the cache
DEEPEST = 60  # halvings of a panel before giving up

# Nodes of the Kronrod rule on [0, 1), its weights, and the weights of the Gauss rule on every second node.
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
_KRONROD = (
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
_GAUSS = (
    0.066671344308688137593568809893332,
    0.149451349150580593145863396957658,
    0.219086362515982043995534934228163,
    0.269266719309996355091226921569469,
    0.295524224714752870173815619188769,
)


def _mirrored(half: tuple[float, ...], sign: float) -> Floats:
    return np.array([*(sign * value for value in half[:-1]), *half[::-1]])


NODES = _mirrored(_NODES, -1.0)
WEIGHTS = _mirrored(_KRONROD, 1.0)
GAUSS_WEIGHTS = np.array([0.0, *(w for pair in zip(_GAUSS, [0.0] * 5, strict=True) for w in pair)])
GAUSS_WEIGHTS = np.concatenate([GAUSS_WEIGHTS[:-1], [0.0], GAUSS_WEIGHTS[:-1][::-1]])


class Integrals(NamedTuple):
    """Integrals, bounds of their errors and the numbers of evaluations they took; arrays ``(N,)``."""

    value: Floats
    error: Floats
    evaluations: Ints


class NotConverged(ArithmeticError):
    """An integral that does not reach its tolerance; ``owner`` is its index, ``place`` where it gave up."""

    def __init__(self, owner: int, place: float) -> None:
        super().__init__(f"integral {owner} does not converge near t = {place}")
        self.owner, self.place = owner, place


class _Panels(NamedTuple):
    owner: Ints
    left: Floats
    right: Floats
    value: Floats
    error: Floats

    def __getitem__(self, keep: NDArray[np.bool_]) -> _Panels:  # type: ignore[override]
        return _Panels(*(column[keep] for column in self))


def integrate(integrand: Integrand, edges: Floats, *, rtol: float, floor: float = 0.0, share: float = 0.0) -> Integrals:
    """Return the integrals over the chains of panels between `edges` ``(K, N)``, sorted along the first axis.

    Parameters
    ----------
    integrand
        Called with the owners ``(P, 1)`` of panels and places ``(P, 21)``; returns values >= 0 there.
    edges
        Ends of the panels; empty panels cost nothing.
    rtol, floor, share
        Each error is at most rtol * max(value, floor, share * the largest value).

    Raises
    ------
    NotConverged
        If an integral does not reach its tolerance.
    """
    count = edges.shape[1]
    step, owner = np.nonzero(np.diff(edges, axis=0).T > 0)[::-1]
    panels = _evaluate(integrand, owner, edges[step, owner], edges[step + 1, owner])
    evaluations = np.bincount(owner, minlength=count) * NODES.size
    value, error = np.zeros(count), np.zeros(count)
    for _ in range(DEEPEST):
        total, doubt = _sums(panels, count)
        done = value + total
        limit = rtol * np.maximum(done, max(floor, share * float(done.max(initial=0.0))))
        failing = doubt > limit
        settled = ~failing[panels.owner]
        np.add.at(value, panels.owner[settled], panels.value[settled])
        np.add.at(error, panels.owner[settled], panels.error[settled])
        panels = panels[~settled]
        if not panels.owner.size:
            return Integrals(value, error, evaluations)
        panels, extra = _refine(integrand, panels, limit)
        evaluations += np.bincount(extra, minlength=count) * NODES.size
    worst = int(np.argmax(panels.error))
    raise NotConverged(int(panels.owner[worst]), float(panels.left[worst]))


def _sums(panels: _Panels, count: int) -> tuple[Floats, Floats]:
    return (
        np.bincount(panels.owner, panels.value, minlength=count),
        np.bincount(panels.owner, panels.error, minlength=count),
    )


def _refine(integrand: Integrand, panels: _Panels, limit: Floats) -> tuple[_Panels, Ints]:
    """Halve the panels that matter: those left alone could all together spend half the tolerance."""
    siblings = np.bincount(panels.owner)[panels.owner]
    split = panels.error > limit[panels.owner] / (2 * siblings)
    owner, left, right = panels.owner[split], panels.left[split], panels.right[split]
    middle = 0.5 * (left + right)
    stuck = (middle <= left) | (middle >= right)
    if stuck.any():
        raise NotConverged(int(owner[stuck][0]), float(left[stuck][0]))
    owners = np.concatenate([owner, owner])
    halves = _evaluate(integrand, owners, np.concatenate([left, middle]), np.concatenate([middle, right]))
    kept = panels[~split]
    return _Panels(*(np.concatenate(pair) for pair in zip(kept, halves, strict=True))), owners


def _evaluate(integrand: Integrand, owner: Ints, left: Floats, right: Floats) -> _Panels:
    value, error = np.empty(owner.size), np.empty(owner.size)
    half, middle = 0.5 * (right - left), 0.5 * (right + left)
    for start in range(0, owner.size, CHUNK):
        part = slice(start, start + CHUNK)
        values = integrand(owner[part, None], middle[part, None] + half[part, None] * NODES)
        value[part], error[part] = _rule(values)
    return _Panels(owner, left, right, value * half, error * half)


def _rule(values: Floats) -> tuple[Floats, Floats]:
    """Return the integrals over [-1, 1] of rows of node values ``(P, 21)``, and bounds of their errors."""
    kronrod = values @ WEIGHTS
    gauss = values @ GAUSS_WEIGHTS
    spread = np.abs(values - 0.5 * kronrod[:, None]) @ WEIGHTS
    gap = np.abs(kronrod - gauss)
    error = spread * np.minimum(1.0, (200 * gap / np.where(spread == 0, 1.0, spread)) ** 1.5)
    return kronrod, error + ROUNDING * kronrod
