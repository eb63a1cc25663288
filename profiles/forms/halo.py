r"""What a halo is: spherical, an amplitude ``rho_s`` [GeV cm-3] times a shape of r / ``r_s``; and how one is made.

From its fields, from the density near the Sun (:meth:`Halo.from_local_density`), or from a mass of any overdensity and
a concentration (:meth:`Halo.from_mass`). The shapes are in :mod:`profiles.forms.halos`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, cast, get_args

import numpy as np
from astropy import constants, units

from profiles.contract.density import Spherical
from profiles.contract.fields import Kind, Length, Mass, MassDensity, Positive, require_given
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
        >>> from profiles import NFW
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
        >>> from profiles import NFW
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
        >>> from profiles import NFW
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
