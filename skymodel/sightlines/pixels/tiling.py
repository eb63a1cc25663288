"""Maps from tiles: what :func:`~skymodel.sightlines.project.project` does with ``method="tiles"``.

Tiles (a tenth of the tolerance) are read into patches (a quarter), and these painted. Pixels that no patch holds are
integrated one by one on the tiles, and where that is not good enough along true lines. Maps coarser than nside 64 are
made there and averaged. :class:`Tiling` gives any run of rings, so that a map larger than the memory is written in
pieces.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sightlines.cubature.direct import Projected, Sky, distinct_pixels, over_pixels
from skymodel.sightlines.pixels.canvas import Canvas
from skymodel.sightlines.pixels.lattice import Lattice
from skymodel.sightlines.pixels.painting import Paint
from skymodel.sightlines.pixels.patches import LEAST_SHARE, Found, Maker, Patches
from skymodel.sightlines.ray.error_shares import OF_MAPS_TO_TILES, OF_TILES_TO_CURVES
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.promises import Promises
from skymodel.sightlines.surface.angle import angular
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sightlines.surface.filling import Request
from skymodel.sightlines.surface.fitting import Fitted, fit, order_for
from skymodel.sightlines.surface.quarters import Folds, Frame
from skymodel.sightlines.surface.survey import Survey, surveyed

Progress = Callable[[int, int], None]

LEAST_BUDGET = 60_000  # integrals; or as many as all pixels would take directly
INNERMOST = {False: 1e-4, True: 1e-8}  # of a pixel's side: how far in tiles reach; with one angle they are cheap
CHUNK = 1 << 22  # pixels handed over at once
NODES = {"mean": 128, "centre": 1}  # directions that a pixel is evaluated in
COARSEST = 64  # nside below which patches would hold too few pixels


class Hard(NamedTuple):
    """Pixels that no patch holds: RING indices ``(K,)``, values and errors ``(2, K)``, and what they cost."""

    pixels: Ints
    both: Floats
    evaluations: int


def is_one_run(nside: int) -> bool:
    """Return whether a map is so small that it is one run."""
    return 12 * nside**2 <= CHUNK


class Drawn(NamedTuple):
    """A whole map, values and errors ``(2, N)``, what its header should say, and what its brightest pixel has."""

    both: Floats
    meta: Mapping[str, Any]
    brightest: float


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
    beneath
        The terms of a sum that are there already: errors count relative to them where they are brighter.
    """

    lines: SightLines
    kept: Promises
    nside: int
    rtol: float
    sample: str
    progress: Progress | None = None
    beneath: Beneath | None = None

    @functools.cached_property
    def looked(self) -> tuple[SightLines, Survey | None]:
        """The sight lines, with looks where something is hidden, and what looks all over the sky saw."""
        return surveyed(self.lines, self.kept, self.rtol)

    @functools.cached_property
    def fitted(self) -> Fitted:
        """The sky in tiles."""
        frame = Frame(Folds(self.kept.left_right, self.kept.up_down), self.lines.observer)
        area = 4 * np.pi / (12 * self.nside**2)
        innermost = float(np.log(np.sqrt(area) * (INNERMOST[self.kept.spherical] if self.sample == "mean" else 0.2)))
        tolerance = OF_MAPS_TO_TILES * self.rtol
        grain = area / NODES[self.sample]
        budget = max(LEAST_BUDGET, int(4 * np.pi / grain / len(frame.folds.quarters)))
        request = Request(tolerance, order_for(tolerance), innermost, grain, budget)
        if not self.kept.spherical:
            return fit(self.looked[0], frame, request, self.progress, self.beneath, self.looked[1])
        curve = angular(self.lines, innermost, 0.5 * float(np.log(grain)), OF_TILES_TO_CURVES * tolerance)
        found = fit(curve, frame, request, self.progress, self.beneath)
        return found._replace(sightlines=curve.sightlines, evaluations=curve.evaluations)

    @functools.cached_property
    def lattice(self) -> Lattice:
        """The lattice that patches lie on."""
        return Lattice(max(self.nside, COARSEST) if self.sample == "mean" else self.nside)

    @property
    def folds(self) -> Folds:
        """Symmetries of the sky."""
        return self.fitted.sky.folds

    @functools.cached_property
    def found(self) -> Found:
        """The patches; none where a map is so coarse that its few centres are read one by one."""
        if self.lattice.nside >= COARSEST:
            known = 0.0 if self.lattice.nside == self.nside else self._brightest_mean
            return Maker(self.fitted.sky, self.lattice, self.rtol, self.beneath, known, learns=known == 0).made()
        return Found(self.lattice, Patches.none(), Patches.none().rectangles, 0.0)

    @property
    def _brightest_mean(self) -> float:
        """About the brightest mean over a pixel of a map coarser than the lattice, rather less than more.

        The lattice's own pixels may be ten times as bright: what is faint beside them may count in the map.
        """
        import healpy

        n, finer = self.lattice.nside, (self.lattice.nside // self.nside) ** 2
        centres = np.stack(healpy.pix2vec(n, np.arange(12 * n**2), nest=True), axis=1)
        return 0.5 * float(self.fitted.sky.known(centres).reshape(-1, finer).mean(axis=1).max())

    @functools.cached_property
    def paint(self) -> Paint:
        """What the patches say of pixels."""
        return (Paint.of_means if self.sample == "mean" else Paint.of_centres)(self.found.patches)

    @functools.cached_property
    def hard(self) -> Hard:
        """The pixels of the map that no patch holds, or not all of them."""
        pixels = np.unique(np.concatenate(list(self._hard())))
        distinct, place = distinct_pixels(self.nside, pixels, self.kept)
        value, error, evaluations = self._one_by_one(distinct)
        return Hard(pixels, np.stack([value, error])[:, place], evaluations)

    def _hard(self) -> Iterator[Ints]:
        """Yield RING indices of pixels of the map that no patch holds, quarter by quarter."""
        if self.lattice.nside < COARSEST:
            yield np.arange(12 * self.nside**2)
        ring, column, quarter = self.found.hard_pixels
        for index, signs in enumerate(self.folds.quarters):
            here = quarter == index
            for copy in self.folds.copies(signs):
                yield self._parents(self.lattice.pixels(ring[here], column[here], copy))

    def _parents(self, pixels: Ints) -> Ints:
        """Return the pixels of the map that hold pixels of the lattice."""
        import healpy

        if self.lattice.nside == self.nside:
            return pixels
        nested = healpy.ring2nest(self.lattice.nside, pixels) // (self.lattice.nside // self.nside) ** 2
        return np.asarray(healpy.nest2ring(self.nside, nested))

    def _one_by_one(self, pixels: Ints) -> tuple[Floats, Floats, int]:
        """Return values and errors of pixels ``(K,)``: from the tiles, and where these are not good from true lines."""
        value, error, _, evaluations = self._integrated(self.fitted.sky, pixels)
        scale = np.maximum(value, self._floor(pixels, float(value.max(initial=0.0))))
        late = np.flatnonzero(error > self.rtol * scale)
        if late.size:
            true = self._integrated(self.looked[0], pixels[late])
            value[late], error[late] = true.value, true.error
            evaluations += true.evaluations
        return value, np.maximum(error, LEAST_SHARE * self.rtol * scale), evaluations

    def _integrated(self, source: Sky, pixels: Ints) -> Projected:
        return over_pixels(
            source,
            self.nside,
            pixels,
            self.kept,
            rtol=self.rtol,
            sample=self.sample,
            brightest=self.brightest,
            beneath=self.beneath,
        )

    @property
    def brightest(self) -> float:
        """A value that the brightest pixel at least has."""
        return max(self.found.brightest, self.beneath.brightest if self.beneath else 0.0)

    def _floor(self, pixels: Ints, brightest: float) -> Floats:
        """Return the brightness below which no error counts in pixels ``(K,)``."""
        import healpy

        faint = np.full(len(pixels), FAINT * max(self.brightest, brightest))
        if self.beneath is None:
            return faint
        towards = np.stack(healpy.pix2vec(self.nside, pixels), axis=1)
        return np.asarray(np.maximum(self.beneath(towards), faint))

    def runs(self, whole: bool = False) -> Iterator[tuple[int, Floats]]:
        """Yield the first pixel, and values and errors ``(2, N)``, of runs of the map's rings in order, or of all."""
        n = self.lattice.nside
        step = 4 * n if whole or n > self.nside else max(1, CHUNK // (4 * n))
        for first in range(1, 4 * n, step):
            canvas = Canvas.blank(self.lattice, first, min(first + step, 4 * n))
            self.paint.on(canvas, self.folds)
            both = canvas.both if n == self.nside else self._averaged(canvas.both)
            here = (self.hard.pixels >= canvas.begin) & (self.hard.pixels < canvas.begin + both.shape[1])
            both[:, self.hard.pixels[here] - canvas.begin] = self.hard.both[:, here]
            yield canvas.begin, both

    def drawn(self) -> Drawn:
        """Return the whole map at once: what is mirrored is made once."""
        ((_, both),) = self.runs(whole=True)
        return Drawn(both, self.meta, self.brightest)

    def _averaged(self, both: Floats) -> Floats:
        """Return the means over pixels of the map, from those of the finer lattice; all in RING order."""
        import healpy

        nested = both[:, healpy.nest2ring(self.lattice.nside, np.arange(both.shape[1]))]
        means = nested.reshape(2, 12 * self.nside**2, -1).mean(axis=2)
        return np.asarray(means[:, healpy.ring2nest(self.nside, np.arange(means.shape[1]))])

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the map's header should say."""
        return {
            "sightlines": self.fitted.sightlines,
            "evaluations": self.fitted.evaluations + self.hard.evaluations,
            "tiles": len(self.fitted.sky.tiles.bounds),
            "patches": len(self.found.patches.coefficients),
            "probes": self.fitted.probes,
            "observed_error": self.fitted.observed,
            "looks": 0.0 if self.looked[1] is None else self.looked[1].evaluations,
        }
