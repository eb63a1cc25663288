"""Fitting tiles to a sky: a few thousand line integrals that stand for all others, with a certified error.

:func:`fit` covers each different quarter of the sky with tiles, integrates at their nodes, and halves a tile in its
worse direction until its coefficients say that what it misses is below the tolerance. Then probes, denser near tile
edges, are integrated directly; a tile that fails one is halved again. A tile that would cost more than the points it
serves is left open.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from skymodel.sightlines import chebyshev, quarters
from skymodel.sightlines.integrate import LineIntegrals, SightLines
from skymodel.sightlines.quarters import FAR, NEAR, Frame
from skymodel.sightlines.tiles import Batch, Bools, Floats, TiledSky

LINE_SHARE = 0.0003  # of a tile's tolerance goes to the integrals at its nodes: a digit more costs them 2 %
FINEST = 2e-13  # what the integrals at the nodes can reach
PROBES = 12  # a tile, while there are few
LEAST_PROBES = 240  # in all, when there are many
SEED = 704  # of the probes: a run can be repeated
MAGNIFIED = 8.0  # the Lebesgue constant of 20 x 20 Chebyshev nodes: how much an error at the nodes may grow
DECADES = 12.0  # a tile whose values span more holds J, not log J
DEEPEST = 48  # generations
FAINT = 1e-9  # share of the brightest below which errors are measured against that


class Request(NamedTuple):
    """What tiles must give.

    Parameters
    ----------
    tolerance
        Relative error of a tile.
    order
        Nodes along each side of a tile.
    innermost
        ln sin(theta) inside which points are integrated directly.
    grain
        Solid angle [sr] that one evaluated point stands for: tiles that hold fewer points than nodes stay open.
    """

    tolerance: float
    order: int
    innermost: float
    grain: float



@dataclass
class Fitter:
    """The state of a fit: what is done, what the brightest value is, what it cost.

    Parameters
    ----------
    source
        The sight lines.
    frame
        The charts of the observer.
    request
        What is asked for.
    progress
        Called with the number of integrals so far.
    """

    source: SightLines
    frame: Frame
    request: Request
    progress: Callable[[int], None] | None = None
    brightest: float = 0.0
    sightlines: int = 0
    evaluations: int = 0
    observed: float = 0.0
    probes: int = 0

    def lines(self, directions: Floats) -> LineIntegrals:
        """Return integrals along unit vectors ``(M, 3)``, and count them."""
        found = self.source.integrate(
            directions, rtol=max(LINE_SHARE * self.request.tolerance, FINEST), floor=FAINT * self.brightest
        )
        self.sightlines += len(directions)
        self.evaluations += int(found.evaluations.sum())
        if self.progress is not None:
            self.progress(self.sightlines)
        return found

    def directions(self, tiles: Batch, u: Floats, v: Floats) -> Floats:
        """Return unit vectors ``(*u.shape, 3)`` of places in tiles; the first axis runs over the tiles."""
        vectors = np.empty((*u.shape, 3))
        for chart in (NEAR, FAR):
            rows = tiles.chart == chart
            vectors[rows] = self.frame.directions(tiles.quarter[rows], chart, u[rows], v[rows])
        return vectors

    def filled(self, tiles: Batch) -> Batch:
        """Return the tiles with what they hold."""
        order = self.request.order
        found = self.lines(self.directions(tiles, *tiles.nodes(order)).reshape(-1, 3))
        value, error = (part.reshape(-1, order, order) for part in (found.value, found.error))
        self._brighten(tiles, value)
        low, high = value.min(axis=(1, 2)), value.max(axis=(1, 2))
        logarithmic = (low > 0) & (high < low * 10**DECADES)
        safe = np.where(logarithmic[:, None, None], value, 1.0)
        held = np.where(logarithmic[:, None, None], np.log(safe), value)
        noise = MAGNIFIED * np.where(logarithmic[:, None, None], error / safe, error).max(axis=(1, 2))
        made = chebyshev.coefficients(held)
        return Batch(
            tiles.quarter, tiles.chart, tiles.bounds, made, *chebyshev.missed(made), noise, logarithmic, low
        )

    def _brighten(self, tiles: Batch, value: Floats) -> None:
        """Remember the brightest value that a pixel may have: not that at the tip of a cusp."""
        seen = (tiles.chart == FAR) | (np.exp(2 * tiles.bounds[:, 0]) > self.request.grain)
        self.brightest = max(self.brightest, float(value[seen].max(initial=0.0)))

    def good(self, tiles: Batch) -> Bools:
        """Return which tiles ``(T,)`` meet the tolerance; faint ones in proportion to the brightest value."""
        floor = np.maximum(tiles.brightness, FAINT * self.brightest)
        scale = np.where(tiles.logarithmic, floor / np.where(tiles.brightness > 0, tiles.brightness, 1.0), floor)
        return np.asarray(tiles.error <= self.request.tolerance * scale)

    def hopeless(self, tiles: Batch) -> Bools:
        """Return which tiles ``(T,)`` are not worth halving: they would hold fewer points than nodes."""
        points = tiles.solid_angle(self.frame) / self.request.grain
        return np.asarray((tiles.chart == FAR) & (points < self.request.order**2))

    def refined(self, waiting: Batch) -> Batch:
        """Return tiles that cover `waiting`, each good or open (with coefficients nan)."""
        done = waiting[np.zeros(len(waiting.bounds), bool)]
        for _ in range(DEEPEST):
            filled = self.filled(waiting)
            good = self.good(filled)
            open_ = ~good & self.hopeless(filled)
            filled.coefficients[open_] = np.nan
            done = done.joined(filled[good | open_])
            rest = filled[~good & ~open_]
            if not len(rest.bounds):
                return done
            waiting = rest.halves(rest.worse_along_u)
        waiting.coefficients[:] = np.nan
        return done.joined(waiting)

    def probed(self, tiles: Batch, rng: np.random.Generator) -> Bools:
        """Return which tiles ``(T,)`` fail a probe, and remember the largest error seen."""
        closed = np.flatnonzero(~np.isnan(tiles.coefficients[:, 0, 0]))
        each = int(np.clip(LEAST_PROBES // max(len(closed), 1), 4, PROBES))
        chosen = tiles[closed]
        place = np.sin(0.5 * np.pi * rng.uniform(-1, 1, (2, len(closed), each)))  # denser towards the edges
        u, v = chosen.places(*place)
        found = self.lines(self.directions(chosen, u, v).reshape(-1, 3))
        truth, doubt = (part.reshape(u.shape) for part in (found.value, found.error))
        held = np.stack(
            [chebyshev.evaluate(c, x, y) for c, x, y in zip(chosen.coefficients, place[0], place[1], strict=True)]
        )
        bound = chosen.error_at(np.arange(len(closed))[:, None], *place)
        value = np.where(chosen.logarithmic[:, None], np.exp(np.where(chosen.logarithmic[:, None], held, 0.0)), held)
        allowed = np.where(chosen.logarithmic[:, None], truth, 1.0) * bound + doubt
        scale = np.maximum(truth, FAINT * self.brightest)
        self.probes += truth.size
        gap = np.abs(value - truth)
        failing = np.zeros(len(tiles.bounds), bool)
        failing[closed] = (gap > allowed).any(axis=1)
        passed = ~failing[closed]
        worst = np.max(gap[passed] / np.where(scale[passed] > 0, scale[passed], 1.0), initial=0.0)
        self.observed = max(self.observed, float(worst))
        return failing


def order_for(tolerance: float) -> int:
    """Return the nodes along a side with which a tile of ordinary size meets a tolerance: two for each decade."""
    return int(np.clip(2 * np.ceil(-np.log10(tolerance)), 12, 20))


_RINGS = tuple(np.log(np.radians([0.6, 3.0])))  # ln sin(theta): inside 0.6 deg a sky is scale free, outside not
_EFOLDS = 8.0  # of theta that one tile covers there
_CAP = 41.810314895778596  # deg: where HEALPix changes from belt to cap, 2/3 of the height: blocks end there
_LEVEL_GRID = (  # for an observer in the plane: about the tiles that a halo times a thin disk ends with
    ((0.0, 6.0), (6.0, 11.0, 18.0, _CAP)),
    ((6.0, 36.0), (0.0, 4.0, 11.0, 22.0, _CAP)),
    ((36.0, 90.0), (0.0, 11.0, _CAP)),
    ((90.0, 180.0), (0.0, _CAP)),
    ((0.0, 90.0), (_CAP, 90.0)),
    ((90.0, 180.0), (_CAP, 90.0)),
)


def partition(frame: Frame) -> list[tuple[float, float, float, float]]:
    """Return rectangles (low and high l, low and high b) [rad] that cover a quarter outside its box."""
    if frame.tilt == 0:
        columns = [(lon, lats) for lon, lats in _LEVEL_GRID]
    else:
        box = float(np.degrees(frame.box))
        steps = int(np.ceil(np.log1p(np.radians(22.0) / frame.layer) / 1.4))
        fine = np.degrees(frame.far_lat(np.linspace(0, frame.from_lat(np.radians(22.0)), steps + 1)))
        lats = (*fine, _CAP)
        above = (box, *(lat for lat in lats if lat > 1.5 * box))
        columns = [((0.0, box), above)]
        columns += [(ends, lats) for ends in itertools.pairwise((box, *(lon for lon in (6.0, 36.0, 90.0, 180.0) if lon > box)))]
        columns += [((0.0, 90.0), (_CAP, 90.0)), ((90.0, 180.0), (_CAP, 90.0))]
    return [
        tuple(np.radians([*lon, *lat]))  # type: ignore[misc]
        for lon, lats in columns
        for lat in itertools.pairwise(lats)
    ]


def starting(request: Request, frame: Frame, quarter: int) -> Batch:
    """Return the first tiles of a quarter."""
    rows = [(NEAR, low, high, 0.0, 1.0) for low, high in _near_rings(request.innermost, frame.outermost)]
    ends = np.array(partition(frame))
    far = np.concatenate([quarters.from_lon(ends[:, :2]), frame.from_lat(ends[:, 2:])], axis=1)
    table = np.array([*rows, *((FAR, *row) for row in far)])
    count = len(table)
    return Batch.unknown(np.full(count, quarter), table[:, 0].astype(np.intp), table[:, 1:], request.order)


def _near_rings(innermost: float, outermost: float) -> list[tuple[float, float]]:
    outer = [*(ring for ring in _RINGS if ring < outermost - 0.5), outermost]
    inner = np.linspace(innermost, outer[0], max(1, int(np.ceil((outer[0] - innermost) / _EFOLDS))) + 1)
    return list(itertools.pairwise([*inner, *outer[1:]]))


class Fitted(NamedTuple):
    """A tiled sky, what it cost, and the largest relative error that the probes saw."""

    sky: TiledSky
    sightlines: int
    evaluations: int
    probes: int
    observed: float
    brightest: float


def fit(
    lines: SightLines, frame: Frame, request: Request, progress: Callable[[int], None] | None = None
) -> Fitted:
    """Return a sky in tiles.

    Parameters
    ----------
    lines
        Sight lines to any direction.
    frame
        The charts of the observer.
    request
        What is asked for.
    progress
        Called with the number of integrals so far.
    """
    state = Fitter(lines, frame, request, progress)
    first = [starting(request, frame, quarter) for quarter in range(len(frame.folds.quarters))]
    tiles = state.refined(functools.reduce(Batch.joined, first))
    rng = np.random.default_rng(SEED)
    fresh = tiles
    done = tiles[np.zeros(len(tiles.bounds), bool)]
    while len(fresh.bounds):
        failing = state.probed(fresh, rng)
        done = done.joined(fresh[~failing])
        poor = fresh[failing]
        fresh = state.refined(poor.halves(poor.worse_along_u)) if failing.any() else poor
    sky = TiledSky(done, frame, lines)
    return Fitted(sky, state.sightlines, state.evaluations, state.probes, state.observed, state.brightest)
