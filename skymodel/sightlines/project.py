"""Densities projected to HEALPix maps: the door.

``method="tiles"`` (:mod:`skymodel.sightlines.pixels.tiling`) integrates a few thousand sight lines and takes every
pixel from them. ``method="direct"`` (:mod:`skymodel.sightlines.cubature.direct`) integrates every pixel that the
density's symmetry leaves distinct; it is the reference, and takes over where a sky has so much fine structure that
tiles do not pay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from profiles import Density
from profiles.contract.algebra import total
from skymodel.progress import forward
from skymodel.sightlines.cubature import cubes
from skymodel.sightlines.cubature.direct import direct
from skymodel.sightlines.pixels.summing import Painted, project_tiles
from skymodel.sightlines.promise import A_MEAN, A_PIXEL, OnShortfall, Progress, Promise
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import Observer, PathEnd, as_observer
from skymodel.sightlines.ray.integrate import FAINT, SMALLEST_MEAN_RTOL, SightLines, require_rtol
from skymodel.sightlines.ray.meter import Shortfall
from skymodel.sightlines.ray.terms import terms
from skymodel.sightlines.ray.voxelfaces import left_out
from skymodel.sightlines.surface.filling import NotWorthTiles
from skymodel.sightlines.surface.survey import surveyed
from skymodel.sky.healpix import require_memory, require_nside
from skymodel.sky.skymap import SkyMap
from skymodel.workers import crew

Sample = Literal["mean", "centre"]
Method = Literal["tiles", "direct"]

_PART = 1 << 16  # pixels looked at together
_SOFT = 0.9  # of a budget is for pixels that refine themselves as far as it reaches


def project(
    density: Density,
    nside: int,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    sample: Sample = "mean",
    method: Method = "tiles",
    progress: Progress | None = None,
    shortfall: OnShortfall = "refuse",
    budget: float | None = None,
    workers: int | None = None,
    name: str = "",
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
        "tiles" interpolates where the sky is smooth; "direct" integrates every distinct pixel.
    progress
        Called with (done, all) as the work goes on.
    shortfall
        What to do about pixels that miss the tolerance, by their nature or within the budget: "refuse" the map, or
        "state" the errors they have; ``meta["short"]`` counts them.
    budget
        Evaluations of the density that may be spent; by default 100 times 64 a pixel, at least 1e8.
    workers
        Processes or threads that integrate; by default one for each core, but one alone inside a process of a larger
        work. The result does not depend on it.
    name
        What the map is called, for example in a file.

    Returns
    -------
    SkyMap
        Its ``meta`` holds, beside the request, what it cost (``evaluations``, ``sightlines``), how many pixels are
        ``short`` of the tolerance, and the ``error_kind``: "bound", or "confidence" for a density that holds a cube,
        whose errors are limits that 99.9 % of the pixels keep. What is smaller than ``blind`` times its distance along
        the line, or than ``blind`` rad across, could have been missed if no hint announces it; it is 0 for densities
        that say what they are like. Looks at others, on top of ``evaluations``, took ``looks`` of them. About the share
        ``left_out`` of J lies beyond the faces of a cube that declares nothing there, along the axis where it is most.

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
    require_memory(nside)
    require_rtol(rtol, SMALLEST_MEAN_RTOL)
    _require("sample", sample, get_args(Sample))
    _require("method", method, get_args(Method))
    promise = Promise.made(shortfall, budget, max(A_PIXEL * 12 * nside**2, A_MEAN))
    lines = SightLines(density, as_observer(observer), PathEnd(r_max, s_max), crew=crew(workers))
    report = forward(progress)
    asked = _Asked(nside, promises.check(density, lines.observer), sample, method, promise.states, report)
    found, evaluations, _ = promise.kept(asked.answered, lines, rtol)
    report(1, 1)
    short = _short(found, rtol * (1 + 1e-9))
    meta = {"method": method, "sample": sample, "rtol": rtol, "error_kind": "bound", "blind": lines.blind}
    meta |= {**found.meta, "evaluations": evaluations, "short": short, "left_out": left_out(density, lines.farthest)}
    return SkyMap(found.value, found.error, lines.unit, name, meta=meta)


@dataclass(frozen=True)
class _Asked:
    """What a map is to be, whatever its tolerance."""

    nside: int
    kept: promises.Promises
    sample: Sample
    method: Method
    states: bool
    progress: Progress | None

    def answered(self, lines: SightLines, rtol: float) -> Painted:
        """Return the map to a tolerance by the method that suits the density; of a sum with cubes, of each group."""
        if self.method == "direct" or self.sample == "centre" or not lines.density.hints.meshes:
            return self._smooth(lines, rtol)
        parts = terms(lines)
        smooth, lumpy = (
            [part for part in parts if bool(part.density.hints.meshes) == cubes] for cubes in (False, True)
        )
        if not smooth:
            return self._lumpy(lines, rtol)
        # each to the tolerance relative to itself: what they add up to has that of the sum
        first = self._of(smooth).answered(_together(smooth), rtol)
        second = self._of(lumpy)._lumpy(_together(lumpy), rtol)
        count = {"sightlines": first.meta["sightlines"] + second.meta["sightlines"]}
        return Painted(first.value + second.value, first.error + second.error, {**first.meta, **second.meta, **count})

    def _of(self, parts: list[SightLines]) -> _Asked:
        """Return the same for some of the terms, with the symmetry that these have."""
        one = _together(parts)
        return replace(self, kept=promises.check(one.density, one.observer))

    def _smooth(self, lines: SightLines, rtol: float) -> Painted:
        if self.method == "tiles":
            try:
                how: dict[str, Any] = {"rtol": rtol, "sample": self.sample, "progress": self.progress}
                return project_tiles(lines, self.nside, **how)
            except NotWorthTiles:
                pass
        return self._direct(lines, rtol)

    def _lumpy(self, lines: SightLines, rtol: float) -> Painted:
        every, budget = np.arange(12 * self.nside**2), _SOFT * lines.meter.left
        found = cubes.over_lumpy_pixels(
            lines, self.nside, every, self.kept, rtol=rtol, budget=budget, progress=self.progress
        )
        if (short := _short(found, rtol)) and not self.states:
            cost = f"{found.evaluations:.3g} evaluations"
            raise Shortfall(
                f"{short} pixels miss rtol = {rtol:g} after {cost}; ask for shortfall='state' or a larger rtol"
            )
        told = {"method": "cubes", "error_kind": "confidence", "sightlines": found.sightlines}
        return Painted(found.value, found.error, told)

    def _direct(self, lines: SightLines, rtol: float) -> Painted:
        seen, looked = surveyed(lines, self.kept, rtol)
        found = direct(seen, self.nside, self.kept, rtol=rtol, sample=self.sample, progress=self.progress)
        told = {"method": "direct", "sightlines": found.sightlines, "looks": round(looked.evaluations) if looked else 0}
        return Painted(found.value, found.error, told)


def _together(parts: list[SightLines]) -> SightLines:
    """Return sight lines through the sum of terms."""
    density, weight = total(part.density for part in parts), sum(part.weight for part in parts)
    return replace(parts[0], density=density, weight=weight)


def _short(found: Any, rtol: float) -> int:
    """Return how many pixels miss a tolerance: counted in parts, as large maps have no room for a column more."""
    faint, count = FAINT * float(found.value.max(initial=0.0)), 0
    for first in range(0, len(found.value), _PART):
        part = slice(first, first + _PART)
        count += int(np.count_nonzero(found.error[part] > rtol * np.maximum(found.value[part], faint)))
    return count


def _require(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} = {value!r}; allowed: {', '.join(map(repr, allowed))}")
