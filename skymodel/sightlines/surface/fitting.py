"""Fitting tiles to a sky: a few thousand line integrals that stand for all others, with a certified error.

:func:`fit` covers each different quarter of the sky with tiles, integrates at their nodes, and halves a tile in its
worse direction until its coefficients say that what it misses is below the tolerance, and probes do not object. A tile
that would cost more than the points it serves is left open.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.cubature.refine import Target, targets
from skymodel.sightlines.ray.error_shares import TILES
from skymodel.sightlines.ray.integrate import LineIntegrals
from skymodel.sightlines.surface import probing
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sightlines.surface.holding import UNSETTLED, dusk, holding
from skymodel.sightlines.surface.partition import starting
from skymodel.sightlines.surface.quarters import FAR, Frame
from skymodel.sightlines.surface.survey import Survey
from skymodel.sightlines.surface.tiles import Source, TiledSky

FINEST = 2e-13  # what the integrals at the nodes can reach
SPOTS = 32  # directions all over the sky that are compared in the end
BATCH = 32768  # integrals between two reports of progress: blocks for as many workers as there may be
DEEPEST = 48  # generations
ONE_BY_ONE = 4.0  # points for each node of a tile in which something hides: it would be halved to no avail
FAINT = 1e-9  # share of the brightest below which errors are measured against that
DARKEST = 1e-17  # share of it down to which lines are good in tiles that are bright elsewhere, for log J to be smooth


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
    budget
        Integrals that tiles may take before they are given up.
    """

    tolerance: float
    order: int
    innermost: float
    grain: float
    budget: int


class NotWorthTiles(Exception):
    """A sky with so much fine structure that its pixels are cheaper one by one."""


