"""Looks all over the sky at a density that does not say what it is like, before anything relies on its smoothness.

A line in each of 3072 directions takes looks, and is compared with one that takes none. Where they differ, or the
latter had trouble, something hides between the nodes or may for its neighbours: there all lines take looks, closer ones
in the stretch where it is. Tiles must hold what the looks saw, and are no wider than the directions are apart where
lines without looks miss something, so that nothing as wide as that lies between their nodes either.
"""

from __future__ import annotations

import functools
import math
import threading
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from profiles import Density, Product, Scaled, Sum
from profiles.contract.arrays import Bools, Floats
from skymodel.sightlines.cubature.direct import distinct_pixels
from skymodel.sightlines.cubature.refine import Target
from skymodel.sightlines.ray.geometry import rays
from skymodel.sightlines.ray.integrand import checked, integrand
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.looks import nowhere
from skymodel.sightlines.ray.meter import Meter
from skymodel.sightlines.ray.promises import Promises
from skymodel.sightlines.ray.rules import COARSE, rule
from skymodel.sightlines.surface.batch import Batch
from skymodel.sightlines.surface.quarters import NEAR, Frame

NSIDE = 16  # directions 0.064 rad apart: one of them meets every disc 0.1 rad across
SIDE = 0.064  # rad
ROUGH = 4.0  # times the usual cost of a line without looks: it met something that its neighbours may just miss
COARSEST = 1e-4  # tolerance of the looks, if no better one is asked for
MOST_KEPT = 8  # surveys: half a megabyte in all
LARGE = 0.1  # of the error of a line's worst piece: a piece that hides something
LOST = 0.01  # of what the line loses without looks: likewise


@dataclass(frozen=True)
class Survey:
    """What looks saw.

    Parameters
    ----------
    directions
        Unit vectors ``(N, 3)``, one of each kind that symmetry leaves distinct.
    value, error
        The integrals there ``(N,)``.
    hiding
        Distances ``(2, 3072)`` [kpc] between which something hides from lines without looks in the pixels of the whole
        sky (RING) or in their neighbours; infinite where nothing does.
    lost
        In which of these pixels lines without looks miss something.
    evaluations
        What the looks took.
    """

    directions: Floats
    value: Floats
    error: Floats
    hiding: Floats
    lost: Bools
    evaluations: float

    def hidden(self, directions: Floats) -> Floats:
        """Return between which distances ``(2, N)`` something hides along unit vectors ``(N, 3)``."""
        import healpy

        return np.asarray(self.hiding[:, healpy.vec2pix(NSIDE, *directions.T)])

    @functools.cached_property
    def aims(self) -> list[Target]:
        """Where lines without looks miss something; tiles there are no wider than the directions are apart."""
        import healpy

        return [Target(np.array(healpy.pix2vec(NSIDE, pixel)), SIDE / 4) for pixel in np.flatnonzero(self.lost)]

    def contradicts(self, tiles: Batch, frame: Frame, least: float) -> Bools:
        """Return which tiles ``(T,)`` do not hold what looks saw, by more than `least`."""
        place, found = frame.places(self.directions), np.zeros(len(tiles.bounds), bool)
        low_u, high_u, low_v, high_v = tiles.bounds.T[:, :, None]
        inside = (low_u <= place.u) & (place.u <= high_u) & (low_v <= place.v) & (place.v <= high_v)
        inside &= (tiles.quarter[:, None] == place.quarter) & ((tiles.chart == NEAR)[:, None] == place.near)
        tile, look = np.nonzero(inside)
        if tile.size:
            value, error = tiles.held(tile, place.u[look], place.v[look])
            found[tile[np.abs(value - self.value[look]) > error + self.error[look] + least]] = True
        return found


def surveyed(lines: SightLines, kept: Promises, rtol: float) -> tuple[SightLines, Survey | None]:
    """Return the lines with looks where something is hidden, and what looks all over the sky saw.

    Where the density says what it is like nobody looks; nor where it is spherical, as its few lines all take looks.
    """
    if not lines.blind or kept.spherical:
        return lines, None
    found = survey(lines, kept, rtol)
    return replace(lines, hidden=found.hidden), found


