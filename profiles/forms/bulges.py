"""Stars of the inner Galaxy: spherical and flattened bulges.

Amplitudes are number densities [cm-3] or, given as a Quantity, mass densities; ``from_mass`` sets them from a total.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Axisymmetric, Spherical
from profiles.contract.fields import InnerSlope, Length, NumberDensity, Positive
from profiles.contract.normalise import Normalised


@dataclass(frozen=True)
class HernquistBulge(Spherical, Normalised, smooth=True):
    r"""Hernquist bulge, :math:`n_0 / [x (1 + x)^3]`, :math:`x = r / a`.

    The defaults hold :math:`5 \times 10^9` solar masses of baryons, the bulge of gala's ``MilkyWayPotential``.

    Parameters
    ----------
    n_0
        Characteristic density [cm-3].
    a
        Scale radius [kpc].

    References
    ----------
    Hernquist 1990, ApJ 356, 359; the mass is :math:`2 \pi n_0 a^3`.

    Examples
    --------
    >>> from profiles import HernquistBulge
    >>> float(HernquistBulge(n_0=8.0, a=0.6).radial(0.6))  # at a one eighth of n_0
    1.0
    """

    n_0: NumberDensity = 32.2
    a: Length = 1.0

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        outer = r + self.a
        return (self.n_0 * self.a**4) / (r * outer * outer * outer)

    @property
    def volume(self) -> float:
        """2 pi a^3 [kpc3]."""
        return float(2 * math.pi * self.a**3)


@dataclass(frozen=True)
class GaussianBulge(Spherical, Normalised, smooth=True):
    r"""Gaussian bulge, :math:`n_0 \exp[-r^2 / (2 \sigma^2)]`.

    The default width is an 8 deg FWHM seen from 8.2 kpc, the bulge of Knoedlseder et al. 2005.

    Parameters
    ----------
    n_0
        Central density [cm-3].
    sigma
        Width of each coordinate [kpc].

    References
    ----------
    Knoedlseder et al. 2005, A&A 441, 513 (a Gaussian of 8 deg full width at half maximum).

    Examples
    --------
    >>> from profiles import GaussianBulge
    >>> bulge = GaussianBulge(n_0=1.0, sigma=0.5)
    >>> round(float(bulge.radial(0.5)), 6)  # exp(-1/2)
    0.606531
    """

    n_0: NumberDensity = 1.0
    sigma: Length = 0.486

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        return self.n_0 * array_namespace(r).exp((r * r) * (-0.5 / self.sigma**2))

    @property
    def volume(self) -> float:
        """(2 pi)^(3/2) sigma^3 [kpc3]."""
        return float((2 * math.pi) ** 1.5 * self.sigma**3)


@dataclass(frozen=True)
class PowerLawBulge(Axisymmetric, Normalised, smooth=True):
    r"""Flattened power law with a cut-off, :math:`n_0 (1 + m / r_0)^{-\alpha} e^{-(m / r_{cut})^2}`.

    :math:`m^2 = R^2 + (z / q)^2`. The defaults are the shape of McMillan 2017 and its central density,
    98.351 Msun pc-3, as baryons per cm3.

    Parameters
    ----------
    n_0
        Central density [cm-3].
    r_0
        Radius of the core [kpc].
    r_cut
        Radius of the cut-off [kpc].
    q
        Axis ratio z : R.
    alpha
        Slope between the two radii.

    References
    ----------
    McMillan 2017, MNRAS 465, 76, eq. (1); Bissantz & Gerhard 2002, MNRAS 330, 591.

    Examples
    --------
    >>> from profiles import PowerLawBulge
    >>> float(PowerLawBulge(n_0=3980.0).meridional(0.0, 0.0))  # finite at the centre
    3980.0
    """

    n_0: NumberDensity = 3980.0
    r_0: Length = 0.075
    r_cut: Length = 2.1
    q: Positive = 0.5
    alpha: Positive = 1.8

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        height = z / self.q
        m2 = R * R + height * height
        cut = xp.exp(m2 * (-1 / self.r_cut**2))
        return self.n_0 * cut * (1 + xp.sqrt(m2) / self.r_0) ** -self.alpha

    @property
    def volume(self) -> float:
        """4 pi q times the integral of m^2 f(m), by quadrature to 1e-12 [kpc3]."""
        from scipy.integrate import quad

        def shell(m: float) -> float:
            return float(m * m * math.exp(-((m / self.r_cut) ** 2)) * (1 + m / self.r_0) ** -self.alpha)

        end = 7 * self.r_cut  # exp(-49) is below rounding
        integral, _ = quad(shell, 0, end, epsabs=0, epsrel=1e-12, points=(self.r_cut,))
        return float(4 * math.pi * self.q * integral)


@dataclass(frozen=True)
class PowerLawSphere(Spherical, Normalised, smooth=True):
    r"""Spherical power law with a cut-off, :math:`n_1 (r / 1\,\mathrm{kpc})^{-\alpha} e^{-(r / r_{cut})^2}`.

    The defaults are the bulge of MWPotential2014, 0.222694 Msun pc-3 at 1 kpc, as baryons per cm3.

    Parameters
    ----------
    n_1
        Density at 1 kpc without the cut-off [cm-3].
    r_cut
        Radius of the cut-off [kpc].
    alpha
        Slope, below 3.

    References
    ----------
    Bovy 2015, ApJS 216, 29.

    Examples
    --------
    >>> from profiles import PowerLawSphere
    >>> bulge = PowerLawSphere(n_1=9.0, r_cut=2.0)
    >>> round(float(bulge.radial(1.0)), 4)  # n_1 exp(-1/4)
    7.0092
    """

    n_1: NumberDensity = 9.01
    r_cut: Length = 1.9
    alpha: InnerSlope = 1.8

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        return self.n_1 * array_namespace(r).exp((r * r) * (-1 / self.r_cut**2)) * r**-self.alpha

    @property
    def volume(self) -> float:
        """2 pi r_cut^(3 - alpha) Gamma((3 - alpha) / 2) [kpc3]."""
        return float(2 * math.pi * self.r_cut ** (3 - self.alpha) * math.gamma((3 - self.alpha) / 2))
