"""The correlation of two bands by angular scale in the pixels of a mask, of many pairs at once.

A mask mixes neighbouring degrees (over about 180 deg / its size) and noise lowers every correlation, so r_l is not
compared with 1 but with mocks of one origin in the same pixels (:func:`skymodel.comparison.forecast.mocks.calibrated`).
Degrees are taken in ranges: r is the correlation of the two maps filtered to these degrees, so that each of the 2 l + 1
harmonics of each degree counts with its power.
"""

from __future__ import annotations

import functools

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.likeness.field import Field
from skymodel.sky.healpix import pixel_area

SCALES = ((1, 9), (10, 19), (20, 39))  # degrees: scales above 20 deg, to 9 deg, to 4.5 deg


def scale_correlation(a: Floats, b: Floats, field: Field, degrees: tuple[int, int]) -> Floats:
    """Return r of a range of degrees for many pairs ``(mocks,)``, -1 to 1.

    ``r = sum (2 l + 1) C_l(a, b) / sqrt(sum (2 l + 1) C_l(a) sum (2 l + 1) C_l(b))`` with the pseudo-spectra of the
    field's pixels, their mean taken off; l runs from the first to the last of `degrees`. Sees agreement at one scale;
    blind to scaling, and nearly to smearing and sharpening. 0 where a map is constant.

    Parameters
    ----------
    a, b
        Values ``(mocks, pixels)``.
    field
        Whose pixels they are: the mask.
    degrees
        First and last.

    Raises
    ------
    ValueError
        Unless 1 <= first <= last < 3 nside.
    """
    low, high = degrees
    if not 1 <= low <= high < 3 * field.nside:
        raise ValueError(f"degrees {low} to {high}; allowed: 1 <= first <= last < {3 * field.nside}, 3 nside")
    kernel = _kernel(field, low, high)
    a, b = (values - values.mean(axis=1, keepdims=True) for values in (a, b))
    through = a @ kernel
    cross, power_a = (np.einsum("ij,ij->i", through, other) for other in (b, a))
    size = np.sqrt(np.maximum(power_a * np.einsum("ij,ij->i", b @ kernel, b), 0.0))
    return np.asarray(np.clip(cross / np.where(size > 0, size, 1.0), -1.0, 1.0))


@functools.lru_cache(maxsize=8)
def _kernel(field: Field, low: int, high: int) -> Floats:
    """Return K ``(pixels, pixels)`` with ``sum_l (2 l + 1) C_l(a, b) = a K b``, by the harmonics' addition theorem."""
    import healpy

    vectors = np.stack(healpy.pix2vec(field.nside, field.pixels), axis=1)
    degree = np.arange(high + 1)
    series = np.where(degree >= low, 2 * degree + 1, 0) * pixel_area(field.nside) ** 2 / (4 * np.pi)
    return np.asarray(np.polynomial.legendre.legval(np.clip(vectors @ vectors.T, -1.0, 1.0), series))
