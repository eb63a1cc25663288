"""Maps as sums of the maps of their terms: values add, and errors add.

Each term (:func:`skymodel.sightlines.ray.terms.terms`) is painted alone, with its own symmetry and tiles, to its
share of the tolerance: relative to itself or to what the terms before it shine. A term with a sharp edge, or a small
one without symmetry, needs no tiles: only the pixels that its outline touches are integrated. Should a pixel of the sum
miss the tolerance after all, it is integrated whole.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats, Ints
from skymodel.progress import parts as in_parts
from skymodel.sightlines.cubature.direct import distinct_pixels, over_pixels
from skymodel.sightlines.cubature.inside import outline, seen
from skymodel.sightlines.pixels.tiling import Drawn, Hard, Progress, Tiling, is_one_run
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import Observer, PathEnd, as_observer
from skymodel.sightlines.ray.integrate import FAINT, SightLines
from skymodel.sightlines.ray.terms import share, terms
from skymodel.sightlines.surface.beneath import Beneath
from skymodel.sky.healpix import require_nside
from skymodel.workers import crew, each, leaves_no_trace

# Pixels up to which a soft body without symmetry is integrated in them. Clouds and tilted disks of 60 to 800 pixels
# take 0.1 to 0.3 of the time of their tiles, which follow thin tilted shapes badly; one of 1,500 takes 1.5 of it.
FEW = 1000


class Layers(NamedTuple):
    """The terms of a map: those in tiles, and the pixels of bodies; with the weights of each.

    ``beyond`` bounds what soft bodies add to any pixel that is not theirs.
    """

    tilings: tuple[Tiling, ...]
    bodies: tuple[Hard, ...]
    weights: tuple[float, ...]
    beyond: float = 0.0


@dataclass(frozen=True)
class SummedMap:
    """A map, ready to be painted.

    Parameters
    ----------
    lines
        The sight lines.
    nside
        Resolution.
    rtol
        Tolerance.
    sample
        "mean" or "centre".
    progress
        Called with (done, all) as tiles are filled: a round of halving is half of what is left, terms count alike.
    at_once
        Whether the map of one term may be drawn at once, however large it is.
    """

    lines: SightLines
    nside: int
    rtol: float
    sample: str
    progress: Progress | None = None
    at_once: bool = False

    @functools.cached_property
    def layers(self) -> Layers:
        """The terms, the broad ones first."""
        parts = terms(self.lines)
        touched = [self._touched(part) for part in parts]
        smooth = [part for part, pixels in zip(parts, touched, strict=True) if pixels is None]
        if len(parts) == len(smooth) == 1:
            return Layers((self._tiling(self.lines, self.rtol, None, self.progress),), (), (1.0,))
        reports = in_parts(self.progress, [1.0] * len(parts))
        rtol, of_total = share(len(parts), self.rtol)
        beneath, tilings = Beneath((), of_total / rtol), list[Tiling]()
        for part in smooth:
            tilings.append(self._tiling(part, rtol, beneath, next(reports)))
            beneath = beneath.also(tilings[-1].fitted.sky, tilings[-1].fitted.brightest)
        bodies = [(part, pixels) for part, pixels in zip(parts, touched, strict=True) if pixels is not None]
        found = tuple(self._body(part, pixels, rtol, beneath) for part, pixels in bodies)
        weights = tuple(part.weight for part in (*smooth, *(part for part, _ in bodies)))
        beyond = sum(2 * part.farthest * float(part.beyond.max()) for part, _ in bodies)
        return Layers(tuple(tilings), found, weights, beyond)

    def _tiling(self, part: SightLines, rtol: float, beneath: Beneath | None, progress: Progress | None) -> Tiling:
        kept = promises.check(part.density, part.observer)
        return Tiling(part, kept, self.nside, rtol, self.sample, progress, beneath)

    def _touched(self, part: SightLines) -> Ints | None:
        """Return the pixels that the outline of a term touches; None where it has none, or it is better in tiles."""
        import healpy

        body = outline(part)
        soft = body is None
        if soft and part.density.symmetry == "none" and not part.whole:
            body = seen(part)
        if body is None:
            return None
        target, reach = body.target, healpy.max_pixrad(self.nside)
        pixels = healpy.query_disc(self.nside, target.direction, min(body.reach + reach, np.pi), inclusive=True)
        pixels = pixels[body.near(np.stack(healpy.pix2vec(self.nside, pixels), axis=1), reach)]
        return None if soft and len(pixels) > FEW else np.asarray(pixels)

    def _body(self, part: SightLines, pixels: Ints, rtol: float, beneath: Beneath) -> Hard:
        """Return the pixels of a term that is nothing, or all but nothing, in all others."""
        kept, how = promises.check(part.density, part.observer), {"rtol": rtol, "sample": self.sample}
        options = {**how, "brightest": beneath.brightest, "beneath": beneath}
        distinct, place = distinct_pixels(self.nside, pixels, kept)
        found = over_pixels(part, self.nside, distinct, kept, **options)  # type: ignore[arg-type]
        return Hard(pixels, np.stack([found.value, found.error])[:, place], found.evaluations)

    @functools.cached_property
    def drawn(self) -> list[Drawn] | None:
        """The terms in tiles, each drawn whole and all at a time; None for a map that is to be made in runs."""
        tilings = self.layers.tilings
        if not is_one_run(self.nside) and not (self.at_once and len(tilings) == 1):
            return None
        crowd = self.lines.crew.count if leaves_no_trace(self.lines.density) else 1
        return each(Tiling.drawn, tilings, crowd, by="forks", tally=self.lines.meter)

    @functools.cached_property
    def brightest(self) -> float:
        """A value that the brightest pixel at least has."""
        bodies = (float(body.both[0].max(initial=0.0)) for body in self.layers.bodies)
        return max(*(term.brightest for term in self.drawn or self.layers.tilings), *bodies, 0.0)

    def runs(self) -> Iterator[tuple[int, Floats]]:
        """Yield the first pixel, and values and errors ``(2, N)``, of runs of the map's rings in order."""
        for begin, both in self._smooth():
            both[1] += self.layers.beyond
            for body in self.layers.bodies:
                here = (body.pixels >= begin) & (body.pixels < begin + both.shape[1])
                both[:, body.pixels[here] - begin] += body.both[:, here]
            if len(self.layers.weights) > 1:
                self._mend(begin, both)
            yield begin, both

    def _smooth(self) -> Iterator[tuple[int, Floats]]:
        """Yield the same of the terms in tiles."""
        if self.drawn is not None:
            both = [term.both for term in self.drawn] or [np.zeros((2, 12 * self.nside**2))]
            yield 0, functools.reduce(np.add, both)
            return
        for runs in zip(*(tiling.runs() for tiling in self.layers.tilings), strict=True):
            begin, both = runs[0]
            for _, more in runs[1:]:
                both += more
            yield begin, both

    def _mend(self, begin: int, both: Floats) -> None:
        """Integrate the pixels whole whose error is above the tolerance."""
        value, error = both
        late = np.flatnonzero(error > self.rtol * np.maximum(value, FAINT * self.brightest))
        if late.size:
            kept, how = promises.check(self.lines.density, self.lines.observer), {"sample": self.sample}
            options = {**how, "rtol": self.rtol, "brightest": self.brightest}
            found = over_pixels(self.lines, self.nside, begin + late, kept, **options)  # type: ignore[arg-type]
            value[late], error[late] = found.value, found.error
            self.mended.append(found.evaluations)

    @functools.cached_property
    def mended(self) -> list[int]:
        """Evaluations that went into pixels integrated whole."""
        return []

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the map's header should say, once it is painted."""
        metas = [term.meta for term in self.drawn or self.layers.tilings]
        spent = [*(meta["evaluations"] for meta in metas), *(body.evaluations for body in self.layers.bodies)]
        weighed = sum(weight * cost for weight, cost in zip(self.layers.weights, spent, strict=True))
        added = {name: sum(meta[name] for meta in metas) for name in ("sightlines", "tiles", "patches", "probes")}
        observed = max((meta["observed_error"] for meta in metas), default=0.0)
        looks = round(sum(meta["looks"] for meta in metas))
        spent_in_all = round(weighed + sum(self.mended))
        return {**added, "evaluations": spent_in_all, "looks": looks, "observed_error": observed}


class Painted(NamedTuple):
    """Values and errors ``(12 nside^2,)`` and what the header should say."""

    value: Floats
    error: Floats
    meta: Mapping[str, Any]


def project_tiles(
    lines: SightLines, nside: int, *, rtol: float, sample: str = "mean", progress: Progress | None = None
) -> Painted:
    """Return the whole map from tiles."""
    summed = SummedMap(lines, nside, rtol, sample, progress, at_once=True)
    if summed.drawn is not None:
        ((_, (value, error)),) = summed.runs()
        return Painted(value, error, summed.meta)
    value, error = whole = np.empty((2, 12 * nside**2))
    for begin, both in summed.runs():
        whole[:, begin : begin + both.shape[1]] = both
    return Painted(value, error, summed.meta)


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
    workers: int | None = None,
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
    lines = SightLines(density, as_observer(observer), PathEnd(r_max, s_max), crew=crew(workers))
    promises.check(density, lines.observer)
    with lines.crew:
        for begin, both in SummedMap(lines, nside, rtol, sample, progress).runs():
            yield Chunk(begin, both[0], both[1])
