"""Means of line-of-sight integrals over parts of the sky, straight from a density, each with its error.

A region whose edges are known is integrated in polar coordinates about the Galactic centre, with no map in
between (:mod:`skymodel.sightlines.cubature.polar`); a mask, or a region of another package, from pixel means, with an
error that tells how well its pixels stand for it. :func:`window_factor` compares two regions, sharing the sight lines
of the sky they have in common.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from profiles import Density
from profiles.contract.arrays import ROUNDING
from skymodel.bounded import Bounded
from skymodel.sightlines.cubature import cubes
from skymodel.sightlines.cubature.direct import distinct_pixels, over_pixels
from skymodel.sightlines.cubature.regions import OverRegions, over_regions
from skymodel.sightlines.promise import A_MEAN, OnShortfall, Promise
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.blocks import crew
from skymodel.sightlines.ray.geometry import Observer, PathEnd
from skymodel.sightlines.ray.integrate import SMALLEST_MEAN_RTOL, SightLines, require_rtol
from skymodel.sky.healpix import UNSEEN, nside_of
from skymodel.sky.masks import HealpixMask
from skymodel.sky.region import Combination, Complement, Region, as_region
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

ErrorKind = Literal["bound", "confidence"]
_FOREIGN_NSIDE = 128  # of the pixels that stand for a region of another package


@dataclass(frozen=True)
class Mean(Bounded):
    """The mean over a region, its error, their unit, what it cost, and what kind of error it is.

    ``error_kind`` is "bound", or "confidence" where a density holds a cube: then 99.9 % of such errors are kept.
    ``short`` tells whether the tolerance was not reached, which only ``shortfall="state"`` allows. What no hint
    announces and is smaller than ``blind`` times its distance along the line, or ``blind`` rad across, could have been
    missed; it is 0 for densities that say what they are like.
    """

    evaluations: int = 0
    sightlines: int = 0
    error_kind: ErrorKind = "bound"
    short: bool = False
    blind: float = 0.0


@dataclass(frozen=True)
class Ratio(Bounded):
    """The ratio of two means, a bound of its error, the two, and what they cost together."""

    numerator: Bounded = field(kw_only=True)
    denominator: Bounded = field(kw_only=True)
    evaluations: int = 0


def quotient(above: Bounded, below: Bounded) -> Ratio:
    """Return the ratio of two means of which nothing is known to be shared."""
    found = above / below
    return Ratio(found.value, found.error, found.unit, numerator=above, denominator=below)


def region_mean(
    density: Density | SkyMap,
    region: Any,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    shortfall: OnShortfall = "refuse",
    budget: float | None = None,
    workers: int | None = None,
) -> Mean:
    """Return the mean line-of-sight integral of a density over a region; or the mean of a map.

    Parameters
    ----------
    density
        What is integrated; or a :class:`~skymodel.sky.skymap.SkyMap`, which needs nothing but the region.
    region
        A part of the sky.
    observer
        Where the sight lines start.
    r_max, s_max
        Where they end [kpc]: on a Galactocentric sphere or at a distance from the observer; exactly one.
    rtol
        Tolerance: the error is at most rtol times the mean; for a region whose edges are not known the pixels' own
        tolerance, while the error includes how well they stand for the region.
    shortfall
        What to do about a tolerance that is not met, by its nature or within the budget: "refuse", or "state" the
        error there is; the mean is then ``short``.
    budget
        Evaluations of the density that may be spent; by default 1e8.
    workers
        Threads that integrate; by default one for each core, but one alone inside a thread or a process of a larger
        work. The result does not depend on it.

    Raises
    ------
    ValueError
        If the density breaks its promises, is steeper than r^-3 at the centre, or the tolerance cannot be met.

    Examples
    --------
    >>> from profiles import from_function
    >>> from skymodel.sky.regions import Circle
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> mean = region_mean(ball, Circle(lon=90, lat=40, radius=10), s_max=3)
    >>> round(mean.value, 9), str(mean.unit)
    (6.0, 'kpc / cm3')
    """
    if isinstance(density, SkyMap):
        of_map = density.mean(region)
        return Mean(of_map.value, of_map.error, of_map.unit)
    require_rtol(rtol, SMALLEST_MEAN_RTOL)
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max), workers=crew(workers))
    part, promise = as_region(region), Promise.made(shortfall, budget, A_MEAN)

    def mean(metered: SightLines, tolerance: float) -> Mean:
        known = part.edges is not None
        return _exact(metered, (part,), tolerance).means[0] if known else _sampled(metered, part, tolerance)

    found, evaluations, reached = promise.kept(mean, lines, rtol)
    return replace(found, evaluations=evaluations, short=reached > rtol, blind=lines.blind)


def window_factor(
    density: Density,
    *,
    numerator: Any = COMPTEL_WINDOW,
    denominator: Any = INTEGRAL_CIRCLE,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    shortfall: OnShortfall = "refuse",
    budget: float | None = None,
    workers: int | None = None,
) -> Ratio:
    """Return the mean over one region divided by the mean over another, both as :func:`region_mean` gives them.

    Sight lines in the sky that both regions hold are integrated once, and their errors partly cancel in the ratio.

    Parameters
    ----------
    density
        What is integrated.
    numerator, denominator
        The regions; by default COMPTEL's window and INTEGRAL's circle.
    observer, r_max, s_max
        Where the sight lines start and end, as in :func:`region_mean`.
    rtol
        Tolerance of both means; of the ratio too if the regions' edges are known.
    shortfall, budget, workers
        As in :func:`region_mean`, for both means together.

    Raises
    ------
    ValueError
        As :func:`region_mean`; or if the denominator's mean is zero within its error.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> round(window_factor(ball, s_max=3).value, 9)
    1.0
    """
    require_rtol(rtol, SMALLEST_MEAN_RTOL)
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max), workers=crew(workers))
    regions = as_region(numerator), as_region(denominator)
    if any(region.edges is None for region in regions):
        how: dict[str, Any] = {"rtol": rtol, "shortfall": shortfall, "workers": workers}
        how["budget"] = None if budget is None else budget / 2
        above, below = (
            region_mean(density, region, observer=observer, r_max=r_max, s_max=s_max, **how) for region in regions
        )
        _refuse_dark(below)
        return replace(quotient(above, below), evaluations=above.evaluations + below.evaluations)
    promise = Promise.made(shortfall, budget, 2 * A_MEAN)
    found, evaluations, reached = promise.kept(lambda some, tolerance: _compared(some, regions, tolerance), lines, rtol)
    above, below = (
        replace(mean, evaluations=evaluations, short=reached > rtol, blind=lines.blind) for mean in found.means
    )
    _refuse_dark(below)
    ratio, error = found.ratio()
    return Ratio(ratio, error, numerator=above, denominator=below, evaluations=above.evaluations)


def _refuse_dark(below: Mean) -> None:
    if not below.value > below.error:
        raise ValueError(f"the denominator's mean is {below.value:.3g} +- {below.error:.3g}: there is no ratio to it")


def _exact(lines: SightLines, regions: tuple[Region, ...], rtol: float) -> _Exact:
    return _Exact(over_regions(lines, regions, rtol), lines.unit)


def _compared(lines: SightLines, regions: tuple[Region, ...], rtol: float) -> _Exact:
    """Return two regions integrated to a tolerance that their ratio meets too: it may be off by as much as both.

    Their errors partly cancel: at 0.8 of the tolerance the ratios of all Galaxies of tests/bench meet it.
    """
    found = _exact(lines, regions, 0.8 * rtol)
    if found.means[1].value > found.means[1].error:
        ratio, error = found.ratio()
        return found if error <= rtol * ratio else _exact(lines, regions, rtol / 2)
    return found


@dataclass(frozen=True)
class _Exact:
    """Regions with known edges, integrated together."""

    found: OverRegions
    unit: Any

    @property
    def means(self) -> list[Mean]:
        """The mean over each region."""
        cost = self.found.evaluations, self.found.sightlines
        kind: ErrorKind = "confidence" if self.found.lumpy else "bound"
        both = zip(self.found.value, self.found.error, self.found.regions, strict=True)
        return [
            Mean(float(value / region.solid_angle), float(error / region.solid_angle), self.unit, *cost, kind)
            for value, error, region in both
        ]

    def ratio(self) -> tuple[float, float]:
        """Return the first mean over the second, and a bound of its error from that of first - ratio * second."""
        above, below = self.means
        ratio = above.value / below.value
        combination = np.array([1.0, -ratio]) / [region.solid_angle for region in self.found.regions]
        return ratio, below.least_under(2 * ROUNDING * above.value + self.found.difference_error(combination))


def _sampled(lines: SightLines, region: Region, rtol: float) -> Mean:
    """Return the mean over a region whose edges are not known, from the pixels it covers and those around them."""
    import healpy

    kept = promises.check(lines.density, lines.observer)
    nside = _mask_nside(region)
    covered = np.flatnonzero(region.coverage(nside))
    if covered.size == 0:
        raise ValueError(f"the region {region.name} is empty: it has no mean")
    around = healpy.get_all_neighbours(nside, covered)
    pixels = np.union1d(covered, around[around >= 0])
    distinct, place = distinct_pixels(nside, pixels, kept)
    over = cubes.over_lumpy_pixels if (lumpy := bool(lines.density.hints.meshes)) else over_pixels
    found = over(lines, nside, distinct, kept, rtol=rtol)
    values, errors = np.full((2, 12 * nside**2), UNSEEN)
    values[pixels], errors[pixels] = found.value[place], found.error[place]
    mean = SkyMap(values, errors, lines.unit).mean(region)
    kind: ErrorKind = "confidence" if lumpy else "bound"
    return Mean(mean.value, mean.error, mean.unit, found.evaluations, found.sightlines, kind)


def _mask_nside(region: Region) -> int:
    """Return the finest nside of the masks in a region, or a common one if there are none."""
    match region:
        case HealpixMask():
            return nside_of(region.shares.size)
        case Combination():
            return max(_mask_nside(region.first), _mask_nside(region.second))
        case Complement():
            return _mask_nside(region.region)
    return _FOREIGN_NSIDE
