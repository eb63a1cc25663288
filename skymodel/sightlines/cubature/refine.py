"""Adaptive quadrature over cells: those whose error is too large for the sums they belong to are halved.

All cells of a round are measured in one call of the integrand, breadth first. A sum may be a region (of many
patches, some of them shared with other regions, some counted several times because the sky is folded) or a pixel.
Integrands side by side share all cells, which are halved until the sums of each are good.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.progress import Counted, in_rounds
from skymodel.sightlines.cubature.cells import Cells, Chart, Lines, Measured, Nodes, Rule, Rules, measure, nodes_of
from skymodel.sightlines.ray.error_shares import MEANS
from skymodel.sightlines.ray.meter import Shortfall
from skymodel.sightlines.ray.quadrature import sums

_ROUNDS = 60
NARROW = 4.0  # sizes of a target: how wide a cell may be there, ten nodes of which see it
_BLOCK = 32768  # sight lines integrated at once: what bounds the memory, and how long nothing is reported
_MOST_CELLS = 50_000  # an integrand that needs more is too rough for its tolerance
_LEFT = 0.75  # of a tolerance, which all the cells that are left alone may use up together
_ALIKE = 1e-6  # relative: errors of cells that differ by less are equal to rounding
_REACHED = 0.9  # of what the lines leave: their own errors may add up to half a tolerance where many are faint

Floor = Callable[[Floats], Floats]  # from unit vectors (M, 3) to the brightness (..., M) below which no error counts


def line_integrals(lines: Any, rtol: float, floor: float | Floats | Floor = 0.0) -> Callable[[Floats], Lines]:
    """Return the line integrals as a function of unit vectors ``(M, 3)``, for a mean that is to be good to `rtol`."""
    touching = lines.density.support is not None  # a line that only just enters a body ends where rounding has it

    def values(directions: Floats) -> Lines:
        least = floor(directions) if callable(floor) else floor
        found = lines.integrate(directions, rtol=MEANS.lines * rtol, floor=least, best=touching)
        return Lines(found.value, found.error, int(found.evaluations.sum()))

    return values


def by_blocks(lines: Callable[[Floats], Lines], directions: Floats, heard: Callable[[int], None]) -> Lines:
    """Return the integrand along unit vectors ``(M, 3)``, and say after each block how many of them are done."""
    found, done = [], 0
    for block in np.array_split(directions, -(-len(directions) // _BLOCK) or 1):
        found.append(lines(block))
        heard(done := done + len(block))
    value, error = (np.concatenate(columns, axis=-1) for columns in list(zip(*found, strict=True))[:2])
    return Lines(value, error, sum(part.evaluations for part in found))


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

    patch: Ints
    owner: Ints
    weight: Floats
    patches: int
    owners: int

    def totals(self, cells: Cells, amounts: Floats) -> Floats:
        """Return the sums ``(..., owners)`` of amounts ``(..., N)`` given by cell."""
        by_patch = sums(cells.patch, amounts, self.patches)
        return sums(self.owner, self.weight * by_patch[..., self.patch], self.owners)

    def matrix(self) -> Floats:
        """Return the weights as a matrix ``(owners, patches)``."""
        weights = np.zeros((self.owners, self.patches))
        np.add.at(weights, (self.owner, self.patch), self.weight)
        return weights

    def allowance(self, cells: Cells, errors: Floats, limit: Floats) -> Floats:
        """Return the error ``(..., patches)`` a cell may keep: in each sum the least ones together reach its `limit`.

        Of cells alike, as images of each other are, all or none may.
        """
        if errors.ndim > 1:
            return np.stack([self.allowance(cells, *each) for each in zip(errors, limit, strict=True)])
        entries = np.argsort(self.patch, kind="stable")
        count = np.bincount(self.patch, minlength=self.patches)
        each = count[cells.patch]  # sums that a cell belongs to
        cell = np.repeat(np.arange(each.size), each)
        place = np.arange(cell.size) - np.repeat(np.cumsum(each) - each, each)
        entry = entries[(np.cumsum(count) - count)[cells.patch[cell]] + place]
        owner, part = self.owner[entry], self.weight[entry] * errors[cell]
        order = np.lexsort((part, owner))
        owner, part = owner[order], part[order]
        together = np.append(0.0, np.cumsum(part))
        kept = together[1:] - together[np.searchsorted(owner, owner)] <= limit[owner]
        largest, allowed = np.zeros(self.owners), np.full(self.patches, np.inf)
        np.maximum.at(largest, owner[kept], part[kept])
        least = np.full(self.owners, np.inf)
        np.minimum.at(least, owner[~kept], part[~kept])
        largest = np.minimum(largest, (1 - _ALIKE) * least)
        np.minimum.at(allowed, self.patch, largest[self.owner] / self.weight)
        return allowed


class Integrated(NamedTuple):
    """Sums ``(..., owners)``, their errors, the cells they were made of, and the cost."""

    value: Floats
    error: Floats
    cells: Cells
    measured: Measured
    sightlines: int
    evaluations: int


def integrate_cells(
    start: Cells,
    shares: Shares,
    chart: Chart,
    lines: Callable[[Floats], Lines],
    *,
    rules: Rules,
    rtol: float,
    floor: float | Floats = 0.0,
    first: list[Nodes] | None = None,
    before: Integrated | None = None,
    best: bool = False,
    rough: bool = False,
    progress: Counted | None = None,
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
        The integrand: from unit vectors ``(M, 3)`` to values ``(..., M)``.
    rules
        The rules of the cells.
    rtol, floor
        The tolerance; the floor may be one of each sum ``(..., owners)``.
    first
        The nodes of the groups of `start` with the same rules, where they are known already.
    before
        What was found with a larger tolerance, to go on from; `start` then counts no more.
    best
        Whether sums that do not meet the tolerance come with the errors they have.
    rough
        Whether unannounced edges may lie askew in the cells.
    progress
        Called with (lines done, all that are known to come and as many again).

    Raises
    ------
    ValueError
        If the tolerance cannot be met.
    """
    sightlines, evaluations = (before.sightlines, before.evaluations) if before else (0, 0)

    def seen(fresh: Cells, nodes: list[Nodes] | None = None) -> tuple[Cells, Measured]:
        """Return the cells, in the order of their groups, measured."""
        nonlocal sightlines, evaluations
        groups = rules.groups(fresh)
        nodes = nodes or [nodes_of(some, chart, pair) for some, pair in groups]
        directions = np.concatenate([each.directions.reshape(-1, 3) for each in nodes])
        values = by_blocks(lines, directions, in_rounds(progress, sightlines, len(directions)))
        sightlines += values.value.shape[-1]
        evaluations += values.evaluations
        parts = zip(groups, nodes, values.split([each.density.size for each in nodes]), strict=True)
        measured = [measure(each, part, pair, rough) for (_, pair), each, part in parts]
        return functools.reduce(Cells.joined, (some for some, _ in groups)), functools.reduce(Measured.joined, measured)

    cells, known = (before.cells, before.measured) if before else seen(start, first)
    for _ in range(_ROUNDS):
        total = shares.totals(cells, known.value)
        error = shares.totals(cells, known.error) + ROUNDING * np.abs(total)
        tolerance = rtol * np.maximum(np.abs(total), floor)
        failing = error > tolerance
        if not failing.any():
            return Integrated(total, error, cells, known, sightlines, evaluations)
        tails = known.tails.sum(axis=-1)
        left = tolerance - (error - shares.totals(cells, tails))  # by the lines' errors and rounding
        reached = np.where(left > 0, np.minimum(_LEFT * tolerance, _REACHED * left), _LEFT * tolerance)
        limit = np.where(failing, reached, np.inf)
        allowed = shares.allowance(cells, tails, limit)[..., cells.patch]
        axes = _axes(known, allowed)
        split = np.asarray(axes.any(axis=1))
        if not split.any() or len(cells.patch) > _MOST_CELLS:
            if best:
                return Integrated(total, error, cells, known, sightlines, evaluations)
            break
        fresh, now = seen(cells.chosen(split).halves(axes[split]))
        cells, known = cells.chosen(~split).joined(fresh), known.chosen(~split).joined(now)
    raise _refusal(rtol, float(np.max(error[failing] / np.maximum(tolerance[failing], np.finfo(float).tiny))))


