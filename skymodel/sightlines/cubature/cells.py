"""Quadrature over rectangular cells of two coordinates, with an error that tells the truth.

A *chart* turns the coordinates of a patch into directions on the sky; a patch is cut into cells, a cell carries a
Gauss-Legendre tensor rule of n nodes a side. It integrates the first 2n Legendre coefficients of its two marginals
exactly; how far the first n of them fall tells what is left beyond (:func:`tail`). A kink falls slowly and is seen as
such, a smooth integrand is not overcharged as much as by the difference of two rules.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from profiles.contract.arrays import Bools, Floats, Ints

Across = Callable[[Floats], tuple[Floats, Floats]]  # from v (N, m) to what a chart returns


class Chart(Protocol):
    """Where the coordinates of patches lie on the sky."""

    def strips(self, patch: Ints, u: Floats) -> Across:
        """Return the chart on the lines at ``u`` (N, n) alone, of which many places are asked for."""
        ...

    def __call__(self, patch: Ints, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return directions ``(N, n, m, 3)`` and areas per du dv ``(N, n, m)`` at ``u`` (N, n) times ``v`` (N, m)."""
        ...


class Lines(NamedTuple):
    """Values at directions ``(..., M)``: the line integrals, their errors, and what they cost."""

    value: Floats
    error: Floats
    evaluations: int

    def split(self, counts: list[int]) -> list[Lines]:
        """Return runs of so many of them, each with the cost of all."""
        ends = np.cumsum(counts)[:-1]
        both = (np.split(column, ends, axis=-1) for column in (self.value, self.error))
        return [Lines(value, error, self.evaluations) for value, error in zip(*both, strict=True)]


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

    patch: Ints
    low: Floats
    high: Floats

    @classmethod
    def whole(cls, patches: int) -> Cells:
        """Return one cell for each whole patch."""
        return cls(np.arange(patches), np.zeros((patches, 2)), np.ones((patches, 2)))

    def chosen(self, keep: Bools) -> Cells:
        """Return some of the cells."""
        return Cells(self.patch[keep], self.low[keep], self.high[keep])

    def joined(self, other: Cells) -> Cells:
        """Return the cells of both."""
        low, high = np.concatenate([self.low, other.low]), np.concatenate([self.high, other.high])
        return Cells(np.concatenate([self.patch, other.patch]), low, high)

    def halves(self, axes: Bools) -> Cells:
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
    """Nodes and weights ``(n,)`` on (0, 1), and the matrix ``(n, c)`` from values to coefficients.

    The rule integrates twice as many functions as there are coefficients. So many of the `last` tell how large these
    are in the end; they are believed to fall to no less than the share `fastest` while their number doubles.
    """

    node: Floats
    weight: Floats
    to_coefficients: NDArray[Any]
    last: int = 3
    fastest: float = 0.0


@functools.cache
def gauss(order: int) -> Rule:
    """Return the Gauss-Legendre rule of `order` nodes."""
    node, weight = np.polynomial.legendre.leggauss(order)
    basis = np.polynomial.legendre.legvander(node, order - 1)
    return Rule((node + 1) / 2, weight / 2, (basis * weight[:, None]) * (np.arange(order) + 0.5))


