"""Pixel means by direct integration of every pixel asked for: the reference for faster ways.

Block by block, the brightest first: 6 x 6 lines in each pixel, and where their error is too large, or something
happens inside the pixel (:func:`~skymodel.sightlines.cubature.pixelcharts.parted`), 8 x 8 lines in adaptive cells.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Bools, Floats, Ints
from skymodel.sightlines.cubature.cells import Cells, Chart, Rules, gauss, measure, nodes_of
from skymodel.sightlines.cubature.inside import Inside, outline
from skymodel.sightlines.cubature.pixelcharts import PixelChart, needs_parting, parted, whole
from skymodel.sightlines.cubature.refine import Floor, Shares, focused, integrate_cells, line_integrals, targets
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.promises import Promises

Progress = Callable[[int, int], None]
Sky = Any  # sight lines, or tiles that stand for them

_BLOCK = 1024  # pixels whose nodes are in memory at once
_COARSE, _FINE = gauss(6), gauss(8)
_MOST_LAYERS = 8  # halvings towards the plane
_DOUBT = 10.0  # four nodes see too little of a layer thinner than a pixel: the error was once 2.1 times the estimate


class Projected(NamedTuple):
    """Values and errors ``(K,)`` of pixels, and what they cost."""

    value: Floats
    error: Floats
    sightlines: int
    evaluations: int

    def filled(self, where: Bools, found: Projected) -> Projected:
        """Return this with some pixels ``(K,)`` replaced, the cost added."""
        self.value[where], self.error[where] = found.value, found.error
        cost = self.sightlines + found.sightlines, self.evaluations + found.evaluations
        return Projected(self.value, self.error, *cost)


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
    beneath: Floor | None = None,
) -> Projected:
    """Return the values of some pixels ``(K,)`` (RING); the pixels nearest to the centre, the brightest, come first.

    `brightest` is what the rest of the map is known to reach: far fainter pixels share its tolerance. `beneath` is what
    else shines towards unit vectors: errors count relative to it where it is brighter.
    """
    value, error = np.empty(len(pixels)), np.empty(len(pixels))
    sightlines = evaluations = done = 0
    take = _centres if sample == "centre" else _means
    for block in _blocks(nside, pixels):
        found = take(lines, nside, pixels[block], kept, rtol, _Level(FAINT * brightest, beneath))
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


@dataclass(frozen=True)
class _Level:
    """The brightness below which no error counts: a constant, and what shines beneath."""

    faint: float
    beneath: Floor | None

    def __call__(self, directions: Floats) -> Floats:
        if self.beneath is None:
            return np.full(len(directions), self.faint)
        return np.maximum(self.beneath(directions), self.faint)


def _blocks(nside: int, pixels: Ints) -> list[Ints]:
    import healpy

    towards = healpy.pix2vec(nside, pixels)[0]
    order = np.argsort(-towards, kind="stable")
    return np.split(order, range(_BLOCK, len(order), _BLOCK))


def _centres(lines: Sky, nside: int, pixels: Ints, kept: Promises, rtol: float, level: _Level) -> Projected:
    centres = _towards(nside, pixels)
    touching = lines.density.support is not None
    found = lines.integrate(centres, rtol=rtol, floor=level(centres), share=FAINT, best=touching)
    return Projected(found.value, found.error, len(pixels), int(found.evaluations.sum()))


def _means(lines: Sky, nside: int, pixels: Ints, kept: Promises, rtol: float, level: _Level) -> Projected:
    """Return pixel means: coarse where that is enough, adaptive in the rest."""
    edge = _on_outline(lines, nside, pixels)
    found = Projected(np.zeros(len(pixels)), np.full(len(pixels), np.inf), 0, 0)
    if not edge.all():
        found = found.filled(~edge, _coarse(lines, nside, pixels[~edge], rtol, level))
    level = replace(level, faint=max(level.faint, FAINT * float(found.value.max())))
    floor = level(_towards(nside, pixels))
    small = edge if edge.any() else aimed(lines, nside, pixels)  # within a sharp body nothing else is small
    rough = _looked_at(lines, nside, pixels)
    poor = (found.error > rtol * np.maximum(found.value, floor)) | needs_parting(nside, pixels, kept.up_down) | small
    for some, askew in ((poor & ~rough, False), (poor & rough, True)):
        if some.any():
            found = found.filled(some, _fine(lines, nside, pixels[some], kept, rtol, level, rough=askew))
    return found


def _looked_at(lines: Sky, nside: int, pixels: Ints) -> Bools:
    """Return the pixels in which looks found something that no hint announces."""
    hidden = getattr(lines, "hidden", None)
    return np.zeros(len(pixels), bool) if hidden is None else np.isfinite(hidden(_towards(nside, pixels))[0])


def _on_outline(lines: Sky, nside: int, pixels: Ints) -> Bools:
    """Return the pixels that the outline of a sharp body may cross."""
    import healpy

    body = outline(lines)
    if body is None or len(lines.density.hints.points) > 1:
        return np.full(len(pixels), body is not None)
    return ~body.covers(_towards(nside, pixels), healpy.max_pixrad(nside))


def _coarse(lines: Sky, nside: int, pixels: Ints, rtol: float, level: _Level) -> Projected:
    rules = _COARSE, _COARSE
    nodes = nodes_of(Cells.whole(len(pixels)), whole(nside, pixels), rules)
    values = line_integrals(lines, rtol, level)(nodes.directions.reshape(-1, 3))
    rough = _looked_at(lines, nside, pixels)
    found = measure(nodes, values, rules, rough)
    error = found.line_error + np.where(rough, 1, _DOUBT) * found.tails.sum(axis=1) + ROUNDING * np.abs(found.value)
    return Projected(found.value, error, len(values.value), values.evaluations)


def _fine(
    lines: Sky, nside: int, pixels: Ints, kept: Promises, rtol: float, level: _Level, *, rough: bool = False
) -> Projected:
    parts = parted(nside, pixels, kept.exponent, kept.up_down)
    patches, body, rules = len(parts.owner), outline(lines), Rules.alike((_FINE, _FINE), len(parts.owner))
    shares = Shares(np.arange(patches), parts.owner, np.ones(patches), patches, len(pixels))
    values, floor = line_integrals(lines, rtol, level), level(_towards(nside, pixels))
    chart: Chart = parts if body is None else Inside(parts, body)
    if isinstance(chart, Inside):
        start = chart.cells(Cells.whole(patches), rules.pairs[0])
    else:
        start = focused(_towards_plane(parts, lines), chart, rules.pairs[0], targets(lines))
    best = level.beneath is not None or not isinstance(lines, SightLines)  # others look at what is too poor
    found = integrate_cells(start, shares, chart, values, rules=rules, rtol=rtol, floor=floor, best=best, rough=rough)
    return Projected(found.value, found.error, found.sightlines, found.evaluations)


def _towards_plane(parts: PixelChart, lines: Sky) -> Cells:
    """Return the cells of patches, halved towards the plane down to the layer that an observer above it sees there.

    On its scale, the angle under which the plane's far end is seen, eight nodes in a triangle see nothing of it: means
    were off by 20 times their errors.
    """
    cells, tilt = Cells.whole(len(parts.owner)), abs(lines.observer.z_sun) / lines.observer.r_sun
    side = np.sqrt(np.pi / 3) / parts.nside
    widest = 2 * np.sqrt(tilt / side)  # of the coordinate, whose square is the distance from the plane
    for _ in range(_MOST_LAYERS if tilt > 0 else 0):
        size = cells.high - cells.low
        by_u, low_v, high_v = parts.plane[cells.patch].T
        ends = by_u & (cells.high[:, 0] == 1), (low_v & (cells.low[:, 1] == 0)) | (high_v & (cells.high[:, 1] == 1))
        axes = np.stack(ends, axis=1) & (size > widest)
        thick = axes.any(axis=1)
        if not thick.any():
            break
        cells = cells.chosen(~thick).joined(cells.chosen(thick).halves(axes[thick]))
    return cells


def _towards(nside: int, pixels: Ints) -> Floats:
    import healpy

    return np.stack(healpy.pix2vec(nside, pixels), axis=1)


def aimed(lines: Any, nside: int, pixels: Ints) -> Bools:
    """Return the pixels near a place where the density says that it is concentrated."""
    import healpy

    centres = _towards(nside, pixels)
    near = np.zeros(len(pixels), dtype=bool)
    for aim in targets(lines):
        near |= np.linalg.norm(centres - aim.direction, axis=1) < healpy.max_pixrad(nside) + 3 * aim.size
    return near
