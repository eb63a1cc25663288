"""Pixels taken one by one on a tiled sky: near the centre, on the plane, on the border of the caps.

A pixel is integrated in cells that are cut where something happens inside it.
A cell is no larger than the tiles it lies on: their sizes say where the sky is thin, and a rule whose nodes miss a
layer would not know. Values at pixel centres are read from the tiles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.sightlines.cubature.cells import Cells, Chart, Measured, Rule, gauss
from skymodel.sightlines.cubature.direct import aimed
from skymodel.sightlines.cubature.faces import is_cut, parted, whole
from skymodel.sightlines.cubature.refine import focused, targets
from skymodel.sightlines.pixels.windows import LAYERED
from skymodel.sightlines.ray.integrate import FAINT
from skymodel.sightlines.ray.promises import Promises
from skymodel.sightlines.surface.tiles import TiledSky

SHARE = 0.1  # of the tolerance goes to the quadrature over a pixel
NOISE = 16.0  # a step between tiles, twice their error at most, looks like tails of up to eight times the step
BATCH = 2048  # pixels whose nodes are in memory at once
FIRST = gauss(6)  # for whole pixels; most need no more
RULE = gauss(8)  # the smallest whose coefficients tell a smooth integrand from a kinked one
MOST_STEPS = 1  # from tile to tile that a cell may make along an axis
SMALL = 1e-3  # share of a pixel below which a cell may lie on any number of tiles: many meet at a corner
LEAST_PART = 0.02  # of what a pixel's quadrature may miss goes to every cell, however small: there are few
MOST_CELLS, SPARE_CELLS = 30, 1000  # in a round, for each pixel and on top: more mean an edge that winds through pixels
DEEPEST = 40  # halvings of a cell
INSIDE = 0.6  # of the side of a pixel
MANY = 1000  # sight lines share the tolerance of a pixel


class Patches(Chart, Protocol):
    """Patches of pixels on the sky."""

    @property
    def owner(self) -> Ints:
        """The pixel each patch belongs to ``(P,)``."""
        ...

    @property
    def centred(self) -> Bools:
        """Which patches start from the Galactic centre ``(P,)``."""
        ...

    def angles(self, patch: Ints, u: Floats, v: Floats) -> tuple[tuple[Floats, Floats], Floats]:
        """Return l in (-pi, pi] and b [rad], and areas per du dv, all ``(N, n, m)``."""
        ...


class Found(NamedTuple):
    """Values and errors of pixels, ``(K,)`` each."""

    value: Floats
    error: Floats


def over_pixels(sky: TiledSky, nside: int, pixels: Ints, kept: Promises, rtol: float, sample: str) -> Found:
    """Return the values of pixels ``(K,)`` (RING)."""
    towards = _towards(nside, pixels)
    if sample == "centre":
        centres = sky.integrate(towards, rtol=SHARE * rtol, share=FAINT)
        return Found(centres.value, centres.error)
    found = Found(np.empty(len(pixels)), np.empty(len(pixels)))
    brightest = 0.0
    order = np.argsort(-towards[:, 0], kind="stable")  # the brightest first: they set the floor
    for rows in np.split(order, range(BATCH, len(order), BATCH)):
        value, error = _means(sky, nside, pixels[rows], kept, rtol, FAINT * brightest)
        found.value[rows], found.error[rows] = value, error
        brightest = max(brightest, float(value.max(initial=0.0)))
    return found


def _means(sky: TiledSky, nside: int, pixels: Ints, kept: Promises, rtol: float, floor: float) -> Found:
    """Return pixel means: those with nothing special inside in one cell each if that is enough, the rest in more."""
    level_of = _somewhere(sky, nside, pixels, rtol, floor)
    floor = max(floor, FAINT * float(level_of.max()))
    found = Found(np.maximum(level_of, floor), np.full(len(pixels), np.inf))
    broken = is_cut(nside, pixels)
    even = np.flatnonzero(~broken)
    if even.size:
        chart, about = whole(nside, pixels[even]), found.value[even]
        first = _Round.of(sky, chart, Cells.whole(even.size), rtol, floor, about, FIRST)
        hiding = _layered(sky, nside, pixels[even]) | aimed(sky, nside, pixels[even])
        good = first.good(np.maximum(first.measured.value, floor)) & ~hiding
        found.value[even] = first.measured.value
        found.error[even[good]] = (first.measured.error + ROUNDING * first.measured.value)[good]
    left = np.flatnonzero(~np.isfinite(found.error))
    if left.size:
        made = parted(nside, pixels[left], broken[left], kept.exponent, kept.up_down)
        about = np.maximum(found.value[left], floor)
        found.value[left], found.error[left] = over_patches(sky, made, about, rtol, floor)
    return found


def _somewhere(sky: TiledSky, nside: int, pixels: Ints, rtol: float, floor: float) -> Floats:
    """Return the brightness at a place inside each pixel, which is not the Galactic centre."""
    inside = np.full((len(pixels), 1), INSIDE)
    (lon, lat), _ = whole(nside, pixels).angles(np.arange(len(pixels)), inside, inside)
    return sky.read_level(lon.ravel(), lat.ravel(), rtol=SHARE * rtol, floor=floor).value


def _towards(nside: int, pixels: Ints) -> Floats:
    import healpy

    return np.stack(healpy.pix2vec(nside, pixels), axis=-1)


def _layered(sky: TiledSky, nside: int, pixels: Ints) -> Bools:
    """Return which pixels may hold the plane seen at an angle, thinner than a square's nodes can see."""
    import healpy

    tilt = sky.frame.tilt
    height = healpy.pix2vec(nside, pixels)[2]
    return np.asarray((tilt > 0) & (np.abs(height) < np.sin(tilt) + LAYERED * 2 / (3 * nside)))