def survey(lines: SightLines, kept: Promises, rtol: float) -> Survey:
    """Return what looks along lines all over the sky see, at a tolerance of 1e-4 or better.

    Surveys are kept by what they are of, the last few of them: maps of one density look once, whatever their nside.
    """
    tolerance = min(10 ** math.floor(math.log10(rtol) + 1e-9), COARSEST)
    key = identity(lines.density), lines.observer, lines.end, lines.whole, kept, tolerance
    with _LOCK:
        known = _KEPT.pop(key, None)
    if known is None or not np.array_equal(known.marks, marks(lines, known.survey.directions)):
        found = _looked(lines, kept, tolerance)
        known = _Known(lines.density, found, marks(lines, found.directions))
    with _LOCK:
        _KEPT[key] = known
        while len(_KEPT) > MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
    return known.survey


class _Known(NamedTuple):
    """A survey, the density that it is of (kept alive, so that no other takes its identity), and what that was."""

    density: Density
    survey: Survey
    marks: Floats


_KEPT: dict[object, _Known] = {}
_LOCK = threading.Lock()


def identity(density: Density) -> object:
    """Return what tells densities apart without comparing their numbers: the identities of their innermost parts."""
    match density:
        case Product() | Sum():
            return type(density), tuple(identity(part) for part in density.parts)
        case Scaled():
            return Scaled, identity(density.density), density.factor, density.unit
    return id(density)


def marks(lines: SightLines, directions: Floats) -> Floats:
    """Return a density at one place of the path in each direction, by which one that has changed since is told."""
    seen = rays(lines.observer, lines.end, directions)
    share = ((np.arange(seen.p.size) + 0.5) * 0.7548776662466927 % 1) ** 3  # an additive recurrence, crowded nearby
    places = seen.foot + (seen.start + share * (seen.stop - seen.start)) * seen.direction
    return checked(lines.density, "__call__", tuple(places[:, seen.stop > seen.start]))


def _looked(lines: SightLines, kept: Promises, rtol: float) -> Survey:
    import healpy

    pixels = np.arange(12 * NSIDE**2)
    distinct, place = distinct_pixels(NSIDE, pixels, kept)
    directions, apart = np.stack(healpy.pix2vec(NSIDE, distinct), axis=1), Meter()
    look = functools.partial(SightLines.integrate, directions=directions, rtol=rtol, share=FAINT)
    everywhere = replace(lines, meter=apart, hidden=None)
    looked, plain = look(everywhere, best=True), look(replace(everywhere, hidden=nowhere), best=True)
    missed = np.abs(looked.value - plain.value)
    differs = missed > looked.error + plain.error
    troubled = differs | (plain.evaluations > ROUGH * np.median(plain.evaluations))
    rough = np.flatnonzero(troubled)
    stretch = np.full((2, len(distinct)), np.inf)
    if rough.size:
        stretch[:, rough] = _stretches(everywhere, directions[rough], np.where(differs, missed, np.inf)[rough])
    return Survey(directions, looked.value, looked.error, _around(stretch[:, place]), differs[place], apart.spent)


def _stretches(lines: SightLines, directions: Floats, missed: Floats) -> Floats:
    """Return between which distances ``(2, N)`` [kpc] something happens along lines that would miss so much of it."""
    seen = rays(lines.observer, lines.end, directions)
    pieces, count = lines.cut(seen), len(directions)
    half, middle = 0.5 * (pieces.right - pieces.left), 0.5 * (pieces.right + pieces.left)
    function = lines.meter.counting(integrand(lines.density, pieces), lines.weight)
    with np.errstate(all="ignore"):
        values = function(np.arange(len(half))[:, None], half[:, None] * COARSE + middle[:, None])
        error = half * rule(values).error
    worst = np.zeros(count)
    np.maximum.at(worst, pieces.line, error)
    there = error >= np.minimum(LARGE * worst, LOST * missed)[pieces.line]
    near, far = np.full(count, np.inf), np.zeros(count)
    np.minimum.at(near, pieces.line[there], (pieces.along(pieces.left) - seen.observer[pieces.line])[there])
    np.maximum.at(far, pieces.line[there], (pieces.along(pieces.right) - seen.observer[pieces.line])[there])
    return np.stack([np.maximum(near, 1e-3 * far), far])


def _around(stretch: Floats) -> Floats:
    """Return the stretches ``(2, 3072)`` that also hold those of the pixels around each."""
    import healpy

    some = np.isfinite(stretch[0])
    near, far = stretch[0], np.where(some, stretch[1], 0.0)
    pixels = np.flatnonzero(some)
    around = healpy.get_all_neighbours(NSIDE, pixels)
    owner = np.broadcast_to(pixels, around.shape)[around >= 0]
    around = around[around >= 0]
    wide = np.stack([near, far])
    np.minimum.at(wide[0], around, near[owner])
    np.maximum.at(wide[1], around, far[owner])
    return np.where(wide[1] > 0, wide, np.inf)
