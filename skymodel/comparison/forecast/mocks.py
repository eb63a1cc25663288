"""Mock observations: Poisson counts of a sky through a beam, and statistics of many pairs of them at once.

Counts are exposure x pixel x (sky through the beam + background); only the pixels of a region are kept. Mock i comes
from the counter-based Philox generator at counter i, so that it is the same in every batch. The statistics are those of
:mod:`skymodel.comparison.forecast.unlike`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.forecast.likelihood import Expected, likelihood_root
from skymodel.comparison.forecast.observations import Observation
from skymodel.comparison.forecast.unlike import STATISTICS
from skymodel.comparison.likeness.field import Field
from skymodel.comparison.likeness.scales import SCALES, scale_correlation
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.healpix import pixel_area
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth


def expected(sky: SkyMap, seen_by: Observation, field: Field, foreground: SkyMap | None = None) -> Expected:
    """Return the expected counts in a field.

    Parameters
    ----------
    sky, foreground
        Intensities [cm-2 s-1 sr-1] at the field's nside or finer; the foreground counts as background.
    seen_by
        Beam, exposure and background.
    field
        Which pixels.
    """
    unit = seen_by.exposure * pixel_area(field.nside)
    signal = seen(sky, seen_by.fwhm, field)
    other = 0.0 if foreground is None else seen(foreground, seen_by.fwhm, field)
    return Expected(unit * signal, unit * (np.full(signal.shape, seen_by.background) + other))


@functools.lru_cache(maxsize=256)
def seen(sky: SkyMap, fwhm: float, field: Field) -> Floats:
    """Return a sky through a beam in the pixels of a field ``(pixels,)``, means over these if the map is finer.

    Parameters
    ----------
    sky
        At the field's nside or finer.
    fwhm
        Full width at half maximum of the beam [deg].
    field
        Which pixels.
    """
    values = smooth(sky, GaussianBeam(fwhm)).regrid(field.nside).values[field.pixels]
    found: Floats = np.maximum(values, 0.0)  # a beam's harmonics leave rounding below 0
    found.setflags(write=False)
    return found


def counts(wanted: Expected, seed: int, first: int, last: int, *, band: int = 0) -> Floats:
    """Return the counts ``(last - first, pixels)`` of the mocks `first` <= i < `last`.

    Parameters
    ----------
    wanted
        Expected counts.
    seed
        Of all mocks.
    band
        Which of a mock's bands: 0 and 1 of one mock are independent.

    Examples
    --------
    >>> flat = Expected(np.ones(4), np.ones(4))
    >>> bool((counts(flat, 1, 0, 9)[5:] == counts(flat, 1, 5, 9)).all())
    True
    """
    mean = wanted.signal + wanted.background
    return np.stack([_philox(seed, band, mock).poisson(mean) for mock in range(first, last)]).astype(np.float64)


def _philox(seed: int, band: int, mock: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, band, mock]))


LIKELIHOOD = "likelihood ratio"


def all_statistics(
    pair: tuple[Expected, Expected],
    field: Field,
    *,
    seed: int,
    first: int,
    last: int,
    hypotheses: tuple[Expected, Expected] | None = None,
    names: tuple[str, ...] = tuple(STATISTICS),
) -> dict[str, Floats]:
    """Return each statistic of the mocks `first` <= i < `last` of a pair of bands.

    Parameters
    ----------
    pair
        What is expected of the two bands: the truth of these mocks.
    hypotheses
        For the likelihood ratio, of the second band: shaped as the first, and as the other; without them it is left
        out.
    names
        Which of the simple statistics.
    """
    drawn = [counts(wanted, seed, first, last, band=band) for band, wanted in enumerate(pair)]
    first_band, second_band = (counted - wanted.background for counted, wanted in zip(drawn, pair, strict=True))
    found = {name: STATISTICS[name](first_band, second_band, field) for name in names}
    if hypotheses is not None:
        found[LIKELIHOOD] = likelihood_root(drawn[1], *hypotheses)
    return found


def p_values(null: Floats, tested: Floats, seed: int) -> Floats:
    """Return the share of the null above each tested value, ties broken at random: uniform if it is of the null.

    Parameters
    ----------
    null, tested
        Values of a statistic, of mocks that must be disjoint.
    seed
        Of the ties and of the place between two values of the null.
    """
    ordered = np.sort(null)
    low, high = (np.searchsorted(ordered, tested, side=side) for side in ("left", "right"))
    share = _philox(seed, 0, 0).random(tested.size)
    return np.asarray((null.size - high + share * (high - low + 1)) / (null.size + 1))


def two_sided(p: Floats) -> Floats:
    """Return p-values for a departure to either side: a peaked sky may correlate better through noise than one origin.

    Uniform if `p` is.
    """
    return np.asarray(2 * np.minimum(p, 1 - p))


def calibrated(
    one_origin: tuple[Expected, Expected],
    counted: tuple[Floats, Floats],
    field: Field,
    *,
    scales: Sequence[tuple[int, int]] = SCALES,
    mocks: int = 1000,
    seed: int = 511,
) -> Any:
    """Return the table of r by scale of two observed bands against mocks of one origin in the same mask.

    Parameters
    ----------
    one_origin
        What is expected of the two bands if they have one origin.
    counted
        What was counted in each ``(pixels,)``.
    field
        The mask.
    scales
        Ranges of degrees; ``((7, 7),)`` is r_7.
    mocks, seed
        Of the null.

    Returns
    -------
    QTable
        A row for each range: l_min, l_max, r, the mean and standard deviation of r under one origin, and the
        two-sided p-value of r among the mocks.
    """
    from astropy.table import QTable

    drawn = [counts(wanted, seed, 0, mocks, band=band) for band, wanted in enumerate(one_origin)]
    null = [made - wanted.background for made, wanted in zip(drawn, one_origin, strict=True)]
    seen = [(made - wanted.background)[None] for made, wanted in zip(counted, one_origin, strict=True)]
    rows = []
    for low, high in scales:
        among, r = (scale_correlation(*pair, field, (low, high)) for pair in ((null[0], null[1]), (seen[0], seen[1])))
        p = float(two_sided(p_values(among, r, seed))[0])
        rows.append((low, high, float(r[0]), float(among.mean()), float(among.std()), p))
    return QTable(rows=rows, names=("l_min", "l_max", "r", "expected", "spread", "p"))
