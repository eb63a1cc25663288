r"""Direct annihilation e+ e- -> 2 gamma of an electron at rest in a positron Fermi gas (paper, eqs. 1-5).

Natural units, hbar = c = 1: energies k, E, mu in MeV (plain floats, arrays or energy Quantities), cross-sections in
MeV-2, rates per natural time (1/MeV; divide by ``constants.HBAR`` for s-1). Everything broadcasts. Photon energies
outside the kinematic range give zero, chemical potentials at or below the electron mass a ValueError.

Three slips of Lawson & Zhitnitsky (2007) are handled: eq. (3) prints (2 pi)^2 for (2 pi)^3; eq. (4) holds only between
the two photon energies of :func:`photon_range`; eq. (5), called the integral of (4), is the leading logarithm of the
number of *events*, and each event has two photons.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from profiles.contract.nodes import gauss_legendre
from skymodel.emission.event.constants import ALPHA, ELECTRON_MASS
from skymodel.emission.event.inputs import above_mass, photon_energy


class PhotonRange(NamedTuple):
    """The lowest and the highest photon energy [MeV]."""

    low: Floats
    high: Floats


def photon_range(E: ArrayLike) -> PhotonRange:
    """Return the photon energies [MeV] that a positron of total energy `E` [MeV] can give to one photon.

    The same two numbers bound eq. (4) when `E` is the chemical potential.

    Examples
    --------
    >>> low, high = photon_range(20.0)
    >>> print(f"{low:.5f} {high:.5f}")
    0.25876 20.25223
    """
    E = above_mass(E, "E")
    total = E + ELECTRON_MASS
    momentum = np.sqrt((E - ELECTRON_MASS) * total)
    # m (E + m) / (E + m +- p), the second in a form free of cancellation
    return PhotonRange(ELECTRON_MASS * total / (total + momentum), (total + momentum) / 2)


def threshold_energy(k: ArrayLike) -> Floats:
    """Return the least positron energy E_min(k) [MeV] that can give a photon of energy `k`; infinite for k <= m/2."""
    k = photon_energy(k)
    slack = 2 * k - ELECTRON_MASS
    reachable = slack > 0
    kinetic = 2 * (k - ELECTRON_MASS) ** 2 / np.where(reachable, slack, 1.0)
    return np.asarray(np.where(reachable, ELECTRON_MASS + kinetic, np.inf))[()]


def differential_cross_section(k: ArrayLike, E: ArrayLike) -> Floats:
    """Return d sigma / dk [MeV-3] of eq. (2), zero outside the kinematic range; it counts both photons.

    Parameters
    ----------
    k
        Photon energy in the electron's rest frame [MeV].
    E
        Total energy of the positron [MeV].
    """
    m = ELECTRON_MASS
    k, E = np.broadcast_arrays(photon_energy(k), above_mass(E, "E"))
    inside = (k > m / 2) & (threshold_energy(k) <= E)
    total = E + m
    k = np.where(inside, k, total / 2)
    u = total / (k * (total - k))  # 1/k + 1/k' of the two photons, in which eq. (2) is a parabola
    shape = (total + 2 * m) * u - (m * u) ** 2 - 2
    return np.asarray(np.where(inside, np.pi * ALPHA**2 / (m * (E - m) * total) * shape, 0.0))[()]


def total_cross_section(E: ArrayLike) -> Floats:
    """Return Dirac's cross-section [MeV-2] for annihilation on an electron at rest; it counts events.

    Parameters
    ----------
    E
        Total energy of the positron [MeV].

    References
    ----------
    Dirac 1930, Proc. Camb. Phil. Soc. 26, 361. Half the integral of eq. (2) over the photon energy.
    """
    rapidity = _rapidity(above_mass(E, "E"))
    c, s = np.cosh(rapidity), np.sinh(rapidity)
    return np.asarray(np.pi * (ALPHA / ELECTRON_MASS) ** 2 * _dirac(rapidity) / ((c + 1) * s * s))[()]


def _rapidity(E: Floats) -> Floats:
    """Return arccosh(E/m), accurate as E -> m."""
    kinetic = (E - ELECTRON_MASS) / ELECTRON_MASS
    return np.asarray(np.log1p(kinetic + np.sqrt(kinetic * (kinetic + 2))))


def _dirac(rapidity: Floats) -> Floats:
    """Return the bracket of Dirac's formula times sinh^2; it behaves as 2 * rapidity near threshold."""
    c, s = np.cosh(rapidity), np.sinh(rapidity)
    return np.asarray((c * c + 4 * c + 1) * rapidity - (c + 3) * s)


def photon_rate(k: ArrayLike, mu: ArrayLike) -> Floats:
    r"""Return the photon rate dI/(dk dt) of one electron [per MeV per natural time], eq. (4) in closed form.

    Zero outside the kinematic range, where the printed formula is negative or undefined.

    Parameters
    ----------
    k
        Photon energy [MeV].
    mu
        Chemical potential of the positrons [MeV], above the electron mass.

    Notes
    -----
    Eq. (2) integrated over the energy :math:`t = E + m - k` of the other photon from :math:`t_0 = k m/(2k - m)` to
    :math:`T = \mu + m - k`, written in :math:`d = T - t_0 = \mu - E_{min}(k)`, which is small near both ends:
    the rounding error is that of a last-digit change of `mu` or `k`.

    Examples
    --------
    >>> print(f"{photon_rate(5.0, 20.0):.6e}")
    1.659975e-03
    >>> float(photon_rate(21.0, 20.0))
    0.0
    """
    m = ELECTRON_MASS
    k, mu = np.broadcast_arrays(photon_energy(k), above_mass(mu))
    possible = k > m / 2
    k = np.where(possible, k, m)
    d = _headroom(k, mu)
    inside = possible & (d > 0)
    d = np.where(inside, d, 0.0)
    t_0 = k * m / (2 * k - m)
    T = t_0 + d
    smooth = d * ((T + t_0) / (2 * k) + m * (2 * k - m) / k * (1 / k - 1 / T))
    logarithm = (k + 2 * m - 2 * m * m / k) * np.log1p(d / t_0)
    return np.where(inside, ALPHA**2 / (np.pi * m) * (smooth + logarithm), 0.0)[()]


