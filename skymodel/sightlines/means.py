"""Means of line-of-sight integrals over parts of the sky, straight from a density, each with its error.

A region whose edges are known is integrated in polar coordinates about the Galactic centre, with no map in
between (:mod:`skymodel.sightlines.cubature.polar`); a mask, or a region of another package, from pixel means, with an
error that tells how well its pixels stand for it. :func:`window_factor` compares two regions, sharing the sight lines
of the sky they have in common; :func:`window_factors` does so for many densities, sharing what those have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

import numpy as np

from profiles import Density
from profiles.contract.beside import gathered
from skymodel.bounded import Bounded
from skymodel.progress import forward, parts
from skymodel.sightlines.cubature.regions import Member, OverRegions, over_regions
from skymodel.sightlines.cubature.sampled import over_sampled
from skymodel.sightlines.promise import A_MEAN, OnShortfall, Progress, Promise
from skymodel.sightlines.ray.geometry import Observer, PathEnd, as_observer
from skymodel.sightlines.ray.integrate import SMALLEST_MEAN_RTOL, SightLines, require_rtol
from skymodel.sightlines.ray.voxelfaces import left_out
from skymodel.sky.region import Region, as_region
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap
from skymodel.workers import crew

ErrorKind = Literal["bound", "confidence"]
_SHARES = 1.0, 0.75, 0.5  # of the tolerance of a ratio, to which its two means are integrated one after another
_Both = tuple[Region, ...]


@dataclass(frozen=True)
class Mean(Bounded):
    """The mean over a region, its error, their unit, what it cost, and what kind of error it is.

    ``error_kind`` is "bound", or "confidence" where a density holds a cube: then 99.9 % of such errors are kept.
    ``short`` tells whether the tolerance was not reached, which only ``shortfall="state"`` allows. What no hint
    announces and is smaller than ``blind`` times its distance along the line, or ``blind`` rad across, could have been
    missed; it is 0 for densities that say what they are like. About the share ``left_out`` of J lies beyond the faces
    of a cube that declares nothing there, along the axis where it is most.
    """

    evaluations: int = 0
    sightlines: int = 0
    error_kind: ErrorKind = "bound"
    short: bool = False
    blind: float = 0.0
    left_out: float = 0.0


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
    progress: Progress | None = None,
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
    progress
        Called with (done, all) as the work goes on; the share never goes back.
    shortfall
        What to do about a tolerance that is not met, by its nature or within the budget: "refuse", or "state" the
        error there is; the mean is then ``short``.
    budget
        Evaluations of the density that may be spent; by default 1e8.
    workers
        Processes or threads that integrate; by default one for each core, but one alone inside a process of a larger
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
    lines = SightLines(density, as_observer(observer), PathEnd(r_max, s_max), crew=crew(workers))
    return _mean(lines, as_region(region), rtol, Promise.made(shortfall, budget, A_MEAN), forward(progress))


def _mean(lines: SightLines, region: Region, rtol: float, promise: Promise, progress: Progress) -> Mean:
    def mean(metered: SightLines, tolerance: float) -> Mean:
        report = progress if tolerance == rtol else None  # how much of a looser try is done says nothing
        if region.edges is not None:
            return _exact(metered, over_regions(metered, (region,), tolerance, report), 0)
        found = over_sampled(metered, region, tolerance, report)
        value, error = found.mean
        return Mean(value, error, found.mean.unit, found.evaluations, found.sightlines, _kind(found.lumpy))

    found, evaluations, reached = promise.kept(mean, lines, rtol)
    progress(1, 1)
    return replace(found, evaluations=evaluations, short=reached > rtol, **_told(lines))


def _told(lines: SightLines) -> dict[str, Any]:  # what a mean says of what it may not see
    return {"blind": lines.blind, "left_out": left_out(lines.density, lines.farthest)}


def window_factor(
    density: Density,
    *,
    numerator: Any = COMPTEL_WINDOW,
    denominator: Any = INTEGRAL_CIRCLE,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    progress: Progress | None = None,
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
    progress, shortfall, budget, workers
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
    how: dict[str, Any] = {"observer": observer, "r_max": r_max, "s_max": s_max, "rtol": rtol, "workers": workers}
    how |= {"numerator": numerator, "denominator": denominator}
    return window_factors([density], **how, shortfall=shortfall, budget=budget, progress=progress)[0]


def window_factors(
    densities: Sequence[Density],
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
    progress: Progress | None = None,
) -> tuple[Ratio, ...]:
    """Return the ratios of two means that :func:`window_factor` gives, for many densities at the cost of few.

    Products that differ in their first factor alone, as many halos with one electron density, take the same sight
    lines, on which the other factors are evaluated once. Lines and cells are refined until each of the products meets
    the tolerance; each error is its own, the costs stated are those of all together.

    Parameters
    ----------
    densities
        What is integrated, for example ``[halo * electrons for halo in halos]``.
    numerator, denominator, observer, r_max, s_max, rtol, shortfall, workers, progress
        As for :func:`window_factor`.
    budget
        Evaluations for both means of the products that are looked at together; by default 2e8.

    Raises
    ------
    ValueError
        As for :func:`window_factor`.

    Examples
    --------
    >>> from profiles import NFW, Burkert, ExponentialDisk
    >>> disk = ExponentialDisk(R_d=2.6, z_d=0.3)
    >>> [f"{found.value:.3f}" for found in window_factors([NFW(r_s=20) * disk, Burkert() * disk], r_max=60, rtol=1e-4)]
    ['0.381', '0.660']
    """
    require_rtol(rtol, SMALLEST_MEAN_RTOL)
    regions, many = (as_region(numerator), as_region(denominator)), dict[int, Ratio]()
    sharp = all(region.edges is not None for region in regions)
    promise = Promise.made(shortfall, budget, 2 * A_MEAN)
    groups = gathered(densities) if sharp else [(one, (k,)) for k, one in enumerate(densities)]
    reports = parts(forward(progress), [len(places) for _, places in groups])
    for (density, places), report in zip(groups, reports, strict=True):
        lines = SightLines(density, as_observer(observer), PathEnd(r_max, s_max), crew=crew(workers))
        found = (_ratios if sharp else _apart)(lines, regions, rtol, promise, report)
        many |= zip(places, found, strict=True)
    return tuple(many[place] for place in range(len(densities)))


def _ratios(lines: SightLines, regions: _Both, rtol: float, promise: Promise, progress: Progress) -> list[Ratio]:
    """Return the ratios of the means over two regions with known edges, one for each density side by side."""

    def compared(metered: SightLines, tolerance: float) -> OverRegions:
        return _compared(metered, regions, tolerance, progress if tolerance == rtol else None)

    found, cost, reached = promise.kept(compared, lines, rtol)
    progress(1, 1)
    ratios = []
    for member in found.members:
        exact = (_exact(lines, found, region, member) for region in (0, 1))
        above, below = (replace(one, evaluations=cost, short=reached > rtol, **_told(lines)) for one in exact)
        _refuse_dark(below)
        ratios.append(Ratio(*found.ratio(member), numerator=above, denominator=below, evaluations=cost))
    return ratios


def _apart(lines: SightLines, regions: _Both, rtol: float, promise: Promise, progress: Progress) -> list[Ratio]:
    """Return the ratio of two means of which one at least is from pixels: each has half the budget."""
    half = replace(promise, budget=promise.budget / 2)
    each = zip(regions, parts(progress, [1.0, 1.0]), strict=True)
    above, below = (_mean(lines, region, rtol, half, report) for region, report in each)
    _refuse_dark(below)
    return [replace(quotient(above, below), evaluations=above.evaluations + below.evaluations)]


def _refuse_dark(below: Mean) -> None:
    if not below.value > below.error:
        raise ValueError(f"the denominator's mean is {below.value:.3g} +- {below.error:.3g}: there is no ratio to it")


def _compared(lines: SightLines, regions: _Both, rtol: float, progress: Progress | None) -> OverRegions:
    """Return two regions integrated to a tolerance that their ratio meets too; often their errors cancel in it."""
    found = None
    for share, report in zip(_SHARES, parts(progress, [4.0, 1.0, 1.0]), strict=True):
        found = over_regions(lines, regions, share * rtol, report, found)
        bright = (member for member in found.members if np.greater(*found.mean(1, member)))
        if all(error <= rtol * ratio for ratio, error in map(found.ratio, bright)):
            break
    return cast(OverRegions, found)


def _exact(lines: SightLines, found: OverRegions, region: int, member: Member = ()) -> Mean:
    """Return the mean over one of the regions integrated together, of one of the densities side by side."""
    return Mean(*found.mean(region, member), lines.unit, found.evaluations, found.sightlines, _kind(found.lumpy))


def _kind(lumpy: bool) -> ErrorKind:
    return "confidence" if lumpy else "bound"
