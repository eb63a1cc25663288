r"""Dark-matter halos, a shape each: :class:`~profiles.forms.halo.Halo` says how every one of them is made.

The names of the parameters are gammapy's. Default numbers are those of Cirelli et al. 2011 (PPPC4DMID, arXiv:1012.4515,
table 1: 0.3 GeV cm-3 at 8.33 kpc) unless a class says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array
from profiles.contract.fields import InnerSlope, Length, MassDensity, Number, Positive
from profiles.forms.halo import Halo


@dataclass(frozen=True)
class NFW(Halo, smooth=True):
    r"""Navarro-Frenk-White halo, :math:`\rho_s / [x (1 + x)^2]`, :math:`x = r / r_s`.

    Parameters
    ----------
    rho_s
        Four times the density at ``r_s`` [GeV cm-3].
    r_s
        Scale radius, where the logarithmic slope is -2 [kpc].

    References
    ----------
    Navarro, Frenk & White 1996, ApJ 462, 563.

    Examples
    --------
    >>> from profiles import NFW
    >>> float(NFW(rho_s=0.3, r_s=20.0).radial(20.0))
    0.075
    """

    rho_s: MassDensity = 0.184
    r_s: Length = 24.42

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        outer = r + self.r_s
        return (self.rho_s * self.r_s**3) / (r * outer * outer)


@dataclass(frozen=True)
class GeneralizedNFW(Halo, smooth=True):
    r"""NFW halo with a free inner slope, :math:`\rho_s x^{-\gamma} (1 + x)^{\gamma - 3}`, :math:`x = r / r_s`.

    The defaults are those of the Fermi-LAT line searches (arXiv:1305.5597): 0.4 GeV cm-3 at 8.5 kpc.

    Parameters
    ----------
    rho_s
        Characteristic density [GeV cm-3].
    r_s
        Scale radius [kpc].
    gamma
        Inner slope, below 3.

    References
    ----------
    Zhao 1996, MNRAS 278, 488, with (alpha, beta) = (1, 3).

    Examples
    --------
    >>> from profiles import GeneralizedNFW
    >>> round(float(GeneralizedNFW(rho_s=1.0, r_s=1.0, gamma=1.2).radial(1.0)), 12) == round(2**-1.8, 12)
    True
    """

    rho_s: MassDensity = 0.2401
    r_s: Length = 20.0
    gamma: InnerSlope = 1.3

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        x = r / self.r_s
        return self.rho_s * x**-self.gamma * (1 + x) ** (self.gamma - 3)


@dataclass(frozen=True)
class Zhao(Halo, smooth=True):
    r"""Double power law, :math:`\rho_s x^{-\gamma} (1 + x^\alpha)^{(\gamma - \beta)/\alpha}`, :math:`x = r / r_s`.

    (alpha, beta, gamma) = (1, 3, 1) is NFW, the default; (1, 4, 1) a Hernquist halo, (1.5, 3, 1.5) that of Moore et al.
    1999, (2, 2, 0) the cored isothermal.

    Parameters
    ----------
    rho_s
        Characteristic density [GeV cm-3].
    r_s
        Scale radius [kpc].
    alpha
        Sharpness of the turn-over; gammapy's parameter of this name is its inverse.
    beta
        Outer slope.
    gamma
        Inner slope, below 3.

    References
    ----------
    Zhao 1996, MNRAS 278, 488.

    Examples
    --------
    >>> from profiles import Zhao
    >>> float(Zhao(rho_s=4.0, r_s=20.0, alpha=1, beta=3, gamma=1).radial(20.0))  # an NFW halo
    1.0
    """

    rho_s: MassDensity = 0.184
    r_s: Length = 24.42
    alpha: Positive = 1.0
    beta: Number = 3.0
    gamma: InnerSlope = 1.0

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        x = r / self.r_s
        return self.rho_s * x**-self.gamma * (1 + x**self.alpha) ** ((self.gamma - self.beta) / self.alpha)


@dataclass(frozen=True)
class Moore(Halo, smooth=True):
    r"""Steep halo, :math:`\rho_s x^{-1.16} (1 + x)^{-1.84}`, :math:`x = r / r_s`.

    The form of Diemand et al. 2004 that PPPC4DMID calls Moore. The original slope 1.5 of Moore et al. 1999 is
    ``Zhao(alpha=1.5, beta=3, gamma=1.5)``.

    Parameters
    ----------
    rho_s
        Characteristic density [GeV cm-3].
    r_s
        Scale radius [kpc].

    References
    ----------
    Diemand, Moore & Stadel 2004, MNRAS 353, 624.

    Examples
    --------
    >>> from profiles import Moore
    >>> round(float(Moore(rho_s=1.0, r_s=1.0).radial(1.0)), 12) == round(2**-1.84, 12)
    True
    """

    rho_s: MassDensity = 0.105
    r_s: Length = 30.28

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        x = r / self.r_s
        return self.rho_s * x**-1.16 * (1 + x) ** -1.84


@dataclass(frozen=True)
class Einasto(Halo, smooth=True):
    r"""Einasto halo, :math:`\rho_s \exp\{-(2/\alpha) [(r / r_s)^\alpha - 1]\}`.

    Parameters
    ----------
    rho_s
        Density at ``r_s`` [GeV cm-3].
    r_s
        Radius where the logarithmic slope is -2 [kpc].
    alpha
        How fast the slope changes.

    References
    ----------
    Einasto 1965, Trudy Inst. Astrofiz. Alma-Ata 5, 87; Graham et al. 2006, AJ 132, 2685.

    Examples
    --------
    >>> from profiles import Einasto
    >>> round(float(Einasto(rho_s=0.1, r_s=20.0).radial(20.0)), 12)  # rho_s is the density at r_s
    0.1
    """

    rho_s: MassDensity = 0.033
    r_s: Length = 28.44
    alpha: Positive = 0.17

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        steepness = 2 / self.alpha
        return self.rho_s * array_namespace(r).exp(steepness - (steepness * self.r_s**-self.alpha) * r**self.alpha)


@dataclass(frozen=True)
class Burkert(Halo, smooth=True):
    r"""Cored halo, :math:`\rho_s / [(1 + x)(1 + x^2)]`, :math:`x = r / r_s`.

    Parameters
    ----------
    rho_s
        Central density [GeV cm-3].
    r_s
        Core radius [kpc].

    References
    ----------
    Burkert 1995, ApJ 447, L25.

    Examples
    --------
    >>> from profiles import Burkert
    >>> float(Burkert(rho_s=4.0, r_s=10.0).radial(10.0))  # at r_s a quarter of rho_s
    1.0
    """

    rho_s: MassDensity = 0.712
    r_s: Length = 12.67

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        x = r / self.r_s
        return self.rho_s / ((1 + x) * (1 + x * x))


@dataclass(frozen=True)
class Isothermal(Halo, smooth=True):
    r"""Cored isothermal halo, :math:`\rho_s / (1 + x^2)`, :math:`x = r / r_s`.

    Parameters
    ----------
    rho_s
        Central density [GeV cm-3].
    r_s
        Core radius [kpc].

    References
    ----------
    Bahcall & Soneira 1980, ApJS 44, 73.

    Examples
    --------
    >>> from profiles import Isothermal
    >>> float(Isothermal(rho_s=2.0, r_s=4.0).radial(4.0))  # at r_s half of rho_s
    1.0
    """

    rho_s: MassDensity = 1.387
    r_s: Length = 4.38

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        x = r / self.r_s
        return self.rho_s / (1 + x * x)