def over_patches(sky: TiledSky, chart: Patches, about: Floats, rtol: float, floor: float) -> Found:
    """Return means over pixels of roughly known brightness ``(K,)``, in cells as small as they need.

    The error is infinite where they would be too many: an edge that winds through a pixel, tiles smaller than it.
    """
    start = _graded(Cells.whole(len(chart.owner)), chart)
    cells, count = focused(start, chart, (RULE, RULE), targets(sky)), len(about)
    value, error = np.zeros(count), np.zeros(count)
    for _ in range(DEEPEST):
        owner = chart.owner[cells.patch]
        now = _Round.of(sky, chart, cells, rtol, floor, about[owner], RULE)
        good = now.good(about[owner])
        value += np.bincount(owner[good], now.measured.value[good], count)
        error += np.bincount(owner[good], now.measured.error[good], count)
        if good.all():
            return Found(value, error + ROUNDING * np.abs(value))
        cells = cells.chosen(~good).halves(now.axes[~good])
        if len(cells.patch) > MOST_CELLS * count + SPARE_CELLS:
            break
    error[np.unique(owner[~good])] = np.inf
    return Found(value, error)


def _graded(cells: Cells, chart: Patches) -> Cells:
    """Return the cells, those that start from the Galactic centre cut at a quarter and at half of the way out."""
    for _ in range(2):
        inner = (cells.low[:, 0] == 0) & chart.centred[cells.patch]
        halves = cells.chosen(inner).halves(np.tile([True, False], (int(inner.sum()), 1)))
        cells = cells.chosen(~inner).joined(halves)
    return cells


@dataclass(frozen=True)
class _Round:
    """Cells that were measured together.

    Parameters
    ----------
    measured
        Their integrals.
    share
        The share of their pixel they cover ``(N,)``.
    steps
        How often their nodes step from one tile to another, at most, along both axes ``(N, 2)``.
    rtol
        Tolerance.
    """

    measured: Measured
    share: Floats
    steps: Ints
    rtol: float

    @classmethod
    def of(
        cls, sky: TiledSky, chart: Patches, cells: Cells, rtol: float, floor: float, about: Floats, rule: Rule
    ) -> _Round:
        """Return what a rule says of cells in pixels of brightness `about` ``(N,)``.

        Sight lines that are integrated directly need not be better than their weight in a pixel asks for.
        """
        size = cells.high - cells.low
        u, v = (cells.low[:, [axis]] + size[:, [axis]] * rule.node for axis in (0, 1))
        (lon, lat), density = chart.angles(cells.patch, u, v)
        density = density * np.prod(size, axis=1)[:, None, None]
        weight = np.abs(density) * rule.weight[:, None] * rule.weight
        enough = np.maximum(floor, about[:, None, None] / (MANY * np.maximum(weight, 1e-30)))
        read = sky.read_level(lon.ravel(), lat.ravel(), rtol=SHARE * rtol, floor=enough.ravel())
        integrand = read.value.reshape(density.shape) * density
        along, across = integrand @ rule.weight, rule.weight @ integrand
        error = ((read.error.reshape(density.shape) * np.abs(density)) @ rule.weight) @ rule.weight
        tails = np.stack([_missed(along, rule), _missed(across, rule)], axis=1)
        measured = Measured(along @ rule.weight, tails, error)
        tile = read.tile.reshape(density.shape)
        steps = [(np.diff(tile, axis=axis) != 0).sum(axis=axis).max(axis=1) for axis in (1, 2)]
        share = np.mean(density, axis=(1, 2))
        return cls(measured, share, np.stack(steps, axis=1), rtol)

    def _allowed(self, about: Floats) -> Floats:
        level = np.maximum(self.measured.value, about * np.maximum(self.share, LEAST_PART))
        return np.maximum(SHARE * self.rtol * level, self._noise)

    @property
    def _large(self) -> Bools:
        return np.asarray((self.steps > MOST_STEPS) & (self.share > SMALL)[:, None])

    @property
    def _noise(self) -> Floats:
        return NOISE * self.measured.line_error

    def good(self, about: Floats) -> Bools:
        """Return which cells ``(N,)`` are settled, in pixels of brightness `about` ``(N,)``."""
        tails = self.measured.tails.sum(axis=1)
        return np.asarray((tails <= self._allowed(about)) & ~self._large.any(axis=1))

    @property
    def axes(self) -> Bools:
        """Along which axes ``(N, 2)`` to halve cells: where they are larger than tiles, or else miss most."""
        large = self._large
        tails = self.measured.tails
        worst = np.equal(tails, tails.max(axis=1, keepdims=True))
        return np.where(large.any(axis=1, keepdims=True), large, worst)


def _missed(values: Floats, rule: Rule) -> Floats:
    """Return what the rule misses of integrals over (0, 1) of functions with values ``(N, n)`` at its nodes.

    A layer between two nodes leaves coefficients that fall and then stay. So the last pair is not continued to where
    the rule ends to be exact, only by the slowest fall from pair to pair.
    """
    size = np.abs(values @ rule.to_coefficients)
    last, middle, first = (np.maximum(size[:, -k], size[:, -k - 1]) for k in (1, 3, 5))
    fall = np.maximum(_ratio(last, middle), _ratio(middle, first))
    return np.asarray(last * np.minimum(fall, 1.0))


def _ratio(small: Floats, large: Floats) -> Floats:
    return np.asarray(small / np.where(large > 0, large, np.where(small > 0, small, 1.0)))