@functools.cache
def circle(order: int) -> Rule:
    """Return the rule of `order` equidistant nodes, an odd number, around a circle.

    It sees waves up to half as many, and of those with four corners one among the last four.
    """
    node = (np.arange(order) + 0.5) / order
    waves = np.exp(2j * np.pi * np.outer(node, np.arange(order // 2 + 1)))
    return Rule(node, np.full(order, 1 / order), 2 / order * waves, last=4, fastest=0.1)


Pair = tuple[Rule, Rule]


class Rules(NamedTuple):
    """Pairs of rules along the two coordinates, and which of them cells have by their patch ``(patches,)``.

    Those that reach from v = 0 to 1 have others than those that do not, as patches may go all the way round.
    """

    pairs: tuple[Pair, ...]
    whole: Ints
    part: Ints

    @classmethod
    def alike(cls, pair: Pair, patches: int) -> Rules:
        """Return the same rules for all cells."""
        return cls((pair,), *np.zeros((2, patches), dtype=np.intp))

    def groups(self, cells: Cells) -> list[tuple[Cells, Pair]]:
        """Return the cells that have the same rules, with these."""
        whole = (cells.low[:, 1] == 0) & (cells.high[:, 1] == 1)
        index = np.where(whole, self.whole[cells.patch], self.part[cells.patch])
        return [(cells.chosen(index == k), self.pairs[k]) for k in np.unique(index).tolist()]


def tail(values: Floats, rule: Rule) -> Floats:
    """Return what the rule misses of integrals over (0, 1), estimated from values ``(..., N, n)`` at its nodes.

    The coefficients beyond 2n are what it misses. They are taken as a(2n) = a(n)^2 / a(n/2), the largest of the last
    three and of the middle two standing for a(n) and a(n/2): right if they fall like a power, as at a kink or at an
    end with a root or a logarithm, and safe if they fall geometrically. The rule has at least six nodes; or a single
    one, where the integrand does not depend on the coordinate and nothing is missed.
    """
    order = rule.to_coefficients.shape[1]
    if order == 1:
        return np.zeros(values.shape[:-1])
    size = np.abs(values @ rule.to_coefficients)
    last, mid = size[..., -rule.last :].max(axis=-1), size[..., order // 2 - 1 : order // 2 + 1].max(axis=-1)
    return np.asarray(last * np.clip(last / np.where(mid > 0, mid, 1.0), rule.fastest, 1.0))


class Measured(NamedTuple):
    """Integrals over cells ``(..., N)``, their quadrature errors along both axes ``(..., N, 2)``, their line errors."""

    value: Floats
    tails: Floats
    line_error: Floats

    @property
    def error(self) -> Floats:
        """The sum of all errors of a cell ``(..., N)``."""
        return np.asarray(self.tails.sum(axis=-1) + self.line_error)

    def joined(self, other: Measured) -> Measured:
        """Return the cells of both."""
        value, tails, line_error = zip(self, other, strict=True)
        return Measured(*(np.concatenate(*each) for each in ((value, -1), (tails, -2), (line_error, -1))))

    def chosen(self, keep: Bools) -> Measured:
        """Return some of the cells."""
        return Measured(self.value[..., keep], self.tails[..., keep, :], self.line_error[..., keep])


class Nodes(NamedTuple):
    """The nodes of cells: directions ``(N, n, m, 3)`` and weights ``(N, n, m)``, each already times its cell's size."""

    directions: Floats
    density: Floats


def nodes_of(cells: Cells, chart: Chart, rules: tuple[Rule, Rule]) -> Nodes:
    """Return where the rules of the cells have their nodes."""
    size = cells.high - cells.low
    u, v = (cells.low[:, [axis]] + size[:, [axis]] * rules[axis].node for axis in (0, 1))
    directions, density = chart(cells.patch, u, v)
    return Nodes(directions, density * np.prod(size, axis=1)[:, None, None])


def measure(nodes: Nodes, lines: Lines, rules: tuple[Rule, Rule], rough: bool | Bools = False) -> Measured:
    """Return the integrals over cells from the values at their nodes.

    What the rules miss is read off the sums over rows and columns, which are smoother than the integrand; where edges
    may lie askew (`rough`, for all cells or each ``(N,)``) off each row and column, as if their signs were random: the
    mean over a pixel that a ball's rim crosses was once ten times as far off as its sums told.
    """
    along, across, shape = rules[0].weight, rules[1].weight, (*lines.value.shape[:-1], *nodes.density.shape)
    integrand = lines.value.reshape(shape) * nodes.density
    over_v, over_u = integrand @ across, along @ integrand
    tails = np.stack([tail(over_v, rules[0]), tail(over_u, rules[1])], axis=-1)
    if np.any(rough):
        rows, columns = tail(integrand.swapaxes(-1, -2), rules[0]), tail(integrand, rules[1])
        askew = np.sqrt(np.stack([rows**2 @ across**2, columns**2 @ along**2], axis=-1))
        tails = np.where(np.reshape(rough, (-1, 1)), np.maximum(tails, askew), tails)
    line_error = ((lines.error.reshape(shape) * np.abs(nodes.density)) @ across) @ along
    return Measured(over_v @ along, tails, line_error)
