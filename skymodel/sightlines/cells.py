"""Adaptive quadrature over rectangular cells of two coordinates, all cells of a round in one call.

A *chart* turns the coordinates of a patch into directions on the sky; a patch is cut into cells, a cell carries a
Gauss-Legendre tensor rule. The error of a cell comes from how fast the Legendre coefficients of its two marginals
fall: the rule integrates the first 2n of them exactly, so the tail beyond 2n, extrapolated from the slowest decay
seen among the last three pairs, is what it misses. A kink falls slowly and is seen as such; an analytic integrand
is not overcharged as it is by the difference of two rules.
Cells whose error is too large for the sums they belong to (:class:`Shares`) are halved, breadth first.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ROUNDING = 64 * np.finfo(np.float64).eps
_ROUNDS = 60


class Chart(Protocol):
    """Where the coordinates of patches lie on the sky."""

    def __call__(self, patch: Integers, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return directions ``(N, n, m, 3)`` and areas per du dv ``(N, n, m)`` at ``u`` (N, n) times ``v`` (N, m)."""
        ...


class Lines(NamedTuple):
    """Values at directions ``(M,)``: the line integrals, their errors, and what they cost."""

    value: Floats
    error: Floats
    evaluations: int


@dataclass(frozen=True)
class Cells:
    """Rectangles in the unit squares of patches.

    Parameters
    ----------
    patch
        The patch each belongs to ``(N,)``.
    low, high
        Lower and upper corner ``(N, 2)``, between 0 and 1.
    """

    patch: Integers
    low: Floats
    high: Floats

    @classmethod
    def whole(cls, patches: int) -> Cells:
        """Return one cell for each whole patch."""
        return cls(np.arange(patches), np.zeros((patches, 2)), np.ones((patches, 2)))

    def halves(self, axes: NDArray[np.bool_]) -> Cells:
        """Return the cells halved along the axes marked ``(N, 2)``."""
        cells = self
        for axis in (0, 1):
            marked = axes[:, axis]
            middle = (cells.low[marked, axis] + cells.high[marked, axis]) / 2
            low, high = cells.low.copy(), cells.high.copy()
            high[marked, axis] = middle
            upper_low = cells.low[marked]
            upper_low[:, axis] = middle
            cells = Cells(
                np.concatenate([cells.patch, cells.patch[marked]]),
                np.concatenate([low, upper_low]),
                np.concatenate([high, cells.high[marked]]),
            )
            axes = np.concatenate([axes, axes[marked]])
        return cells


class Rule(NamedTuple):
    """Gauss-Legendre nodes and weights ``(n,)`` on (0, 1) and the matrix ``(n, n)`` from values to coefficients."""

    node: Floats
    weight: Floats
    to_coefficients: Floats


@functools.cache
def gauss(order: int) -> Rule:
    """Return the rule of `order` nodes."""
    node, weight = np.polynomial.legendre.leggauss(order)
    basis = np.polynomial.legendre.legvander(node, order - 1)
    return Rule((node + 1) / 2, weight / 2, (basis * weight[:, None]) * (np.arange(order) + 0.5))


def tail(values: Floats, rule: Rule) -> Floats:
    """Return what the rule misses of integrals over (0, 1), estimated from values ``(N, n)`` at its nodes.

    Zero for a rule of one node, which is used only where the integrand does not depend on the coordinate. Rules of
    fewer than six nodes have one pair less to judge the decay by, and are trusted over half the way only.
    """
    order = rule.node.size
    if order == 1:
        return np.zeros(len(values))
    size = np.abs(values @ rule.to_coefficients)
    pairs = [np.maximum(size[:, k - 1], size[:, k - 2]) for k in (order, order - 2, order - 4) if k >= 2]
    ratios = [_ratio(small, large) for small, large in itertools.pairwise(pairs)]
    decay = np.sqrt(np.minimum(np.max(ratios, axis=0), 0.96))
    steps = order + 1 if len(pairs) == 3 else (order + 1) / 2
    return np.asarray(pairs[0] * np.minimum(decay**steps / (1 - decay), 4.0))


def _ratio(small: Floats, large: Floats) -> Floats:
    return np.asarray(small / np.where(large > 0, large, np.where(small > 0, small, 1.0)))


class Measured(NamedTuple):
    """Integrals over cells ``(N,)``, their quadrature errors along both axes ``(N, 2)``, their line errors ``(N,)``."""

    value: Floats
    tails: Floats
    line_error: Floats

    @property
    def error(self) -> Floats:
        """The sum of all errors of a cell ``(N,)``."""
        return np.asarray(self.tails.sum(axis=1) + self.line_error)

    def joined(self, other: Measured) -> Measured:
        """Return the cells of both."""
        return Measured(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))


class Grid(NamedTuple):
    """The nodes of cells: directions ``(N, n, m, 3)`` and weights ``(N, n, m)``, each already times its cell's size."""

    directions: Floats
    density: Floats


def grid(cells: Cells, chart: Chart, rules: tuple[Rule, Rule]) -> Grid:
    """Return where the rules of the cells have their nodes."""
    size = cells.high - cells.low
    u, v = (cells.low[:, [axis]] + size[:, [axis]] * rules[axis].node for axis in (0, 1))
    directions, density = chart(cells.patch, u, v)
    return Grid(directions, density * np.prod(size, axis=1)[:, None, None])


