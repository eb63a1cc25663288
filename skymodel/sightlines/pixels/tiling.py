"""Maps from tiles: what :func:`~skymodel.sightlines.project.project` does with ``method="tiles"``.

A tenth of the tolerance goes to the tiles, a tenth to the blocks that pixels are read from, a tenth to the
quadrature over pixels. Long rings on the plane and on the border of the caps are read from ribbons; pixels near the
centre and the poles are integrated one by one on the tiles. :class:`Tiling` gives any run of rings, so that a map
larger than the memory is written in pieces.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from skymodel.sightlines.cubature.direct import over_pixels as integrated
from skymodel.sightlines.pixels import plain
from skymodel.sightlines.pixels.blocks import Blocks, Maker
from skymodel.sightlines.pixels.loose import over_pixels
from skymodel.sightlines.pixels.painting import Canvas, Loose, Strip, painted, strips
from skymodel.sightlines.pixels.plain import Pixels
from skymodel.sightlines.pixels.ribbons import Ribbons
from skymodel.sightlines.pixels.rings import Rings
from skymodel.sightlines.pixels.windows import Window, Windows
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import Observer, PathEnd
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.promises import Promises
from skymodel.sightlines.surface.angle import angular
from skymodel.sightlines.surface.fitting import Fitted, Request, fit, order_for
from skymodel.sightlines.surface.quarters import Folds, Frame
from skymodel.sky.healpix import require_nside

Progress = Callable[[int, int], None]

TILE_SHARE = 0.1  # of the tolerance goes to the tiles
LEAST_SHARE = 0.02  # of the tolerance is stated at least by pixels taken one by one: 0.006 was once overlooked
LEAST_BUDGET = 60_000  # integrals; or as many as all pixels would take directly
CURVE_SHARE = 0.01  # of a tile's tolerance goes to the function of the angle, where the density is spherical
CHUNK = 1 << 22  # pixels handed over at once
NODES = {"mean": 16, "centre": 1}  # directions that a pixel is evaluated in


@dataclass(frozen=True)
class Tiling:
    """A map, ready to be painted.

    Parameters
    ----------
    lines
        The sight lines.
    kept
        What the density promises.
    nside
        Resolution.
    rtol
        Tolerance.
    sample
        "mean" or "centre".
    progress
        Called with (line integrals so far, those that are settled to come).
    """

    lines: SightLines
    kept: Promises
    nside: int
    rtol: float
    sample: str
    progress: Progress | None = None

    @functools.cached_property
    def fitted(self) -> Fitted:
        """The sky in tiles."""
        frame = Frame(Folds(self.kept.left_right, self.kept.up_down), self.lines.observer)
        area = 4 * np.pi / (12 * self.nside**2)
        innermost = float(np.log(np.sqrt(area) * (1e-4 if self.sample == "mean" else 0.2)))
        tolerance = TILE_SHARE * self.rtol
        grain = area / NODES[self.sample]
        budget = max(LEAST_BUDGET, int(4 * np.pi / grain / len(frame.folds.quarters)))
        request = Request(tolerance, order_for(tolerance), innermost, grain, budget)
        if not self.kept.spherical:
            return fit(self.lines, frame, request, self.progress)
        curve = angular(self.lines, innermost, 0.5 * float(np.log(grain)), CURVE_SHARE * tolerance)
        found = fit(curve, frame, request, self.progress)
        return found._replace(sightlines=curve.sightlines, evaluations=curve.evaluations)

    @functools.cached_property
    def rings(self) -> Rings:
        """The rings of the map."""
        return Rings(self.nside)

    @property
    def folds(self) -> Folds:
        """Symmetries of the sky."""
        return self.fitted.sky.folds

    @functools.cached_property
    def blocks(self) -> Blocks:
        """The blocks and the loose windows."""
        floor = FAINT * self.fitted.brightest
        sky, mean = self.fitted.sky, self.sample == "mean"
        if self._reads_centres:
            return Blocks((), ())
        maker = Maker(sky, self.rings, mean, self.rtol, floor)
        made = maker.made()
        if not mean:
            return made
        ribbons, left = Ribbons(sky, self.rings, maker.windows, self.rtol, floor).made(list(made.loose))
        return Blocks((*made.blocks, *ribbons), tuple(left))

    @functools.cached_property
    def loose(self) -> tuple[Loose, ...]:
        """The pixels taken one by one, by quarter."""
        return tuple(self._loose(quarter) for quarter in range(len(self.folds.quarters)))

    @functools.cached_property
    def brightest(self) -> float:
        """A value that the brightest pixel at least has."""
        values = [block.brightest for block in self.blocks.blocks]
        values += [float(loose.value.max(initial=0.0)) for loose in self.loose]
        return max(values, default=0.0)

    @property
    def _reads_centres(self) -> bool:
        """Whether the map is small enough to read every pixel's centre from the tiles, without blocks."""
        return self.sample == "centre" and Windows(self.rings, self.fitted.sky.frame).small

    def _loose(self, quarter: int) -> Loose:
        ring, column, value, error = self._plain(quarter)
        late = ~np.isfinite(error)
        pixels = self.rings.pixels(ring[late], column[late], self.folds.quarters[quarter])
        found = over_pixels(self.fitted.sky, self.nside, pixels, self.kept, self.rtol, self.sample)
        least = LEAST_SHARE * self.rtol * found.value if self.sample == "mean" else 0.0
        value[late], error[late] = found.value, np.maximum(found.error, least)
        order = np.argsort(ring.astype(np.uint16) if self.nside < 2**14 else ring, kind="stable")
        return Loose(ring[order], column[order], value[order], error[order])

    def _plain(self, quarter: int) -> Pixels:
        """Return the pixels of loose windows; their error is infinite where they are still to be integrated."""
        floor = FAINT * self.fitted.brightest
        if self._reads_centres:
            return plain.at_centres(self.fitted.sky, self.rings, quarter, self.rtol, floor)
        windows = [window for window in self.blocks.loose if window.quarter == quarter]
        plain_ones = [window for window in windows if self._is_plain(window)]
        others = [self.rings.within(*window[1:]) for window in windows if window not in plain_ones]
        none = np.zeros(0, np.intp)
        parts = [Pixels(*found, np.zeros(found[0].shape), np.full(found[0].shape, np.inf)) for found in others]
        parts.append(Pixels(none, none, np.zeros(0), np.zeros(0)))  # there may be no window
        if plain_ones:
            parts.append(plain.over_windows(self.fitted.sky, self.rings, plain_ones, self.rtol, floor))
        return Pixels(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _is_plain(self, window: Window) -> bool:
        """Return whether the means over a window's pixels may be taken with a small rule."""
        windows = Windows(self.rings, self.fitted.sky.frame)
        small = windows.alike(window) or windows.halved(window)
        return self.sample == "mean" and small and not windows.spotted(self.fitted.sky, window)

    def paint(self, canvas: Canvas, first: int, stop: int, sides: tuple[float, ...]) -> None:
        """Fill northern rings, or their mirror images, of a canvas."""
        for quarter in range(len(self.folds.quarters)):
            if not self.folds.up_down and self.folds.quarters[quarter][1] not in sides:
                continue
            blocks = [block for block in self.blocks.blocks if block.window.quarter == quarter]
            for low, high in strips(self.rings, first, stop):
                strip = painted(self.rings, low, high, blocks, self.loose[quarter])
                self._keep_promise(strip, quarter)
                canvas.put(strip, self.folds, quarter, sides)

    def _keep_promise(self, strip: Strip, quarter: int) -> None:
        """State no error below the faintest, and integrate pixels directly whose error is above the tolerance."""
        scale = np.maximum(strip.value, FAINT * self.brightest)
        np.maximum(strip.error, LEAST_SHARE * self.rtol * FAINT * self.brightest, out=strip.error)
        late = strip.error > self.rtol * scale
        if not late.any():
            return
        row, column = np.nonzero(late)
        pixels = self.rings.pixels(strip.first + row, column, self.folds.quarters[quarter])
        found = integrated(
            self.lines,
            self.nside,
            pixels,
            self.kept,
            rtol=self.rtol,
            sample=self.sample,
            brightest=self.brightest,
        )
        strip.value[row, column], strip.error[row, column] = found.value, found.error

    def chunk(self, side: float, first: int, stop: int) -> Chunk:
        """Return northern rings, or on side -1 their mirror images, as a run of pixels in order."""
        top, end = (first, stop) if side > 0 else (4 * self.nside - stop + 1, 4 * self.nside - first + 1)
        begin, after = (int(pixel) for pixel in self.rings.first_pixel(np.array([top, end])))
        canvas = Canvas(self.rings, np.empty((2, after - begin)), begin)
        self.paint(canvas, first, stop, (side,))
        values, error = canvas.both
        return Chunk(begin, values, error)

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the map's header should say."""
        return {
            "sightlines": self.fitted.sightlines,
            "evaluations": self.fitted.evaluations,
            "tiles": len(self.fitted.sky.tiles.bounds),
            "probes": self.fitted.probes,
            "observed_error": self.fitted.observed,
        }


class Painted(NamedTuple):
    """Values and errors ``(12 nside^2,)`` and what the header should say."""

    value: Floats
    error: Floats
    meta: Mapping[str, Any]


def project_tiles(
    lines: SightLines,
    nside: int,
    kept: Promises,
    *,
    rtol: float,
    sample: str = "mean",
    progress: Progress | None = None,
) -> Painted:
    """Return the whole map from tiles."""
    tiling = Tiling(lines, kept, nside, rtol, sample, progress)
    count = 12 * nside**2
    canvas = Canvas(tiling.rings, np.empty((2, count)))
    tiling.paint(canvas, 1, 2 * nside + 1, (1.0, -1.0))
    value, error = canvas.both
    return Painted(value, error, tiling.meta)


class Chunk(NamedTuple):
    """A run of pixels of a map: RING index of the first, values and errors ``(K,)``."""

    first_pixel: int
    values: Floats
    error: Floats


def project_chunks(
    density: Density,
    nside: int,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    sample: Literal["mean", "centre"] = "mean",
    progress: Progress | None = None,
) -> Iterator[Chunk]:
    """Yield a map in runs of pixels, in order, for maps that are larger than the memory.

    The arguments are those of :func:`~skymodel.sightlines.project.project`.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> sum(chunk.values.size for chunk in project_chunks(ball, 8, s_max=3))
    768
    """
    nside = require_nside(nside)
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max))
    tiling = Tiling(lines, promises.check(density, lines.observer), nside, rtol, sample, progress)
    last = 4 * nside - 1
    for side, first, stop in [(1.0, *run) for run in _runs(nside, 1, 2 * nside + 1)] + [
        (-1.0, last + 1 - stop + 1, last + 1 - first + 1) for first, stop in _runs(nside, 2 * nside + 1, last + 1)
    ]:
        yield tiling.chunk(side, first, stop)


def _runs(nside: int, first: int, stop: int) -> list[tuple[int, int]]:
    """Return runs of rings of about CHUNK pixels each."""
    step = max(1, CHUNK // (4 * nside))
    return [(begin, min(begin + step, stop)) for begin in range(first, stop, step)]
