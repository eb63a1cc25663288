"""Densities projected to HEALPix maps of pixel means.

``method="direct"`` integrates every pixel that the density's symmetry leaves distinct, block by block: 4 x 4 lines
each, and where their error is too large, or something happens inside the pixel, 8 x 8 lines on adaptive cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

from profiles import Density
from skymodel.sightlines import promises
from skymodel.sightlines.cells import ROUNDING, Cells, Floats, Integers, Shares, gauss, grid, integrate, measure
from skymodel.sightlines.geometry import Observer, PathEnd
from skymodel.sightlines.integrate import FAINT, SightLines
from skymodel.sightlines.means import line_integrals
from skymodel.sightlines.pixels import cut, is_cut, whole
from skymodel.sightlines.promises import Promises
from skymodel.sky.healpix import require_nside
from skymodel.sky.skymap import SkyMap

Progress = Callable[[int, int], None]

_BLOCK = 1024  # pixels whose nodes are in memory at once
_COARSE, _FINE = 4, 8


def project(
    density: Density,
    nside: int,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    sample: Literal["mean", "centre"] = "mean",
    method: Literal["direct"] = "direct",
    progress: Progress | None = None,
) -> SkyMap:
    """Return the HEALPix map of line-of-sight integrals of a density.

    Parameters
    ----------
    density
        What is integrated.
    nside
        Resolution of the map, a power of two.
    observer
        Where the sight lines start.
    r_max, s_max
        Where they end [kpc]: on a Galactocentric sphere or at a distance from the observer; exactly one.
    rtol
        Tolerance: each error is at most rtol * max(value, 1e-9 * the largest value).
    sample
        "mean" for means over pixels, which conserve the flux; "centre" for the values at their centres.
    method
        "direct" integrates every distinct pixel.
    progress
        Called with (pixels done, pixels in all) after each block.

    Raises
    ------
    ValueError
        If an argument is not allowed, the density breaks its promises, or the tolerance cannot be met.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> sky = project(ball, nside=2, s_max=3)
    >>> sky.nside, str(sky.unit), float(sky.values[0].round(9))
    (2, 'kpc / cm3', 6.0)
    """
    nside = require_nside(nside)
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max))
    kept = promises.check(density, lines.observer)
    found = direct(lines, nside, kept, rtol=rtol, sample=sample, progress=progress)
    meta = {"method": method, "sample": sample, "rtol": rtol, "sightlines": found.sightlines}
    return SkyMap(found.value, found.error, lines.unit, meta=meta)


class Projected(NamedTuple):
    """Values and errors ``(K,)`` of pixels, and what they cost."""

    value: Floats
    error: Floats
    sightlines: int
    evaluations: int


def direct(
    lines: SightLines, nside: int, kept: Promises, *, rtol: float, sample: str, progress: Progress | None = None
) -> Projected:
    """Return the whole map ``(12 nside^2,)`` by integrating the pixels that differ."""
    distinct, place = distinct_pixels(nside, kept)
    found = over_pixels(lines, nside, distinct, kept, rtol=rtol, sample=sample, progress=progress)
    return found._replace(value=found.value[place], error=found.error[place])


def distinct_pixels(nside: int, kept: Promises) -> tuple[Integers, Integers]:
    """Return the pixels ``(K,)`` (RING) that symmetry leaves distinct, and for every pixel which of them it equals."""
    import healpy

    every = np.arange(12 * nside**2)
    if not (kept.left_right or kept.up_down):
        return every, every
    colatitude, lon = healpy.pix2ang(nside, every)
    if kept.left_right:
        lon = np.minimum(lon, 2 * np.pi - lon)
    if kept.up_down:
        colatitude = np.minimum(colatitude, np.pi - colatitude)
    return np.unique(healpy.ang2pix(nside, colatitude, lon), return_inverse=True)


def over_pixels(
    lines: SightLines,
    nside: int,
    pixels: Integers,
    kept: Promises,
    *,
    rtol: float,
    sample: str = "mean",
    progress: Progress | None = None,
) -> Projected:
    """Return the values of some pixels ``(K,)`` (RING); the pixels nearest to the centre, the brightest, come first."""
    value, error = np.empty(len(pixels)), np.empty(len(pixels))
    sightlines = evaluations = done = 0
    brightest = 0.0
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


def _blocks(nside: int, pixels: Integers) -> list[Integers]:
    import healpy

    towards = healpy.pix2vec(nside, pixels)[0]
    order = np.argsort(-towards, kind="stable")
    return np.split(order, range(_BLOCK, len(order), _BLOCK))


def _centres(lines: SightLines, nside: int, pixels: Integers, kept: Promises, rtol: float, floor: float) -> Projected:
    import healpy

    found = lines.integrate(np.stack(healpy.pix2vec(nside, pixels), axis=1), rtol=rtol, floor=floor, share=FAINT)
    return Projected(found.value, found.error, len(pixels), int(found.evaluations.sum()))


def _means(lines: SightLines, nside: int, pixels: Integers, kept: Promises, rtol: float, floor: float) -> Projected:
    """Return pixel means: coarse where that is enough, adaptive in the rest."""
    found = _coarse(lines, nside, pixels, rtol, floor)
    floor = max(floor, FAINT * float(found.value.max()))
    poor = (found.error > rtol * np.maximum(found.value, floor)) | is_cut(nside, pixels)
    if not poor.any():
        return found
    fine = _fine(lines, nside, pixels[poor], kept, rtol, floor)
    found.value[poor], found.error[poor] = fine.value, fine.error
    return found._replace(
        sightlines=found.sightlines + fine.sightlines, evaluations=found.evaluations + fine.evaluations
    )


def _coarse(lines: SightLines, nside: int, pixels: Integers, rtol: float, floor: float) -> Projected:
    rules = gauss(_COARSE), gauss(_COARSE)
    nodes = grid(Cells.whole(len(pixels)), whole(nside, pixels), rules)
    values = line_integrals(lines, rtol, floor)(nodes.directions.reshape(-1, 3))
    found = measure(nodes, values, rules)
    error = found.error + ROUNDING * np.abs(found.value)
    return Projected(found.value, error, len(values.value), values.evaluations)


def _fine(lines: SightLines, nside: int, pixels: Integers, kept: Promises, rtol: float, floor: float) -> Projected:
    chart = cut(nside, pixels, kept.exponent)
    patches = len(chart.owner)
    shares = Shares(np.arange(patches), chart.owner, np.ones(patches), patches, len(pixels))
    rules = gauss(_FINE), gauss(_FINE)
    values = line_integrals(lines, rtol, floor)
    found = integrate(Cells.whole(patches), shares, chart, values, rules=rules, rtol=rtol, floor=floor)
    return Projected(found.value, found.error, found.sightlines, found.evaluations)
