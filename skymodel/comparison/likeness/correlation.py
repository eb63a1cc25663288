"""How alike two maps are: Pearson, cosine, Spearman, the best amplitude and what it leaves, correlation by scale.

Each statistic weights a pixel with the share of it that the region covers. Errors are bounds from the maps' own
errors, to first order and added as correlated ones. What each sees, and is blind to, is said with it; for two
Gaussians of widths s1, s2 (S2 = s1^2 + s2^2) at a distance d the cosine is (2 s1 s2 / S2) exp(-d^2 / 2 S2). All are
of the pixels' means, as anybody computes them: with pixels of side h put s^2 + h^2 / 12 for each s^2. At nside 256 that
changes the cosine by 3e-4 for widths of 2 deg and by less than 1e-4 from 5 deg; at nside 64 by 16 times as much.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats
from skymodel.bounded import Bounded
from skymodel.sky.region import as_region
from skymodel.sky.regions import ALL_SKY
from skymodel.sky.skymap import SkyMap

_SUMMED = 1e-13  # rounding of sums over a million pixels


class Overlap(NamedTuple):
    """Two maps where a region covers them: values, errors and weights ``(N,)``; the weights sum to 1."""

    first: Floats
    second: Floats
    first_error: Floats
    second_error: Floats
    weight: Floats

    def mean(self, values: Floats) -> float:
        """Return the weighted mean of one value a pixel, summed in pairs: a dot product may round 1e3 times as much."""
        return float(np.sum(self.weight * values))


def overlap(first: SkyMap, second: SkyMap, region: Any = ALL_SKY) -> Overlap:
    """Return two maps of one nside within a region.

    Raises
    ------
    ValueError
        If the resolutions differ, the region is empty, or pixels of it are masked.
    """
    if first.nside != second.nside:
        raise ValueError(f"nside {first.nside} and {second.nside}; allowed: one nside (see morphology.common_nside)")
    part = as_region(region)
    share = part.coverage(first.nside)
    kept = np.flatnonzero(share)
    if kept.size == 0:
        raise ValueError(f"the region {part.name} is empty")
    if kept.size == 1:
        raise ValueError(f"the region {part.name} is smaller than a pixel of nside {first.nside}: nothing to correlate")
    for sky in (first, second):
        if bad := int(sky.masked[kept].sum()):
            raise ValueError(
                f"{bad} of the {kept.size} pixels of {part.name} are masked in the map {sky.name!r}; choose a region "
                "without them"
            )
    values, error = ([getattr(sky, name)[kept] for sky in (first, second)] for name in ("values", "error"))
    return Overlap(values[0], values[1], error[0], error[1], share[kept] / share.sum())


def pearson(first: SkyMap, second: SkyMap, region: Any = ALL_SKY) -> Bounded:
    """Return the correlation of the maps' departures from their means, -1 to 1.

    Sees every difference in shape, weighted by brightness squared: the brightest pixels decide. Blind to scaling and
    to a constant background. 1 for identical and for scaled maps.

    Raises
    ------
    ValueError
        If a map is constant in the region, within its errors.
    """
    both = overlap(first, second, region)
    a, b = (values - both.mean(values) for values in both[:2])
    _require_varied(first, both.first, both.first_error)
    _require_varied(second, both.second, both.second_error)
    return _correlation(a, b, both)


def cosine(first: SkyMap, second: SkyMap, region: Any = ALL_SKY) -> Bounded:
    """Return the cosine between the maps as vectors, 0 to 1 where neither is negative.

    Sees shape, weighted by brightness squared; blind to scaling. Unlike Pearson it counts a shared background as
    likeness. 1 for identical and for scaled maps.

    Raises
    ------
    ValueError
        If a map is zero in the region.
    """
    both = overlap(first, second, region)
    for sky, values in ((first, both.first), (second, both.second)):
        if not values.any():
            raise ValueError(f"the map {sky.name!r} is zero in the region: it has no direction")
    return _correlation(both.first, both.second, both)


def spearman(first: SkyMap, second: SkyMap, region: Any = ALL_SKY) -> Bounded:
    """Return the correlation of the pixels' ranks, -1 to 1.

    Sees whether the order of brightness is the same, all pixels alike: faint ones decide. Blind to any transformation
    that keeps the order. The error counts the ranks that the maps' errors leave open.

    Raises
    ------
    ValueError
        If a map is constant in the region.
    """
    from scipy.stats import rankdata

    both = overlap(first, second, region)
    ranks = [rankdata(_without_rounding(values)) for values in both[:2]]
    _require_varied(first, ranks[0])
    _require_varied(second, ranks[1])
    open_ranks = [_open_ranks(values, error) for values, error in zip(both[:2], both[2:4], strict=True)]
    a, b = (rank - both.mean(rank) for rank in ranks)
    return _correlation(a, b, both._replace(first_error=open_ranks[0], second_error=open_ranks[1]))


class Fit(NamedTuple):
    """The amplitude that brings one map closest to another, and what is left.

    Parameters
    ----------
    amplitude
        Least-squares factor, in units of the second map per unit of the first.
    explained
        Share of the second map's squared brightness that the scaled first one accounts for.
    residual
        Second map minus scaled first; UNSEEN outside the region.
    """

    amplitude: Bounded
    explained: Bounded
    residual: SkyMap


def amplitude(first: SkyMap, second: SkyMap, region: Any = ALL_SKY) -> Fit:
    """Return the factor by which the first map fits the second best, all pixels weighted alike.

    Sees the scale, which the correlations are blind to, and where the maps differ. Scaling the second map scales it;
    smearing or shifting the second lowers it.

    Raises
    ------
    ValueError
        If the first map is zero in the region.
    """
    likeness = cosine(first, second, region)  # the checks are its own
    both = overlap(first, second, region)
    power = both.mean(both.first**2)
    factor = both.mean(both.first * both.second) / power
    residual = both.second - factor * both.first
    slope = np.abs(residual - factor * both.first)  # d factor / d first_i, times power / weight_i
    error = both.mean(slope * both.first_error + np.abs(both.first) * both.second_error) / power
    left = second.values - factor * first.values
    spread = second.error + abs(factor) * first.error + np.abs(first.values) * error
    rest = replace(second, values=left, error=spread, name=f"{second.name} - {factor:.4g} {first.name}".strip())
    share = Bounded(likeness.value**2, 2 * abs(likeness.value) * likeness.error)
    return Fit(Bounded(factor, error + ROUNDING * abs(factor)), share, rest.cut(region))


class Spectrum(NamedTuple):
    """The correlation of two maps by angular scale: r_l at degrees l (about 180 deg / l), each with its error.

    Parameters
    ----------
    degree, correlation, error
        l, r_l and its error ``(lmax,)``.
    powers
        C_l of the first and of the second map ``(2, lmax)``.
    noise
        What the errors of each map add to its C_l ``(2,)``.
    """

    degree: Floats
    correlation: Floats
    error: Floats
    powers: Floats
    noise: Floats

    def over(self, low: int, high: int) -> Bounded:
        """Return the correlation of the maps filtered to the degrees from `low` to `high`.

        Each of the 2 l + 1 harmonics of each degree counts with its power, so that degrees without power do not.

        Raises
        ------
        ValueError
            Unless both are among the degrees.
        """
        if not 1 <= low <= high <= self.degree[-1]:
            raise ValueError(f"degrees {low} to {high}; allowed: 1 <= low <= high <= {self.degree[-1]:.0f}")
        kept = slice(low - 1, high)
        modes = 2 * self.degree[kept] + 1
        first, second = self.powers[:, kept]
        size = [float(modes @ power) for power in (first, second)]
        r = float(modes @ (self.correlation[kept] * np.sqrt(first * second))) / np.sqrt(size[0] * size[1])
        angle = np.sqrt(self.noise * modes.sum() / size).sum()
        return Bounded(r, float(_turned(r, angle)))


def cross_spectrum(first: SkyMap, second: SkyMap, region: Any = None, lmax: int | None = None) -> Spectrum:
    """Return r_l = C_l(first, second) / sqrt(C_l(first) C_l(second)) for l = 1 to lmax.

    Sees at which scales maps agree; blind to scaling, to smearing with any symmetric beam and to sharpening. A shift
    lowers it at scales below the shift. A region multiplies the maps by its coverage, which mixes neighbouring degrees
    (over about 180 deg / its size): then compare with mocks, not with 1. Errors take those of pixels as independent.

    Parameters
    ----------
    lmax
        Largest degree, by default 2 nside.

    Raises
    ------
    ValueError
        If a map is constant in the region, or masked there.
    """
    import healpy

    both = overlap(first, second, ALL_SKY if region is None else region)
    degree = np.arange(1, (2 * first.nside if lmax is None else lmax) + 1)
    share = np.ones(first.values.size) if region is None else as_region(region).coverage(first.nside)
    fields = []
    for sky, values, error in ((first, both.first, both.first_error), (second, both.second, both.second_error)):
        _require_varied(sky, values, error)
        fields.append(np.where(share > 0, share * (sky.values - both.mean(values)), 0.0))
    cross, auto_a, auto_b = (
        healpy.anafast(a, b, lmax=int(degree[-1]), iter=3, use_weights=True, pol=False)[1:]
        for a, b in (fields, (fields[0], fields[0]), (fields[1], fields[1]))
    )
    noise = first.pixel_area * np.array(
        [np.mean((share * np.where(share > 0, sky.error, 0)) ** 2) for sky in (first, second)]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.clip(cross / np.sqrt(auto_a * auto_b), -1.0, 1.0)
        angle = np.sqrt(noise[0] / auto_a) + np.sqrt(noise[1] / auto_b)  # by which the vectors of a_lm may turn
    return Spectrum(degree.astype(np.float64), ratio, _turned(ratio, angle), np.stack([auto_a, auto_b]), noise)


def _turned(cosine: Any, angle: Any) -> Any:
    """Return by how much a cosine may change when its vectors turn by a small angle."""
    return angle * np.sqrt(np.maximum(1 - cosine**2, 0.0)) + angle**2 / 2 + ROUNDING


def _correlation(a: Floats, b: Floats, both: Overlap) -> Bounded:
    """Return the weighted cosine between two vectors; its error to second order, as the first vanishes at 1."""
    power_a, power_b = both.mean(a**2), both.mean(b**2)
    scale = np.sqrt(power_a * power_b)
    value = both.mean(a * b) / scale
    slopes = np.abs(b / scale - value * a / power_a), np.abs(a / scale - value * b / power_b)
    first = both.mean(slopes[0] * both.first_error + slopes[1] * both.second_error)
    second = both.mean(both.first_error**2) / power_a + both.mean(both.second_error**2) / power_b
    return Bounded(value, min(first + second + _SUMMED, 1 + abs(value)))  # whatever the errors, it is from -1 to 1


def _require_varied(sky: SkyMap, values: Floats, error: Any = 0.0) -> None:
    size = max(ROUNDING * float(np.abs(values).max()), 2 * float(np.median(np.nan_to_num(error))))
    if float(np.ptp(values)) <= size:
        raise ValueError(f"the map {sky.name!r} is constant in the region: its correlation is undefined")


def _without_rounding(values: Floats) -> Floats:
    """Return values to 12 digits, so that pixels which are equal by symmetry are not ranked by their rounding."""
    size = np.abs(values)
    scale = 10.0 ** (11 - np.floor(np.log10(np.where(size > 0, size, 1.0))))
    return np.asarray(np.round(values * scale) / scale)


def _open_ranks(values: Floats, error: Floats) -> Floats:
    """Return by how many places each rank may be wrong, given intervals value +- error; true ties are not open."""
    if not np.isfinite(error).all():
        return np.full(values.shape, np.nan)
    reach = error + 1e-11 * np.abs(values)  # the digits that `_without_rounding` keeps
    below, up_to = _places(values, 0 * reach)
    surely_below, perhaps_up_to = _places(values, reach)
    return np.asarray(np.maximum(below - surely_below, perhaps_up_to - up_to), dtype=np.float64)


def _places(values: Floats, reach: Floats) -> tuple[Any, Any]:
    """Return how many values lie surely below each, and how many may lie below it or beside it."""
    low, high = values - reach, values + reach
    return np.searchsorted(np.sort(high), low, side="left"), np.searchsorted(np.sort(low), high, side="right")
