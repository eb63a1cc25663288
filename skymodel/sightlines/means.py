"""Means of line-of-sight integrals over parts of the sky, straight from a density, each with its error.

A region whose edges are known is integrated in polar coordinates about the Galactic centre, with no map in
between (:mod:`skymodel.sightlines.polar`). :func:`window_factor` compares two regions, sharing the sight lines of
the sky they have in common.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles import Density
from skymodel.sightlines import promises
from skymodel.sightlines.cells import ROUNDING, Floats, Integrated, Lines, gauss, integrate
from skymodel.sightlines.geometry import Observer, PathEnd
from skymodel.sightlines.integrate import SightLines
from skymodel.sightlines.polar import Plan, plan
from skymodel.sky.region import Region, as_region
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

_LINE_SHARE = 0.25  # of the tolerance goes to the sight lines; what they leave is the region's quadrature


@dataclass(frozen=True)
class Mean:
    """The mean over a region, a bound of its error, their unit, and what it cost."""

    value: float
    error: float
    unit: Any
    evaluations: int = 0
    sightlines: int = 0


@dataclass(frozen=True)
class Ratio:
    """The ratio of two means and a bound of its error."""

    value: float
    error: float
    numerator: Mean
    denominator: Mean


def region_mean(
    density: Density | SkyMap,
    region: Any,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
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
        Tolerance: the error is at most rtol times the mean.

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
        return Mean(*density.mean(region))
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max))
    regions = (as_region(region),)
    return _means(_over(lines, regions, rtol), regions, lines)[0]


def window_factor(
    density: Density,
    *,
    numerator: Any = COMPTEL_WINDOW,
    denominator: Any = INTEGRAL_CIRCLE,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
) -> Ratio:
    """Return the mean over one region divided by the mean over another, both as :func:`region_mean` gives them.

    Sight lines in the sky that both regions hold are integrated once, and their errors partly cancel in the ratio.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> round(window_factor(ball, s_max=3).value, 9)
    1.0
    """
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max))
    regions = as_region(numerator), as_region(denominator)
    found = _over(lines, regions, rtol)
    above, below = _means(found, regions, lines)
    if below.value == 0:
        raise ValueError(f"the mean over {regions[1].name} is zero: there is no ratio to it")
    ratio = above.value / below.value
    return Ratio(ratio, _ratio_error(found, regions, ratio) / below.value, above, below)


def _over(lines: SightLines, regions: tuple[Region, ...], rtol: float) -> tuple[Integrated, Plan]:
    kept = promises.check(lines.density, lines.observer)
    order = 8 if rtol > 1e-5 else 12
    made = plan(regions, kept, (gauss(order), gauss(1 if kept.spherical else order)))
    values = line_integrals(lines, rtol)
    return integrate(made.cells, made.shares, made.chart, values, rules=made.rules, rtol=rtol, first=made.first), made


def line_integrals(lines: SightLines, rtol: float, floor: float = 0.0) -> Callable[[Floats], Lines]:
    """Return the line integrals as a function of the direction, for a mean that is to be good to `rtol`."""

    def values(directions: Floats) -> Lines:
        found = lines.integrate(directions, rtol=_LINE_SHARE * rtol, floor=floor)
        return Lines(found.value, found.error, int(found.evaluations.sum()))

    return values


def _means(made: tuple[Integrated, Plan], regions: tuple[Region, ...], lines: SightLines) -> list[Mean]:
    found, _ = made
    cost = found.evaluations, found.sightlines
    areas = [region.solid_angle for region in regions]
    return [
        Mean(float(value / area), float(error / area), lines.unit, *cost)
        for value, error, area in zip(found.value, found.error, areas, strict=True)
    ]


def _ratio_error(made: tuple[Integrated, Plan], regions: tuple[Region, ...], ratio: float) -> float:
    """Return a bound of the error of numerator - ratio * denominator: cell by cell, so that shared cells cancel."""
    found, planned = made
    above, below = (region.solid_angle for region in regions)
    weights = planned.shares.matrix()
    per_patch = np.abs(weights[0] / above - ratio * weights[1] / below)
    rounding = ROUNDING * (abs(found.value[0]) / above + abs(ratio * found.value[1]) / below)
    return float(per_patch[found.cells.patch] @ found.measured.error + rounding)