def _headroom(k: Floats, mu: Floats) -> Floats:
    """Return mu - E_min(k) [MeV] for k > m/2, in the form that keeps its digits: the first wins for k ~ m, mu ~ m."""
    m = ELECTRON_MASS
    slow = (mu - m) - 2 * (k - m) ** 2 / (2 * k - m)
    fast = (mu - k) + m * (k - m) / (2 * k - m)  # mu - k is exact where k -> k_max
    return np.where(k < 2 * m, slow, fast)


def photon_rate_integral(k: ArrayLike, mu: ArrayLike) -> Floats:
    """Return what :func:`photon_rate` returns, by integrating eq. (2) over the Fermi gas, eq. (1).

    The independent check of the closed form; 64 Gauss-Legendre nodes in ln(E + m - k), exact to rounding.

    Parameters
    ----------
    k, mu
        Photon energy and chemical potential [MeV].
    """
    m = ELECTRON_MASS
    k, mu = np.broadcast_arrays(photon_energy(k), above_mass(mu))
    lowest = threshold_energy(k)
    inside = lowest < mu
    k, lowest = np.where(inside, k, m), np.where(inside, lowest, m)
    start, stop = np.log(lowest + m - k), np.log(mu + m - k)
    nodes, weights = gauss_legendre(64)
    other = np.exp(start[..., None] + (stop - start)[..., None] * nodes)  # energy of the other photon
    E = np.maximum(other + k[..., None] - m, np.nextafter(m, 1.0))
    states = (E - m) * (E + m) / np.pi**2  # 2 * 4 pi p^2 dp / (2 pi)^3 * v, per dE
    integrand = states * differential_cross_section(k[..., None], E) * other
    return np.where(inside, (stop - start) * (integrand @ weights), 0.0)[()]


def event_rate(mu: ArrayLike) -> Floats:
    r"""Return the exact annihilation rate of one electron [per natural time]: half the integral of eq. (4).

    Parameters
    ----------
    mu
        Chemical potential of the positrons [MeV], above the electron mass.

    Notes
    -----
    The Fermi-gas integral of Dirac's cross-section, with :math:`\cosh\eta = E/m`,

    .. math:: \frac{\alpha^2 m}{\pi} \int_0^H \tanh(\eta/2) [(c^2 + 4c + 1) \eta - (c + 3) s] d\eta,

    in closed form through a dilogarithm; below mu = 1.54 m by Gauss-Legendre, since the closed form cancels there.

    Examples
    --------
    >>> print(f"{event_rate(20.0):.6e} {event_rate_leading_log(20.0):.6e}")
    2.166414e-02 2.432853e-02
    """
    H = _rapidity(above_mass(mu))
    integral, small = np.empty_like(H), H < 1.0
    integral[small] = fermi_gas_integral(H[small], 0)
    integral[~small] = _event_integral(H[~small])
    return np.asarray(ALPHA**2 * ELECTRON_MASS / np.pi * integral)[()]


def _event_integral(H: Floats) -> Floats:
    from scipy.special import spence

    c, s, fading = np.cosh(H), np.sinh(H), np.exp(-H)
    dilogarithm = spence(1 + fading)  # Li2(-exp(-H))
    tanh_integral = H * H / 2 - 2 * (np.pi**2 / 12 - H * np.log1p(fading) + dilogarithm)  # of eta tanh(eta/2)
    return np.asarray(H * (c + 3) ** 2 / 2 - 0.75 * (H + s * c) - 5 * s - 1.5 * H - 2 * tanh_integral)


def fermi_gas_integral(rapidity: Floats, power: int) -> Floats:
    """Return the integral of Dirac's rate times (E/m + 1)^power up to `rapidity`, in units of alpha^2 m / pi."""
    nodes, weights = gauss_legendre(40)  # poles at i pi: converged to rounding for rapidities up to 12
    eta = rapidity[..., None] * nodes
    integrand = np.tanh(eta / 2) * _dirac(eta) * (np.cosh(eta) + 1) ** power
    return np.asarray(rapidity * (integrand @ weights))


def event_rate_leading_log(mu: ArrayLike) -> Floats:
    """Return eq. (5), alpha^2 m / (2 pi) (mu/m)^2 ln(mu/m) [per natural time].

    Parameters
    ----------
    mu
        Chemical potential of the positrons [MeV], above the electron mass.

    Examples
    --------
    >>> from skymodel import event_rate, event_rate_leading_log
    >>> round(float(event_rate_leading_log(20.0) / event_rate(20.0)), 2)  # 12 % more than the exact rate at 20 MeV
    1.12
    """
    ratio = above_mass(mu) / ELECTRON_MASS
    return ALPHA**2 * ELECTRON_MASS / (2 * np.pi) * ratio**2 * np.log(ratio)


def mean_photon_energy(mu: ArrayLike) -> Floats:
    """Return the mean energy [MeV] of the photons of eq. (4): half the mean of E + m over the events.

    Parameters
    ----------
    mu
        Chemical potential of the positrons [MeV], above the electron mass.

    Examples
    --------
    >>> print(f"{mean_photon_energy(20.0):.4f}")
    7.1678
    """
    H = _rapidity(above_mass(mu))
    return ELECTRON_MASS / 2 * fermi_gas_integral(H, 1) / fermi_gas_integral(H, 0)
