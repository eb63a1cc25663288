"""Integrals over regions whose edges are known, together and term by term, with the sight lines that they share.

Smooth terms are integrated in polar cells (:mod:`skymodel.sightlines.cubature.polar`), those with a cube by shifted
lattices (:mod:`skymodel.sightlines.cubature.fibonacci`).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats
from profiles.contract.beside import leading_axes
from profiles.contract.box import Box
from profiles.contract.hints import surfaces
from skymodel.bounded import Bounded
from skymodel.progress import Counted
from skymodel.progress import parts as in_parts
from skymodel.sightlines.cubature.cells import gauss, nodes_of
from skymodel.sightlines.cubature.cubes import LINES
from skymodel.sightlines.cubature.fibonacci import Scattered, scattered
from skymodel.sightlines.cubature.inside import Inside, Outline, outline
from skymodel.sightlines.cubature.polar import Along, Plan, plan
from skymodel.sightlines.cubature.refine import Integrated, focused, integrate_cells, line_integrals, targets
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.error_shares import CUBES, MEANS
from skymodel.sightlines.ray.integrand import made_of
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.ray.meter import OutOfBudget, Shortfall
from skymodel.sightlines.ray.terms import share, terms
from skymodel.sightlines.ray.voxels import voxel_lines
from skymodel.sky.region import Region

_Orders = tuple[int, int]
# How nodes lie along arcs, and how many there are outwards and along a quadrant, from a tolerance down: two windows of
# a disk or of a bar are done in one round.
_WAYS: dict[str, tuple[Along, tuple[tuple[float, _Orders], ...]]] = {
    "spherical": ("plane", ((1.0, (16, 1)), (1e-5, (24, 1)))),  # whose lines are few
    "mirrored": ("plane", ((1.0, (9, 11)), (1e-5, (12, 14)))),
    "skew": ("plane", ((1.0, (9, 11)), (5e-4, (9, 14)), (1e-5, (12, 16)))),
    "body": ("even", ((1.0, (10, 10)), (1e-5, (14, 16)))),  # with axes of its own: no plane, no meridian
    "body with walls": ("even", ((1.0, (10, 12)), (1e-5, (14, 16)))),  # whose light bends along arcs
    "smooth body": ("closed", ((1.0, (11, 12)), (1e-5, (14, 18)))),
}
Member = tuple[int, ...]  # which of densities side by side; of a plain one ()
_NARROW = 8.0  # sizes of a target: nodes are 1.4 of it apart at most, what they see badly is halved
_NOTHING = 1e-12  # sr; solid angles are good to about 1e-13


class _Term(NamedTuple):
    """A term integrated over all regions: integrals and errors ``(..., regions)``, and cell by cell."""

    plan: Plan
    found: Integrated
    weight: float

    def sharp(self, rtol: float, floor: Floats) -> bool:
        """Return whether the lines are good enough for a smaller tolerance than they were asked for."""
        asked = MEANS.lines * rtol * np.maximum(np.abs(self.found.value), floor)
        return bool(np.all(self.plan.shares.totals(self.found.cells, self.found.measured.line_error) <= asked))

    def difference_error(self, combination: Floats, member: Member = ()) -> float:
        """Return a bound of the error of a weighted sum ``(regions,)``: what they share cancels cell by cell."""
        weights = np.abs(combination @ self.plan.shares.matrix())
        return float(weights[self.found.cells.patch] @ self.found.measured.error[member])


class _Lumps(NamedTuple):
    """A term with a cube, integrated over all regions by shifted lattices."""

    found: Scattered
    weight: float

    def difference_error(self, combination: Floats, member: Member = ()) -> float:
        """Return a limit of the error of a weighted sum ``(regions,)``, shift by shift."""
        return self.found.limit(combination)


@dataclass(frozen=True)
class OverRegions:
    """Integrals over regions, term by term.

    Parameters
    ----------
    regions
        The regions.
    terms
        What each term of the density gives.
    """

    regions: tuple[Region, ...]
    terms: tuple[_Term | _Lumps, ...]

    @property
    def value(self) -> Floats:
        """The integrals ``(..., regions)``."""
        return np.asarray(sum(term.found.value for term in self.terms))

    @property
    def error(self) -> Floats:
        """Their errors ``(..., regions)``."""
        return np.asarray(sum(term.found.error for term in self.terms))

    @property
    def evaluations(self) -> int:
        """Evaluations of the whole density."""
        return round(sum(term.weight * term.found.evaluations for term in self.terms))

    @property
    def sightlines(self) -> int:
        """Sight lines of all terms."""
        return sum(term.found.sightlines for term in self.terms)

    @property
    def lumpy(self) -> bool:
        """Whether a term holds a cube, so that its errors are limits and no bounds."""
        return any(isinstance(term, _Lumps) for term in self.terms)

    @property
    def members(self) -> list[Member]:
        """Which densities stand side by side: a plain one is the only one, ()."""
        return list(np.ndindex(self.value.shape[:-1]))

    def mean(self, region: int, member: Member = ()) -> tuple[float, float]:
        """Return the mean of a member over a region, and its error."""
        solid_angle = self.regions[region].solid_angle
        return float(self.value[member][region] / solid_angle), float(self.error[member][region] / solid_angle)

    def ratio(self, member: Member = ()) -> tuple[float, float]:
        """Return the first mean over the second, and a bound of its error from that of first - ratio * second."""
        above, below = (self.mean(region, member) for region in (0, 1))
        ratio = above[0] / below[0]
        combination = np.array([1.0, -ratio]) / [region.solid_angle for region in self.regions]
        doubt = sum(term.difference_error(combination, member) for term in self.terms)
        return ratio, Bounded(*below).least_under(2 * ROUNDING * above[0] + doubt)


def over_regions(
    lines: SightLines,
    regions: tuple[Region, ...],
    rtol: float,
    progress: Counted | None = None,
    known: OverRegions | None = None,
) -> OverRegions:
    """Return the integrals over regions with known edges, each to a tolerance; `progress` hears (done, all).

    What is `known` already, to a larger tolerance, is gone on from.

    Raises
    ------
    ValueError
        If a region is empty, or the tolerance cannot be met.
    """
    for region in regions:
        if region.solid_angle <= _NOTHING:
            raise ValueError(f"the region {region.name} is empty: it has no mean")
    parts, done = terms(lines), list[_Term | _Lumps]()
    before, doubt = np.zeros((2, *leading_axes(lines.density), len(regions)))
    own, _ = share(len(parts), rtol)
    for index, (part, report) in enumerate(zip(parts, in_parts(progress, [1.0] * len(parts)), strict=True)):
        old = known.terms[index] if known else None
        integrated = _lumpy if part.density.hints.meshes else functools.partial(_smooth, known=old)
        floor = np.maximum(rtol * before - doubt, 0.0) / (own * (len(parts) - index))  # what those before left
        try:
            done.append(integrated(part, regions, own, floor, report))
        except Shortfall as failure:
            if isinstance(failure, OutOfBudget) or not part.beyond.any():
                raise
            missed = replace(part, whole=True)  # a body that the regions miss
            done.append(integrated(missed, regions, own, floor, report))
        report(1, 1)
        before, doubt = before + done[-1].found.value, doubt + done[-1].found.error
    return OverRegions(regions, tuple(done))


def _smooth(
    lines: SightLines,
    regions: tuple[Region, ...],
    rtol: float,
    floor: Floats,
    progress: Counted | None,
    known: _Term | _Lumps | None = None,
) -> _Term:
    """Return the integrals of one term, each to `rtol` of the larger of itself and its `floor` ``(..., regions)``.

    What is `known` already is gone on from, if its lines are good enough.
    """
    kept = promises.check(lines.density, lines.observer)
    body, aims = outline(lines), targets(lines)
    along, orders = _way(lines, kept, rtol)
    how = regions, (kept.left_right, kept.up_down), kept.exponent, _shells(lines), orders, along
    made = plan(*how) if body is None else _planned_inside(body, *how)
    start = focused(made.cells, made.chart, made.rules.pairs[0], aims, _NARROW) if aims and body is None else made.cells
    first = made.first if start is made.cells else None
    faint = np.min(floor / [region.solid_angle for region in regions], axis=-1, keepdims=True)
    values = line_integrals(lines, rtol, faint)
    more: dict[str, Any] = {"first": first, "rough": lines.blind > 0, "progress": progress}
    more["before"] = known.found if isinstance(known, _Term) and known.sharp(rtol, floor) else None
    found = integrate_cells(start, made.shares, made.chart, values, rules=made.rules, rtol=rtol, floor=floor, **more)
    return _Term(made, found, lines.weight)


@functools.lru_cache(maxsize=64)
def _planned_inside(body: Outline, *how: Any) -> Plan:
    """Return the plan for what a sharp body covers of regions, made once for all that is multiplied with the body."""
    made = plan(*how)
    chart = Inside(made.chart, body)
    start = chart.cells(made.cells, made.rules.pairs[0])
    first = [nodes_of(some, chart, pair) for some, pair in made.rules.groups(start)]
    return made._replace(chart=chart, cells=start, first=first)


def _lumpy(
    lines: SightLines, regions: tuple[Region, ...], rtol: float, floor: Floats, progress: Counted | None
) -> _Lumps:
    """Return the integrals of a term with a cube, as :func:`_smooth` returns those of others."""
    kept = promises.check(lines.density, lines.observer)
    made = plan(regions, (kept.left_right, kept.up_down), kept.exponent, _shells(lines), _chosen("mirrored", 1.0)[1])
    middles = nodes_of(made.cells, made.chart, (gauss(4), gauss(4))).directions.reshape(-1, 3)
    rule = voxel_lines(lines, CUBES.lines * rtol, np.random.default_rng(0).permutation(middles)[:LINES])
    how: dict[str, Any] = {"rtol": rtol, "floor": floor, "budget": lines.meter.left, "progress": progress}
    found = scattered(made.chart, made.shares, rule, **how)
    if np.any(found.error > rtol * np.maximum(found.value, floor)):
        raise Shortfall(f"the tolerance rtol = {rtol:g} could not be met through the cube; ask for a larger rtol")
    return _Lumps(found._replace(error=found.error + rule.doubt * found.value), lines.weight)


def _bends(density: Any) -> bool:
    """Return whether a density may bend at the plane and the meridian, as disks do and bodies of other axes do not."""
    if parts := made_of(density):
        return any(map(_bends, parts))
    return not (density.symmetry == "spherical" or density.hints.cores)


def _has_walls(core: Any) -> bool:
    """Return whether a body bends at upright planes and its own: its shape has powers that are not even."""
    return isinstance(core, Box) and bool(core.C_perp % 2 or core.C_par % 2)


def _way(lines: SightLines, kept: promises.Promises, rtol: float) -> tuple[Along, _Orders]:
    """Return how the nodes of the first round lie, and how many they are outwards and along arcs."""
    if kept.spherical:
        return _chosen("spherical", rtol)
    if kept.left_right or targets(lines) or lines.density.support:
        return _chosen("mirrored", rtol)
    if _bends(lines.density):
        return _chosen("skew", rtol)
    if any(map(_has_walls, lines.density.hints.cores)):
        return _chosen("body with walls", rtol)
    return _chosen("smooth body" if lines.density.smooth and not kept.up_down else "body", rtol)


def _chosen(way: str, rtol: float) -> tuple[Along, _Orders]:
    along, orders = _WAYS[way]
    return along, [some for least, some in orders if rtol <= least][-1]


def _shells(lines: SightLines) -> tuple[float, ...]:
    """Return the angles from the centre [deg] of the spheres around it that the observer sees from outside."""
    radii = {*surfaces(lines.density.hints.spheres), *([lines.end.r_max] if lines.end.r_max else [])}
    return tuple(
        sorted(math.degrees(math.asin(r / lines.observer.r_sun)) for r in radii if 0 < r < lines.observer.r_sun)
    )
