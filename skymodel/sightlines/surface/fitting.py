"""Fitting tiles to a sky: a few thousand line integrals that stand for all others, with a certified error.

:func:`fit` covers each different quarter of the sky with tiles, integrates at their nodes, and halves a tile in its
worse direction until its coefficients say that what it misses is below the tolerance, and probes do not object. A tile
that would cost more than the points it serves is left open.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.cubature.refine import Target, targets
from skymodel.sightlines.ray.error_shares import TILES
from skymodel.sightlines.surface import probing
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sightlines.surface.filling import FAINT, Filler, NotWorthTiles, Request
from skymodel.sightlines.surface.partition import starting
from skymodel.sightlines.surface.quarters import FAR, Frame
from skymodel.sightlines.surface.survey import Survey
from skymodel.sightlines.surface.tiles import Source, TiledSky

SPOTS = 32  # directions all over the sky that are compared in the end
DEEPEST = 48  # generations
FEW = 12.0  # points of a tile near the centre that are better integrated one by one
ONE_BY_ONE = 4.0  # points for each node of a tile in which something hides: it would be halved to no avail


@dataclass
class Fitter:
    """The state of a fit: what fills tiles, what looks saw, the largest error that probes saw, values at the spots."""

    filler: Filler
    survey: Survey | None = None
    observed: float = 0.0
    at_spots: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))

    @property
    def frame(self) -> Frame:
        """The charts of the observer."""
        return self.filler.frame

    @property
    def request(self) -> Request:
        """What is asked for."""
        return self.filler.request

    @functools.cached_property
    def spots(self) -> Floats:
        """Unit vectors ``(SPOTS, 3)`` all over the sky, half of them around the centre."""
        vectors = np.random.default_rng(probing.SEED).normal(size=(SPOTS, 3))
        vectors[::2, 1:] *= 0.1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def good(self, verdict: probing.Judgement) -> Bools:
        """Return which of the tiles ``(T,)`` that probes have settled meet the tolerance."""
        tiles = verdict.tiles
        within = tiles.error <= self.request.tolerance * tiles.scale
        good = within & ~verdict.failing & ~tiles.spotted(self.frame, targets(self.filler.source))
        if self.survey is not None:
            least = self.request.tolerance * FAINT * self.filler.brightest
            good &= ~self.survey.contradicts(tiles, self.frame, least)
        return np.asarray(good)

    def hopeless(self, tiles: Batch, more: float = 1.0) -> Bools:
        """Return which tiles ``(T,)`` are not worth halving: they would hold fewer points than nodes, `more` times.

        Near the centre, where tiles are small since the sky is, halving goes on down to a few points.
        """
        points = tiles.solid_angle(self.frame) / self.request.grain
        outside = np.exp(2 * tiles.bounds[:, 0]) > self.request.grain
        few = np.where(tiles.chart == FAR, points < more * self.request.order**2, outside & (points < FEW))
        return np.asarray(few)

    def refined(self, waiting: Batch) -> Batch:
        """Return tiles that cover `waiting`, each good and settled by probes, or open (with coefficients nan)."""
        done = waiting[np.zeros(len(waiting.bounds), bool)]
        if self.survey is not None:
            waiting, done = self._narrowed(waiting, self.survey.aims)
        for _ in range(DEEPEST):
            filled, deep = self.filler.filled(waiting)
            fit = self.filler.promising(filled)
            rest = filled[~fit]
            if fit.any():
                verdict = self.filler.probed(filled[fit], deep[fit])
                good = self.good(verdict)
                self._observe(verdict, good)
                done, rest = done.joined(verdict.tiles[good]), rest.joined(filled[fit][~good])
            open_ = self.hopeless(rest)
            rest.coefficients[open_] = np.nan
            done, rest = done.joined(rest[open_]), rest[~open_]
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
        found = self.filler.lines(self.spots, TILES.lines, self.filler.floor(self.spots))
        self.at_spots = found.value, found.error
        outside = 1 - self.spots[:, 0] ** 2 > self.request.grain
        self.filler.brighten(found.value[outside & (self.spots[:, 0] > 0)])

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
        wrong = gap > held.error + doubt + 10 * self.request.tolerance * np.maximum(
            truth, self.filler.floor(self.spots)
        )
        self.filler.probes += SPOTS
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
    return int(np.clip(2 * np.ceil(-np.log10(tolerance)), 11, 20))


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
        Called with the number of integrals so far, and of those and as many again as the round has.
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
    filler = Filler(lines, frame, request, progress, beneath, bright)
    state = Fitter(filler, survey)
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
    return Fitted(sky, filler.sightlines, filler.evaluations, filler.probes, state.observed, filler.brightest)