@dataclass
class Fitter:
    """The state of a fit to the `source`: what is done, what the brightest value is, what it cost.

    The first six are what :func:`fit` is called with.
    """

    source: Source
    frame: Frame
    request: Request
    progress: Callable[[int, int], None] | None = None
    beneath: Beneath | None = None
    survey: Survey | None = None
    brightest: float = 0.0
    sightlines: int = 0
    evaluations: int = 0
    observed: float = 0.0
    probes: int = 0
    at_spots: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(probing.SEED))

    @functools.cached_property
    def spots(self) -> Floats:
        """Unit vectors ``(SPOTS, 3)`` all over the sky, half of them around the centre."""
        vectors = np.random.default_rng(probing.SEED).normal(size=(SPOTS, 3))
        vectors[::2, 1:] *= 0.1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def floor(self, directions: Floats) -> Floats:
        """Return the brightness ``(M,)`` below which errors do not count less."""
        faint = FAINT * self.brightest
        if self.beneath is None:
            return np.full(len(directions), faint)
        return np.maximum(self.beneath(directions), faint)

    def lines(self, directions: Floats, share: Floats, floor: Floats) -> LineIntegrals:
        """Return integrals along unit vectors ``(M, 3)`` to a share of the tolerance."""
        if self.sightlines + len(directions) > self.request.budget:
            raise NotWorthTiles
        goal = self.sightlines + len(directions)
        rtol = np.maximum(share * self.request.tolerance, FINEST)
        parts = []
        for begin in range(0, len(directions), BATCH):
            if self.progress is not None:
                self.progress(self.sightlines, goal)
            part = slice(begin, begin + BATCH)
            found = self.source.integrate(
                directions[part],
                rtol=rtol[part],
                floor=floor[part],
                best=True,
            )
            parts.append((found.value, found.error, found.evaluations))
            self.sightlines += len(found.value)
        if self.progress is not None:
            self.progress(self.sightlines, goal)
        value, error, evaluations = (np.concatenate(column) for column in zip(*parts, strict=True))
        self.evaluations += int(evaluations.sum())
        return LineIntegrals(value, error, evaluations, self.source.unit)

    def filled(self, tiles: Batch) -> tuple[Batch, probing.Judgement]:
        """Return the tiles with what they hold, and what probes say of them."""
        order, count = self.request.order, len(tiles.bounds)
        x, y = probing.places(self.rng, count, order)
        u, v = (np.concatenate(pair, axis=1) for pair in zip(tiles.nodes(order), tiles.places(x, y), strict=True))
        probe = np.broadcast_to(np.arange(u.shape[1]) >= order**2, u.shape)
        towards = tiles.directions(self.frame, u, v).reshape(-1, 3)
        floor = self.floor(towards)
        found = self.lines(towards, np.where(probe, TILES.probes, TILES.lines).ravel(), floor)
        value, error, least = (part.reshape(u.shape) for part in (found.value, found.error, floor))
        self._brighten(tiles, value[:, : order**2])
        least = np.maximum(least, FAINT * self.brightest)
        held = holding(tiles, self.request.tolerance, value, error, least)
        dark = dusk(held, self.request.tolerance, value, error, least) & (self.beneath is None)
        if dark.any():
            faintest = np.full(int(dark.sum()), DARKEST * self.brightest)
            found = self.lines(towards.reshape(*u.shape, 3)[dark], np.full(faintest.shape, TILES.lines), faintest)
            value[dark], error[dark] = found.value, found.error
            held = holding(tiles, self.request.tolerance, value, error, least)
        self.probes += x.size
        return held, probing.judged(held, x, y, *(part[:, order**2 :] for part in (value, error, least)))

    def _brighten(self, tiles: Batch, value: Floats) -> None:
        """Remember the brightest value that a pixel may have: not that at the tip of a cusp."""
        seen = (tiles.chart == FAR) | (np.exp(2 * tiles.bounds[:, 0]) > self.request.grain)
        self.brightest = max(self.brightest, float(value[seen].max(initial=0.0)))

    def good(self, tiles: Batch, verdict: probing.Judgement) -> Bools:
        """Return which tiles ``(T,)`` meet the tolerance once settled, with bounds not far above it before."""
        limit = self.request.tolerance * tiles.scale
        within = (verdict.tiles.error <= limit) & (tiles.error <= UNSETTLED * limit)
        return np.asarray(within & ~verdict.failing & ~tiles.spotted(self.frame, targets(self.source)))

    def hopeless(self, tiles: Batch, more: float = 1.0) -> Bools:
        """Return which tiles ``(T,)`` are not worth halving: they would hold fewer points than nodes, `more` times."""
        points = tiles.solid_angle(self.frame) / self.request.grain
        return np.asarray((tiles.chart == FAR) & (points < more * self.request.order**2))

    def refined(self, waiting: Batch) -> Batch:
        """Return tiles that cover `waiting`, each good and settled by probes, or open (with coefficients nan)."""
        done = waiting[np.zeros(len(waiting.bounds), bool)]
        if self.survey is not None:
            waiting, done = self._narrowed(waiting, self.survey.aims)
        for _ in range(DEEPEST):
            filled, verdict = self.filled(waiting)
            good = self.good(filled, verdict)
            if self.survey is not None:
                least = self.request.tolerance * FAINT * self.brightest
                good &= ~self.survey.contradicts(verdict.tiles, self.frame, least)
            open_ = ~good & self.hopeless(filled)
            filled.coefficients[open_] = np.nan
            self._observe(verdict, good)
            done = done.joined(verdict.tiles[good]).joined(filled[open_])
            rest = filled[~good & ~open_]
            if not len(rest.bounds):
                return done
            waiting = rest.halves(rest.worse_along_u)
        waiting.coefficients[:] = np.nan
        return done.joined(waiting)

    def _narrowed(self, waiting: Batch, aims: list[Target]) -> tuple[Batch, Batch]:
        """Return tiles no wider than where something hides asks for, and those that are not worth halving, open."""
        narrow = open_ = waiting[np.zeros(len(waiting.bounds), bool)]
        while len(waiting.bounds):
            wide, few = waiting.spotted(self.frame, aims), self.hopeless(waiting, ONE_BY_ONE)
            narrow, open_ = narrow.joined(waiting[~wide]), open_.joined(waiting[wide & few])
            waiting = (rest := waiting[wide & ~few]).halves(rest.wide(self.frame))
        return narrow, open_

    def _observe(self, verdict: probing.Judgement, good: Bools) -> None:
        """Remember the largest error that probes saw in good tiles."""
        scale = np.maximum(verdict.truth, verdict.floor)[good]
        worst = np.max(verdict.gap[good] / np.where(scale > 0, scale, 1.0), initial=0.0)
        self.observed = max(self.observed, float(worst))

    def look_round(self) -> None:
        """Integrate towards the spots, which tell before all else how bright the sky is where pixels see it."""
        found = self.lines(self.spots, np.full(SPOTS, TILES.lines), self.floor(self.spots))
        self.at_spots = found.value, found.error
        outside = 1 - self.spots[:, 0] ** 2 > self.request.grain
        self.brightest = max(self.brightest, float(found.value[outside & (self.spots[:, 0] > 0)].max(initial=0.0)))

    def spot_check(self, sky: TiledSky) -> None:
        """Compare with integrals towards the whole sky, mirrored quarters included.

        Raises
        ------
        ValueError
            If the sky is not what it should be: a symmetry that the density declares does not hold.
        """
        truth, doubt = self.at_spots
        held = sky.integrate(self.spots, rtol=self.request.tolerance)
        gap = np.abs(truth - held.value)
        wrong = gap > held.error + doubt + 10 * self.request.tolerance * np.maximum(truth, self.floor(self.spots))
        self.probes += SPOTS
        if wrong.any():
            x, y, z = self.spots[np.argmax(wrong)]
            lon, lat = np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(z))
            raise ValueError(
                f"the sky towards lon = {lon:.4g}, lat = {lat:.4g} deg is not what the density's symmetry makes it "
                "elsewhere, or holds structure that no sample met: declare the symmetry it has, and give hints about "
                "edges and spikes"
            )


def order_for(tolerance: float) -> int:
    """Return the nodes along a side with which a tile of ordinary size meets a tolerance: two for each decade."""
    return int(np.clip(2 * np.ceil(-np.log10(tolerance)), 12, 20))


class Fitted(NamedTuple):
    """A tiled sky, what it cost, and the largest relative error that the probes saw."""

    sky: TiledSky
    sightlines: int
    evaluations: int
    probes: int
    observed: float
    brightest: float


def fit(
    lines: Source,
    frame: Frame,
    request: Request,
    progress: Callable[[int, int], None] | None = None,
    beneath: Beneath | None = None,
    survey: Survey | None = None,
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
        Called with the number of integrals so far and of those that are settled to come.
    beneath
        The terms of a sum that are fitted already, if `lines` are those of another.
    survey
        What looks saw, if the density does not say what it is like.

    Raises
    ------
    NotWorthTiles
        If more integrals than the budget would be needed; the term of a sum is left open instead.
    """
    bright = 0.0 if beneath is None else beneath.brightest
    state = Fitter(lines, frame, request, progress, beneath, survey, bright)
    first = [starting(frame, quarter, request.innermost, request.order) for quarter in range(len(frame.folds.quarters))]
    start = functools.reduce(Batch.joined, first)
    try:
        state.look_round()
        sky = TiledSky(state.refined(start), frame, lines)
        state.spot_check(sky)
    except NotWorthTiles:
        if beneath is None:
            raise
        sky = TiledSky(start, frame, lines)
    return Fitted(sky, state.sightlines, state.evaluations, state.probes, state.observed, state.brightest)
