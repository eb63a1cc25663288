"""Pixel means by direct integration of every pixel asked for: the reference for faster ways.

Block by block, the brightest first: 6 x 6 lines in each pixel, and where their error is too large, or something
happens inside the pixel (:func:`~skymodel.sightlines.cubature.faces.cut`), 8 x 8 lines in adaptive cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.sightlines.cubature.cells import Cells, gauss, grid, measure
from skymodel.sightlines.cubature.faces import cut, is_cut, whole
from skymodel.sightlines.cubature.refine import Shares, focused, integrate, line_integrals, targets
from skymodel.sightlines.ray.integrate import FAINT
from skymodel.sightlines.ray.promises import Promises

Progress = Callable[[int, int], None]
Sky = Any  # sight lines, or tiles that stand for them

_BLOCK = 1024  # pixels whose nodes are in memory at once
_COARSE, _FINE = gauss(6), gauss(8)
_DOUBT = 10.0  # four nodes see too little of a layer thinner than a pixel: the error was once 2.1 times the estimate


class Projected(NamedTuple):
    """Values and errors ``(K,)`` of pixels, and what they cost."""

    value: Floats
    error: Floats
    sightlines: int
    evaluations: int


def direct(
    lines: Sky,
    nside: int,
    kept: Promises,
    *,
    rtol: float,
    sample: str,
    progress: Progress | None = None,
) -> Projected:
    """Return the whole map ``(12 nside^2,)`` by integrating the pixels that differ."""
    distinct, place = distinct_pixels(nside, np.arange(12 * nside**2), kept)
    found = over_pixels(lines, nside, distinct, kept, rtol=rtol, sample=sample, progress=progress)
    return found._replace(value=found.value[place], error=found.error[place])


def distinct_pixels(nside: int, pixels: Ints, kept: Promises) -> tuple[Ints, Ints]:
    """Return the pixels (RING) that symmetry leaves distinct among `pixels` ``(N,)``, and which of them each equals."""
    import healpy

    if not (kept.left_right or kept.up_down):
        return pixels, np.arange(len(pixels))
    colatitude, lon = healpy.pix2ang(nside, pixels)
    if kept.left_right:
        lon = np.minimum(lon, 2 * np.pi - lon)
    if kept.up_down:
        colatitude = np.minimum(colatitude, np.pi - colatitude)
    distinct, place = np.unique(healpy.ang2pix(nside, colatitude, lon), return_inverse=True)
    return distinct, place


def over_pixels(
    lines: Sky,
    nside: int,
    pixels: Ints,
    kept: Promises,
    *,
    rtol: float,
    sample: str = "mean",
    progress: Progress | None = None,
    brightest: float = 0.0,
) -> Projected:
    """Return the values of some pixels ``(K,)`` (RING); the pixels nearest to the centre, the brightest, come first.

    `brightest` is what the rest of the map is known to reach: far fainter pixels share its tolerance.
    """
    value, error = np.empty(len(pixels)), np.empty(len(pixels))
    sightlines = evaluations = done = 0
    take = _centres if sample == "centre" else _means
    for block in _blocks(nside, pixels):
        found = take(lines, nside, pixels[block], kept, rtol, FAINT * brightest)
        value[block], error[block] = found.value, found.error
        brightest = max(brightest, float(found.value.max()))
        sightlines, evaluations, done = (
            sightlines + found.sightlines,
            evaluations + found.evaluations,
            done + len(block),
        )
        if progress:
            progress(done, len(pixels))
    return Projected(value, error, sightlines, evaluations)


def _blocks(nside: int, pixels: Ints) -> list[Ints]:
    import healpy

    towards = healpy.pix2vec(nside, pixels)[0]
    order = np.argsort(-towards, kind="stable")
    return np.split(order, range(_BLOCK, len(order), _BLOCK))


def _centres(lines: Sky, nside: int, pixels: Ints, kept: Promises, rtol: float, floor: float) -> Projected:
    import healpy

    found = lines.integrate(np.stack(healpy.pix2vec(nside, pixels), axis=1), rtol=rtol, floor=floor, share=FAINT)
    return Projected(found.value, found.error, len(pixels), int(found.evaluations.sum()))


def _means(lines: Sky, nside: int, pixels: Ints, kept: Promises, rtol: float, floor: float) -> Projected:
    """Return pixel means: coarse where that is enough, adaptive in the rest."""
    found = _coarse(lines, nside, pixels, rtol, floor)
    floor = max(floor, FAINT * float(found.value.max()))
    poor = (found.error > rtol * np.maximum(found.value, floor)) | is_cut(nside, pixels) | aimed(lines, nside, pixels)
    if not poor.any():
        return found
    fine = _fine(lines, nside, pixels[poor], kept, rtol, floor)
    found.value[poor], found.error[poor] = fine.value, fine.error
    return found._replace(
        sightlines=found.sightlines + fine.sightlines, evaluations=found.evaluations + fine.evaluations
    )


def _coarse(lines: Sky, nside: int, pixels: Ints, rtol: float, floor: float) -> Projected:
    rules = _COARSE, _COARSE
    nodes = grid(Cells.whole(len(pixels)), whole(nside, pixels), rules)
    values = line_integrals(lines, rtol, floor)(nodes.directions.reshape(-1, 3))
    found = measure(nodes, values, rules)
    error = found.line_error + _DOUBT * found.tails.sum(axis=1) + ROUNDING * np.abs(found.value)
    return Projected(found.value, error, len(values.value), values.evaluations)


def _fine(lines: Sky, nside: int, pixels: Ints, kept: Promises, rtol: float, floor: float) -> Projected:
    chart = cut(nside, pixels, kept.exponent, kept.up_down)
    patches = len(chart.owner)
    shares = Shares(np.arange(patches), chart.owner, np.ones(patches), patches, len(pixels))
    rules = _FINE, _FINE
    values = line_integrals(lines, rtol, floor)
    start = focused(Cells.whole(patches), chart, rules, targets(lines))
    found = integrate(start, shares, chart, values, rules=rules, rtol=rtol, floor=floor)
    return Projected(found.value, found.error, found.sightlines, found.evaluations)


def aimed(lines: Any, nside: int, pixels: Ints) -> Bools:
    """Return the pixels near a place where the density says that it is concentrated."""
    import healpy

    centres = np.stack(healpy.pix2vec(nside, pixels), axis=1)
    near = np.zeros(len(pixels), dtype=bool)
    for aim in targets(lines):
        near |= np.linalg.norm(centres - aim.direction, axis=1) < healpy.max_pixrad(nside) + 3 * aim.size
    return near
