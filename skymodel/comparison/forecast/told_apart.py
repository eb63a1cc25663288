"""Could two skies be told apart with an exposure? One p-value from mocks of counts, for two maps alone.

One sky, the mean of the two shapes, is seen twice with the counts that each map expects; how unlike the two mocks are
is compared with how unlike mocks of the two maps themselves are. No background is counted, so the p-value is the least
that the exposure allows; :mod:`skymodel.comparison.forecast.forecast` knows instruments and backgrounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.forecast.likelihood import Expected
from skymodel.comparison.forecast.mocks import all_statistics, p_values
from skymodel.comparison.likeness.field import Field, field_of
from skymodel.sky.healpix import pixel_area
from skymodel.sky.skymap import SkyMap

_STATISTIC = "cosine"


def p_value(
    first: SkyMap, second: SkyMap, region: Any, *, exposure: float, mocks: int = 1000, seed: int = 511
) -> float:
    """Return the median chance that one sky looks as unlike itself as the two maps do; 1/2 for equal maps.

    Parameters
    ----------
    first, second
        Intensities of one nside [cm-2 s-1 sr-1]; what is below zero counts as zero.
    region
        Where they are compared.
    exposure
        Effective area times time of either [cm2 s].
    mocks
        Of each hypothesis; the p-value is at least 1 / (mocks + 1).
    seed
        Of the mocks.

    Examples
    --------
    >>> from skymodel.comparison.rivals.skies import rival
    >>> wide, narrow = rival("knoedlseder2005").sky(16), rival("siegert2016").sky(16)
    >>> chances = [p_value(wide, other, "circle 0 0 20", exposure=1e9, mocks=200) for other in (wide, narrow)]
    >>> 0.3 < chances[0] < 0.7, chances[1] < 0.02
    (True, True)
    """
    field = field_of(region, first.nside)
    shapes = [_counts(sky, field, exposure) for sky in (first, second)]
    mean = shapes[0] / shapes[0].sum() + shapes[1] / shapes[1].sum()
    shared = [mean / mean.sum() * shape.sum() for shape in shapes]
    null = _unlike(shared, field, seed, 0, mocks)
    told = _unlike(shapes, field, seed, mocks, 2 * mocks)
    return float(np.median(p_values(null, told, seed)))


def _counts(sky: SkyMap, field: Field, exposure: float) -> Floats:
    counted = np.maximum(sky.values[field.pixels], 0.0) * exposure * pixel_area(field.nside)
    if not counted.sum() > 0:
        raise ValueError(f"the map {sky.name!r} is dark in the region: there are no counts to compare")
    return np.asarray(counted)


def _unlike(shapes: list[Floats], field: Field, seed: int, first: int, last: int) -> Floats:
    pair = (Expected(shapes[0], 0 * shapes[0]), Expected(shapes[1], 0 * shapes[1]))
    return all_statistics(pair, field, seed=seed, first=first, last=last, names=(_STATISTIC,))[_STATISTIC]