def measure(nodes: Grid, lines: Lines, rules: tuple[Rule, Rule]) -> Measured:
    """Return the integrals over cells from the values at their nodes."""
    along, across = rules[0].weight, rules[1].weight
    integrand = lines.value.reshape(nodes.density.shape) * nodes.density
    over_v, over_u = integrand @ across, along @ integrand
    tails = np.stack([tail(over_v, rules[0]), tail(over_u, rules[1])], axis=1)
    line_error = ((lines.error.reshape(nodes.density.shape) * np.abs(nodes.density)) @ across) @ along
    return Measured(over_v @ along, tails, line_error)


@dataclass(frozen=True)
class Shares:
    """Which sums the patches belong to: entry k adds `weight[k]` times patch `patch[k]` to sum `owner[k]`.

    Parameters
    ----------
    patch, owner, weight
        The entries ``(K,)``.
    patches, owners
        The number of patches and of sums.
    """

    patch: Integers
    owner: Integers
    weight: Floats
    patches: int
    owners: int

    def totals(self, cells: Cells, amounts: Floats) -> Floats:
        """Return the sums ``(owners,)`` of amounts ``(N,)`` given by cell."""
        by_patch = np.bincount(cells.patch, amounts, self.patches)
        return np.bincount(self.owner, self.weight * by_patch[self.patch], self.owners).astype(np.float64)

    def matrix(self) -> Floats:
        """Return the weights as a matrix ``(owners, patches)``."""
        weights = np.zeros((self.owners, self.patches))
        np.add.at(weights, (self.owner, self.patch), self.weight)
        return weights

    def allowance(self, cells: Cells, tolerance: Floats, failing: NDArray[np.bool_]) -> Floats:
        """Return the error ``(patches,)`` a cell may keep so that no failing sum can stay above half its tolerance."""
        count = self.totals(cells, np.ones(len(cells.patch))) / max(1.0, float(self.weight.max(initial=1.0)))
        share = np.where(failing, tolerance / (2 * np.maximum(count, 1.0)), np.inf)[self.owner] / self.weight
        allowed = np.full(self.patches, np.inf)
        np.minimum.at(allowed, self.patch, share)
        return allowed


class Integrated(NamedTuple):
    """Sums ``(owners,)``, their errors, the cells they were made of, and the cost."""

    value: Floats
    error: Floats
    cells: Cells
    measured: Measured
    sightlines: int
    evaluations: int


def integrate(
    start: Cells,
    shares: Shares,
    chart: Chart,
    lines: Callable[[Floats], Lines],
    *,
    rules: tuple[Rule, Rule],
    rtol: float,
    floor: float = 0.0,
    first: Grid | None = None,
) -> Integrated:
    """Return the sums of patch integrals, each within `rtol` of the larger of its size and `floor`.

    Parameters
    ----------
    start
        The cells of the first round.
    shares
        Which sums they belong to.
    chart
        Where they lie.
    lines
        The integrand: from unit vectors ``(M, 3)`` to values.
    rules
        The rules along the two coordinates.
    rtol, floor
        The tolerance.
    first
        The nodes of `start`, where they are known already.

    Raises
    ------
    ValueError
        If the tolerance cannot be met.
    """
    done: tuple[Cells, Measured] | None = None
    fresh, nodes = start, first if first is not None else grid(start, chart, rules)
    sightlines = evaluations = 0
    for _ in range(_ROUNDS):
        values = lines(nodes.directions.reshape(-1, 3))
        sightlines += len(values.value)
        evaluations += values.evaluations
        measured = measure(nodes, values, rules)
        cells, known = (fresh, measured) if done is None else (_joined(done[0], fresh), done[1].joined(measured))
        total = shares.totals(cells, known.value)
        error = shares.totals(cells, known.error) + ROUNDING * np.abs(total)
        tolerance = rtol * np.maximum(np.abs(total), floor)
        failing = error > tolerance
        if not failing.any():
            return Integrated(total, error, cells, known, sightlines, evaluations)
        allowed = shares.allowance(cells, tolerance, failing)[cells.patch]
        axes = _axes(known, allowed)
        split = np.asarray(axes.any(axis=1))
        if not split.any():
            break
        fresh = _chosen(cells, split).halves(axes[split])
        done = _chosen(cells, ~split), Measured(*(part[~split] for part in known))
        nodes = grid(fresh, chart, rules)
    worst = float(np.max(error[failing] / np.maximum(tolerance[failing], np.finfo(float).tiny)))
    raise ValueError(
        f"the tolerance rtol = {rtol:g} could not be met: the error stays {worst:.3g} times too large; "
        "ask for a larger rtol, or give the density hints about its edges"
    )


def _axes(measured: Measured, allowed: Floats) -> NDArray[np.bool_]:
    """Return along which axes ``(N, 2)`` to halve each cell: the worse one, and the other if it alone is too bad."""
    failing = measured.tails.sum(axis=1) > allowed
    worse = np.argmax(measured.tails, axis=1)
    axes = measured.tails > allowed[:, None]
    axes[np.arange(len(worse)), worse] = True
    return np.asarray(axes & failing[:, None])


def _chosen(cells: Cells, keep: NDArray[np.bool_]) -> Cells:
    return Cells(cells.patch[keep], cells.low[keep], cells.high[keep])


def _joined(first: Cells, second: Cells) -> Cells:
    return Cells(*(np.concatenate([getattr(c, name) for c in (first, second)]) for name in ("patch", "low", "high")))
