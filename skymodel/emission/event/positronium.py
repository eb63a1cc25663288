r"""Positronium: the 511 keV line, the three-photon continuum below it, and the photon bookkeeping.

Of the electrons that annihilate at low energy a fraction f, the positronium fraction, forms positronium, para : ortho =
1 : 3; the rest annihilates directly at rest. Para-positronium and annihilation at rest give two 511 keV photons,
ortho-positronium three with the spectrum of Ore & Powell (1949). Hence, per electron annihilated at low energy,
2 - 3f/2 line photons and 9f/4 continuum photons. Photons add up to (3f/4) 3 + (1 - 3f/4) 2, energy to 2 m.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inputs import fraction as checked_fraction
from skymodel.emission.event.inputs import photon_energy


class PhotonCount(NamedTuple):
    """Mean numbers of photons per electron annihilated at low energy: in the line, in the continuum below it."""

    line: Floats
    continuum: Floats


def photons_per_annihilation(fraction: ArrayLike = 1.0) -> PhotonCount:
    """Return the mean numbers of photons per electron annihilated at low energy.

    Parameters
    ----------
    fraction
        Positronium fraction f, 0 to 1.

    Examples
    --------
    >>> count = photons_per_annihilation(1.0)
    >>> float(count.line), float(count.continuum)
    (0.5, 2.25)
    """
    f = checked_fraction(fraction, "positronium_fraction")
    return PhotonCount(2 - 1.5 * f, 2.25 * f)


def positronium_per_line_photon(fraction: ArrayLike = 1.0) -> Floats:
    """Return the number of positronium atoms formed per 511 keV photon, f / (2 - 3f/2): 2 for f = 1.

    Parameters
    ----------
    fraction
        Positronium fraction f, 0 to 1.
    """
    f = checked_fraction(fraction, "positronium_fraction")
    return f / (2 - 1.5 * f)


def ortho_spectrum(k: ArrayLike) -> Floats:
    r"""Return the photon spectrum of ortho-positronium [MeV-1], of unit area, zero above the electron mass.

    Parameters
    ----------
    k
        Photon energy [MeV].

    Notes
    -----
    With :math:`x = k/m`, Ore & Powell 1949, Phys. Rev. 75, 1696:

    .. math:: \frac{2}{\pi^2 - 9} \left[ \frac{x (1-x)}{(2-x)^2} + \frac{2-x}{x}
              + 2 \left( \frac{1-x}{x^2} - \frac{(1-x)^2}{(2-x)^3} \right) \ln(1-x) \right]

    The brackets cancel to (5/6) x as x -> 0: below x = 0.02 a series is used.

    Examples
    --------
    >>> print(f"{ortho_spectrum(0.3):.6f}")
    2.321152
    """
    x = photon_energy(k) / ELECTRON_MASS
    inside = (x > 0) & (x <= 1)
    shape = np.where(x < 0.02, _series(x), _ore_powell(np.where(inside & (x < 1), x, 0.5)))
    shape = np.where(x == 1, 1.0, shape)
    return np.asarray(np.where(inside, 2 / (np.pi**2 - 9) / ELECTRON_MASS * shape, 0.0))[()]


def _ore_powell(x: Floats) -> Floats:
    logarithm = np.log1p(-x)
    rest = 1 - x
    return np.asarray(
        x * rest / (2 - x) ** 2 + (2 - x) / x + 2 * (rest / x**2 - rest**2 / (2 - x) ** 3) * logarithm,
    )


def _series(x: Floats) -> Floats:
    coefficients = (0, 5 / 6, 1 / 6, -1 / 15, -1 / 10, -29 / 420, -13 / 420, -1 / 315, 4 / 315)
    return np.asarray(np.polynomial.polynomial.polyval(x, coefficients))


def ortho_share(low: ArrayLike, high: ArrayLike) -> Floats:
    """Return the share of the ortho-positronium photons with low < k < high, from the closed form.

    Parameters
    ----------
    low, high
        Edges [MeV]; parts above the electron mass add nothing.

    Examples
    --------
    >>> print(f"{ortho_share(0.3, 0.6):.4f}")
    0.6529
    """
    return (_cumulative(high) - _cumulative(low))[()]


def _cumulative(k: ArrayLike) -> Floats:
    """Return the share of the photons below `k`, to an absolute 1e-14."""
    from scipy.special import spence

    x = np.clip(photon_energy(k) / ELECTRON_MASS, 1e-8, 1.0)  # 1e-8: the share below is 1e-16
    y = 1 - x
    log_y = np.log1p(-np.minimum(x, np.nextafter(1, 0)))  # finite at x = 1, where a zero multiplies it
    rational = 2 * y - 1 / (1 + y)
    logarithms = log_y * (y * (-2 / x - 4 / (1 + y) + (2 + y) / (1 + y) ** 2) + 2 * np.log1p(y))
    dilogarithms = 2 * spence(1 + y) + 2 * spence(1 - x)  # Li2(-y) and Li2(x)
    at_zero = 3.5 - np.pi**2 / 6
    return np.asarray((rational + logarithms + dilogarithms - at_zero) * 2 / (np.pi**2 - 9))