def _refusal(rtol: float, excess: float) -> Shortfall:
    return Shortfall(
        f"the tolerance rtol = {rtol:g} could not be met: the error stays {excess:.3g} times too large; "
        "ask for a larger rtol, or give the density hints about its edges"
    )


def _axes(measured: Measured, allowed: Floats) -> Bools:
    """Return along which axes ``(N, 2)`` to halve each cell: the worse one, and the other if it alone is too bad."""
    failing = measured.tails.sum(axis=-1) > allowed
    worse = np.argmax(measured.tails, axis=-1)[..., None] == (0, 1)
    axes = (worse | (measured.tails > allowed[..., None])) & failing[..., None]
    return np.asarray(axes.any(axis=tuple(range(axes.ndim - 2))))


class Target(NamedTuple):
    """A place on the sky around which the integrand is concentrated: its unit vector ``(3,)`` and its size [rad]."""

    direction: Floats
    size: float


def targets(lines: Any) -> list[Target]:
    """Return where the density says, by its hints, that it is concentrated."""
    found = []
    for x, y, z, size in lines.density.hints.points:
        seen = (np.array([x, y, z]) - lines.observer.position) @ lines.observer.rotation
        distance = float(np.linalg.norm(seen))
        if distance > size:  # else it is all around the observer
            found.append(Target(seen / distance, size / distance))
    return found


def focused(cells: Cells, chart: Chart, rules: tuple[Rule, Rule], aims: list[Target], narrow: float = NARROW) -> Cells:
    """Return the cells, those around a target halved until they are no wider than `narrow` times its size."""
    for aim in aims:
        for _ in range(_ROUNDS):
            nodes = nodes_of(cells, chart, rules).directions.reshape(len(cells.patch), -1, 3)
            width = np.linalg.norm(nodes - nodes[:, :1], axis=2).max(axis=1)
            nearest = np.linalg.norm(nodes - aim.direction, axis=2).min(axis=1)
            large = (nearest < width) & (width > narrow * aim.size)
            if not large.any():
                break
            halves = cells.chosen(large).halves(np.ones((int(large.sum()), 2), dtype=bool))
            cells = cells.chosen(~large).joined(halves)
    return cells
