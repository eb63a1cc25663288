r"""Dark-matter halos: spherical, an amplitude ``rho_s`` [GeV cm-3] times a shape of r / ``r_s``.

Every halo is made from its fields, from the density near the Sun (:meth:`Halo.from_local_density`) or from a mass of
any overdensity and a concentration (:meth:`Halo.from_mass`). The names of the parameters are gammapy's. Default numbers
are those of Cirelli et al. 2011 (PPPC4DMID, arXiv:1012.4515, table 1: 0.3 GeV cm-3 at 8.33 kpc) unless a class says
otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, cast, get_args

import numpy as np
from astropy import constants, units

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Spherical
from profiles.contract.fields import InnerSlope, Kind, Length, Mass, MassDensity, Number, Positive, require_given
from profiles.contract.spelling import options
from profiles.mass import with_mass

_Held = Annotated[float, Kind("Msun", above=0.0)]  # a mass that a radius is found for
Reference = Literal["critical", "mean", "virial"]  # densities that an overdensity is counted from


@dataclass(frozen=True)
class Halo(Spherical):
    r"""A spherical halo, :math:`\rho_s f(r / r_s)`: implement ``radial(r)``.

    Parameters
    ----------
    rho_s
        Characteristic density [GeV cm-3].
    r_s
        Scale radius [kpc].

    Examples
    --------
    >>> from profiles import NFW, Halo
    >>> halo = NFW.from_mass(1e12, c=10.0)  # what every halo can be made from, see also from_local_density
    >>> isinstance(halo, Halo), round(halo.r_s, 2)
    (True, 21.16)
    """

    rho_s: MassDensity
    r_s: Length

    @classmethod
    def from_local_density(cls, local_density: MassDensity, *, r_sun: Length, **shape: Any) -> Self:
        """Return the halo that has `local_density` [GeV cm-3] at the radius `r_sun` [kpc].

        Parameters
        ----------
        local_density
            Density at the Sun's distance from the centre [GeV cm-3].
        r_sun
            That distance [kpc].
        **shape
            The fields other than ``rho_s``; what is left out keeps its default.

        Examples
        --------
        >>> halo = NFW.from_local_density(0.4, r_s=20.0, r_sun=8.2)
        >>> round(halo.rho_s, 6)
        0.326048
        """
        require_given(cls.__name__, "local_density", MassDensity, local_density)
        radius = float(units.Quantity(r_sun, "kpc").value)
        if not radius > 0:
            raise ValueError(f"{cls.__name__}.from_local_density: r_sun = {radius} kpc; allowed: a distance > 0")
        there = float(cls(rho_s=1.0, **shape).radial(np.asarray(radius)))
        return cls(rho_s=local_density / there, **shape)

    @classmethod
    def from_m200(cls, m_200: Mass, *, c: Positive, h: Positive = 0.674, **shape: Any) -> Self:
        """Return the halo of mass `m_200` [Msun] inside the radius of 200 times the critical density.

        Parameters
        ----------
        m_200
            Mass within that radius [Msun].
        c
            Concentration, that radius over ``r_s``, which for a slope other than 1 is not where the slope is -2.
        h
            Hubble constant [100 km s-1 Mpc-1]; by default of Planck 2018 (A&A 641, A6).
        **shape
            The fields other than ``rho_s`` and ``r_s``; what is left out keeps its default.

        Examples
        --------
        >>> halo = NFW.from_m200(1e12, c=10.0)
        >>> round(halo.r_s, 2)
        21.16
        """
        return cls.from_mass(m_200, c=c, h=h, **shape)

    @classmethod
    def from_mass(
        cls,
        mass: Mass,
        *,
        c: Positive,
        delta: Positive = 200.0,
        reference: Reference = "critical",
        h: Positive = 0.674,
        omega_m: Positive = 0.315,
        **shape: Any,
    ) -> Self:
        r"""Return the halo of a mass inside the radius of an overdensity, today.

        Parameters
        ----------
        mass
            Mass within that radius [Msun].
        c
            Concentration, that radius over ``r_s``.
        delta
            Mean density within the radius over that of `reference`.
        reference
            "critical" density, "mean" matter density (omega_m times the critical), or "virial": the overdensity
            :math:`18 \pi^2 + 82 x - 39 x^2`, :math:`x = \Omega_m - 1`, of the critical density takes the place of
            `delta` (Bryan & Norman 1998, ApJ 495, 80, eq. 6, for a flat universe).
        h, omega_m
            Hubble constant [100 km s-1 Mpc-1] and matter density; by default of Planck 2018 (A&A 641, A6).
        **shape
            The fields other than ``rho_s`` and ``r_s``; what is left out keeps its default.

        Examples
        --------
        >>> [round(NFW.from_mass(1e12, c=10.0, reference=name).r_s, 2) for name in ("critical", "mean", "virial")]
        [21.16, 31.09, 26.38]
        """
        require_given(cls.__name__, "mass", _Held, mass)
        if not (c > 0 and delta > 0):
            raise ValueError(f"{cls.__name__}.from_mass: c = {c}, delta = {delta}; allowed: numbers > 0")
        total = units.Quantity(mass, "Msun")
        within = _overdensity(delta, reference, omega_m) * _critical(h)
        radius = float(((3 * total / (4 * math.pi * within)) ** (1 / 3)).to_value("kpc"))
        return cast(Self, with_mass(cls(rho_s=1.0, r_s=radius / c, **shape), total, r=radius))


def _overdensity(delta: float, reference: str, omega_m: float) -> float:
    """Return the mean density of a halo over the critical density."""
    if reference not in get_args(Reference):
        raise ValueError(f"reference = {reference!r}{options(reference, get_args(Reference), 'allowed')}")
    if reference == "virial":
        x = omega_m - 1
        return 18 * math.pi**2 + 82 * x - 39 * x**2
    return delta * omega_m if reference == "mean" else delta


def _critical(h: float) -> Any:
    hubble = h * units.Quantity(100.0, "km s-1 Mpc-1")
    return 3 * hubble**2 / (8 * math.pi * constants.G)


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
    >>> float(NFW(rho_s=0.3, r_s=20.0).radial(np.asarray(20.0)))
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
