"""Pixels taken one by one on a tiled sky: near the centre, on the plane, on the border of the caps.

A pixel is integrated in cells (:mod:`skymodel.sightlines.refine`) that are cut where something happens inside it.
A cell is no larger than the tiles it lies on: their sizes say where the sky is thin, and a rule whose nodes miss a
layer would not know. Values at pixel centres are read from the tiles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skymodel.sightlines.cells import Cells, Floats, Integers, gauss, grid
from skymodel.sightlines.integrate import FAINT
from skymodel.sightlines.pixels import PixelChart, cut
from skymodel.sightlines.promises import Promises
from skymodel.sightlines.refine import Shares, integrate, line_integrals
from skymodel.sightlines.tiles import TiledSky

SHARE = 0.5  # of the tolerance, the tiles' part included
BATCH = 2048  # pixels whose nodes are in memory at once
RULE = gauss(6)  # the smallest that sees three pairs of coefficients
MOST_TILES = 4  # that a cell may lie on
DEEPEST = 24  # halvings of a cell


class Found(NamedTuple):
    """Values and errors of pixels, ``(K,)`` each."""

    value: Floats
    error: Floats


def over_pixels(sky: TiledSky, nside: int, pixels: Integers, kept: Promises, rtol: float, sample: str) -> Found:
    """Return the values of pixels ``(K,)`` (RING)."""
    import healpy

    towards = np.stack(healpy.pix2vec(nside, pixels), axis=-1)
    if sample == "centre":
        centres = sky.integrate(towards, rtol=SHARE * rtol, share=FAINT)
        return Found(centres.value, centres.error)
    found = Found(np.empty(len(pixels)), np.empty(len(pixels)))
    brightest = 0.0
    order = np.argsort(-towards[:, 0], kind="stable")  # the brightest first: they set the floor
    for rows in np.split(order, range(BATCH, len(order), BATCH)):
        value, error = _means(sky, cut(nside, pixels[rows], kept.exponent), len(rows), rtol, FAINT * brightest)
        found.value[rows], found.error[rows] = value, error
        brightest = max(brightest, float(value.max(initial=0.0)))
    return found


def _means(sky: TiledSky, chart: PixelChart, count: int, rtol: float, floor: float) -> Found:
    patches = len(chart.owner)
    shares = Shares(np.arange(patches), chart.owner, np.ones(patches), patches, count)
    start = _no_larger_than_tiles(sky, chart, Cells.whole(patches))
    lines = line_integrals(sky, SHARE * rtol, floor)
    found = integrate(start, shares, chart, lines, rules=(RULE, RULE), rtol=SHARE * rtol, floor=floor)
    return Found(found.value, found.error)


def _no_larger_than_tiles(sky: TiledSky, chart: PixelChart, cells: Cells) -> Cells:
    """Return the cells, halved where their nodes lie on more than a few tiles."""
    done = _kept(cells, np.zeros(len(cells.patch), dtype=bool))
    for _ in range(DEEPEST):
        nodes = grid(cells, chart, (RULE, RULE)).directions
        tile = np.sort(sky.tile(nodes.reshape(-1, 3)).reshape(len(cells.patch), -1), axis=1)
        large = (np.diff(tile, axis=1) != 0).sum(axis=1) >= MOST_TILES
        done = _joined(done, _kept(cells, ~large))
        if not large.any():
            return done
        cells = _kept(cells, large).halves(np.ones((int(large.sum()), 2), dtype=bool))
    return _joined(done, cells)


def _kept(cells: Cells, keep: NDArray[np.bool_]) -> Cells:
    return Cells(cells.patch[keep], cells.low[keep], cells.high[keep])


def _joined(first: Cells, second: Cells) -> Cells:
    return Cells(*(np.concatenate([getattr(part, name) for part in (first, second)]) for name in ("patch", "low", "high")))
