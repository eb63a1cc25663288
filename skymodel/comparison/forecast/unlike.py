"""Statistics of many pairs of noisy maps at once: how unlike two bands are, for mocks.

Each takes two arrays ``(mocks, pixels)`` of counts minus background and returns ``(mocks,)``, the larger the more
unlike. Noise is in all of them, so their values mean something only beside those of mocks of one origin.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.likeness.field import Field
from skymodel.comparison.likeness.scales import SCALES, scale_correlation

Statistic = Callable[[Floats, Floats, Field], Floats]


def unlike_pearson(a: Floats, b: Floats, field: Field) -> Floats:
    """Return 1 minus Pearson's correlation."""
    return unlike_cosine(a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True), field)


def unlike_cosine(a: Floats, b: Floats, field: Field) -> Floats:
    """Return 1 minus the cosine."""
    size = np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b))
    return np.asarray(1 - np.einsum("ij,ij->i", a, b) / np.where(size > 0, size, 1.0))


def unlike_spearman(a: Floats, b: Floats, field: Field) -> Floats:
    """Return 1 minus the correlation of ranks."""
    from scipy.stats import rankdata

    return unlike_pearson(rankdata(a, axis=1), rankdata(b, axis=1), field)


def centroid_distance(a: Floats, b: Floats, field: Field) -> Floats:
    """Return the distance of the centroids [deg], of what is positive: noise below zero points nowhere."""
    offsets = [
        _mean(np.maximum(a, 0), angle) - _mean(np.maximum(b, 0), angle)
        for angle in (field.lon * np.cos(np.radians(field.lat)), field.lat)
    ]
    return np.asarray(np.hypot(*offsets))


def width_difference(a: Floats, b: Floats, field: Field) -> Floats:
    """Return how much the root mean square distances from (0, 0) differ [deg]."""
    squared = (field.lon * np.cos(np.radians(field.lat))) ** 2 + field.lat**2
    wide = [np.sqrt(_mean(np.maximum(counted, 0), squared)) for counted in (a, b)]
    return np.asarray(np.abs(wide[0] - wide[1]))


def concentration_gap(a: Floats, b: Floats, field: Field) -> Floats:
    """Return the largest difference of the two shares of flux within an angle of the centre."""
    radius = np.degrees(np.arccos(np.cos(np.radians(field.lat)) * np.cos(np.radians(field.lon))))
    rings = (radius[:, None] <= np.linspace(1.0, float(radius.max()), 24)).astype(np.float64)
    shares = [counted @ rings / _total(counted)[:, None] for counted in (a, b)]
    return np.asarray(np.abs(shares[0] - shares[1]).max(axis=1))


def unlike_scales(a: Floats, b: Floats, field: Field, *, scales: tuple[int, int]) -> Floats:
    """Return 1 minus the correlation of the maps filtered to a range of degrees."""
    return np.asarray(1 - scale_correlation(a, b, field, scales))


STATISTICS: Mapping[str, Statistic] = {
    "pearson": unlike_pearson,
    "cosine": unlike_cosine,
    "spearman": unlike_spearman,
    "centroid": centroid_distance,
    "width": width_difference,
    "concentration": concentration_gap,
} | {f"scales l = {low}-{high}": functools.partial(unlike_scales, scales=(low, high)) for low, high in SCALES}


def _mean(weight: Floats, values: Floats) -> Floats:
    return np.asarray(weight @ values / _total(weight))


def _total(weight: Floats) -> Floats:
    total = weight.sum(axis=1)
    return np.asarray(np.where(total == 0, 1.0, total))
