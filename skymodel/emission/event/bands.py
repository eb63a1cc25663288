"""Energy bands, and how many photons of direct annihilation fall into one.

A :class:`Band` is a name and two energies [MeV]. :data:`LINE_511` stands for the 511 keV line itself, its edges being
what file headers hold; :data:`CONTINUUM_1_20` is the band of the paper. Integrals over a band are exact to rounding:
the spectrum's support (:func:`~skymodel.emission.event.annihilation.photon_range`) cuts the band, and between its ends
one substitution makes eq. (4) smooth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from profiles.contract.nodes import gauss_legendre
from skymodel.emission.event.annihilation import event_rate, photon_range, photon_rate
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inputs import above_mass, plain


@dataclass(frozen=True)
class Band:
    """An energy band, low <= k < high.

    Parameters
    ----------
    name
        What maps and tables call it, for example "CONTINUUM_1_20".
    low, high
        Its edges [MeV], or energy Quantities.

    Examples
    --------
    >>> from astropy import units as u
    >>> Band("MY_BAND", 300 * u.keV, 3.0)
    Band(name='MY_BAND', low=0.3, high=3.0)
    """

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        """Turn Quantities into MeV and check that 0 < low < high."""
        for edge in ("low", "high"):
            object.__setattr__(self, edge, float(plain(getattr(self, edge), "MeV", f"band {self.name}.{edge}")))
        if not 0 < self.low < self.high < np.inf:
            raise ValueError(f"band {self.name}: {self.low} to {self.high} MeV; edges must satisfy 0 < low < high")

    @property
    def holds_line(self) -> bool:
        """Whether the 511 keV line lies in the band."""
        return self.low <= ELECTRON_MASS < self.high


LINE_511 = Band("LINE_511", 0.506, 0.516)
CONTINUUM_1_20 = Band("CONTINUUM_1_20", 1.0, 20.0)


def band_photon_rate(low: ArrayLike, high: ArrayLike, mu: ArrayLike, *, energy_power: int = 0) -> Floats:
    r"""Return the integral of eq. (4), times k^energy_power, over low < k < high [per natural time, MeV^power].

    Parameters
    ----------
    low, high
        Edges [MeV], any shapes that broadcast with `mu`; parts outside the kinematic range add nothing.
    mu
        Chemical potential of the positrons [MeV].
    energy_power
        0 counts photons, 1 sums their energies.

    Notes
    -----
    The integrand has logarithmic singularities just outside its support, at k = m/2 and k = mu + m. In
    y = ln[(2k - m) / (mu + m - k)] both are at infinity and the nearest poles i pi away, so that 64 Gauss-Legendre
    nodes reach rounding for mu up to 100 MeV (1e-11 at 1 GeV, 1e-8 at 10 GeV, for want of digits near k = m/2).
    """
    m = ELECTRON_MASS
    low, high, mu = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float), above_mass(mu))
    support = photon_range(mu)
    start = np.clip(low, support.low, support.high)
    stop = np.clip(high, support.low, support.high)
    y_start, y_stop = (np.log((2 * k - m) / (mu + m - k)) for k in (start, stop))
    nodes, weights = gauss_legendre(64)
    odds = np.exp(y_start[..., None] + (y_stop - y_start)[..., None] * nodes)
    top = (mu + m)[..., None]
    k = (m + top * odds) / (2 + odds)
    jacobian = odds * (2 * top - m) / (2 + odds) ** 2
    integrand = photon_rate(k, mu[..., None]) * jacobian * k**energy_power
    return np.asarray((y_stop - y_start) * (integrand @ weights))[()]


def photon_share(band: Band, mu: ArrayLike) -> Floats:
    """Return the share of the photons of direct annihilation that fall into `band`, between 0 and 1.

    Parameters
    ----------
    band
        The energy band.
    mu
        Chemical potential of the positrons [MeV].

    Examples
    --------
    >>> print(f"{photon_share(CONTINUUM_1_20, 20.0):.4f}")
    0.7837
    """
    return band_photon_rate(band.low, band.high, mu) / (2 * event_rate(mu))
