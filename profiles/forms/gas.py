r"""Gas: the ionised disks and clumps of the electron-density models, the hot halo, the gas around the centre.

Amplitudes are number densities [cm-3]: free electrons in the electron-density models, hydrogen nuclei in the gas
models. Only the smooth parts of NE2001 and NE2025 are here, without spiral arms, local structures, voids.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Axisymmetric, Density, Hints, Oval, Spherical
from profiles.contract.fields import Angle, Coordinate, Length, NumberDensity, Positive
from profiles.contract.oval import EFOLDS
from profiles.forms.shapes import turned


@dataclass(frozen=True)
class BetaModel(Spherical, smooth=True):
    r"""Hot halo, :math:`n_0 [1 + (r/r_c)^2]^{-3\beta/2}`.

    Parameters
    ----------
    n_0
        Central density of electrons [cm-3].
    r_c
        Core radius [kpc].
    beta
        Slope; far out the density falls as r to the -3 beta.

    References
    ----------
    Miller & Bregman 2013, ApJ 770, 118 (n_0 = 0.46 +0.74 -0.35, r_c = 0.35 +0.29 -0.27, beta = 0.71 +0.13 -0.14).

    Examples
    --------
    >>> from profiles import BetaModel
    >>> float(BetaModel(n_0=2.0, r_c=0.5, beta=2 / 3).radial(0.5))  # half at the core radius, for this beta
    1.0
    """

    n_0: NumberDensity = 0.46
    r_c: Length = 0.35
    beta: Positive = 0.71

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        x = r / self.r_c
        return self.n_0 * (1 + x * x) ** (-1.5 * self.beta)


@dataclass(frozen=True)
class PowerLawHalo(Spherical, smooth=True):
    r"""Outer part of a beta model, :math:`n_1 (r / 1\,\mathrm{kpc})^{-3\beta}`, :math:`n_1 = n_0 r_c^{3\beta}`.

    The abstract of Miller & Bregman 2015 prints n_0 r_c^(3 beta) = 1.35; 1.35e-2 cm-3 kpc^(3 beta) is right: it gives
    their own 3.8e9 solar masses within 50 kpc, the printed number a hundred times more. It holds for solar metallicity;
    at their metallicity of 0.3, which that mass assumes, the density is 1 / 0.3 as large.

    Parameters
    ----------
    n_1
        Density of electrons at 1 kpc [cm-3].
    beta
        Slope; the density falls as r to the -3 beta.

    References
    ----------
    Miller & Bregman 2015, ApJ 800, 14.

    Examples
    --------
    >>> from profiles import PowerLawHalo
    >>> float(PowerLawHalo(n_1=0.01, beta=0.5).radial(1.0))  # n_1 is the density at 1 kpc
    0.01
    """

    n_1: NumberDensity = 1.35e-2
    beta: Positive = 0.50

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        return self.n_1 * r ** (-3 * self.beta)


@dataclass(frozen=True)
class CosineDisk(Axisymmetric, smooth=True):
    r"""Thick disk of warm gas, :math:`n_0 \cos[\pi R / (2 R_{max})]\,\mathrm{sech}^2(z/h)`, nothing beyond R_max.

    NE2001 quotes n_1 h_1 at the Sun; ``n_0`` is the value at the centre, 0.033 kpc cm-3 / 0.97 kpc / cos(pi 8.5/35).

    Parameters
    ----------
    n_0
        Density at the centre [cm-3].
    R_max
        Where the disk ends [kpc].
    h
        Scale height [kpc].

    References
    ----------
    Cordes & Lazio 2002, astro-ph/0207156, table 3.

    Examples
    --------
    >>> from profiles import CosineDisk
    >>> disk = CosineDisk(n_0=0.05, R_max=17.5, h=1.0)
    >>> float(disk.meridional(0.0, 0.0)), float(disk.meridional(20.0, 0.0))
    (0.05, 0.0)
    """

    n_0: NumberDensity = 0.0470682
    R_max: Length = 17.5
    h: Length = 0.97

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        inside = xp.minimum(R, xp.full_like(R, self.R_max))
        plane = xp.cos(inside * (0.5 * math.pi / self.R_max))
        plane = xp.where(self.R_max > R, plane, xp.zeros_like(plane))  # cos(pi/2) leaves a rounding error
        return self.n_0 * plane * sech2(xp, z / self.h)

    @property
    def hints(self) -> Hints:
        """The rim."""
        return Hints(cylinders=(self.R_max,))


@dataclass(frozen=True)
class GaussianRing(Axisymmetric, smooth=True):
    r"""Ring of gas, :math:`n_0 e^{-[(R - R_0)/w]^2}\,\mathrm{sech}^2(z/h)`.

    The thin disk of NE2001. Its code cuts the exponent at 10; what that leaves out is below 4e-6 cm-3.

    Parameters
    ----------
    n_0
        Density in the ring [cm-3].
    R_0
        Radius of the ring [kpc].
    w
        Width [kpc].
    h
        Scale height [kpc].

    References
    ----------
    Cordes & Lazio 2002, astro-ph/0207156, table 3.

    Examples
    --------
    >>> from profiles import GaussianRing
    >>> float(GaussianRing(n_0=0.08, R_0=3.8).meridional(3.8, 0.0))  # n_0 on the ring
    0.08
    """

    n_0: NumberDensity = 0.08
    R_0: Length = 3.8
    w: Length = 1.8
    h: Length = 0.15

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        off = (R - self.R_0) / self.w
        return self.n_0 * xp.exp(-off * off) * sech2(xp, z / self.h)


@dataclass(frozen=True)
class Ellipsoid(Density, smooth=True):
    """Cloud of constant density with a hard edge, a flattened ellipsoid.

    The Galactic-centre component as the NE2001 code has it; the paper describes a Gaussian, :class:`GaussianCloud`.

    Parameters
    ----------
    n_0
        Density inside [cm-3].
    r, h
        Semi-axes in the plane and across [kpc].
    x_0, y_0, z_0
        Where its centre lies [kpc].

    References
    ----------
    Cordes & Lazio 2002, astro-ph/0207156, and the distributed ``ne_gc.inp``, centred 10 pc towards l = 270 deg.

    Examples
    --------
    >>> from profiles import Ellipsoid
    >>> cloud = Ellipsoid(n_0=10.0, r=0.145, h=0.026, x_0=0.0, y_0=0.0, z_0=0.0)
    >>> float(cloud(0.1, 0.0, 0.0)), float(cloud(0.0, 0.0, 0.1))
    (10.0, 0.0)
    """

    n_0: NumberDensity = 10.0
    r: Length = 0.145
    h: Length = 0.026
    x_0: Coordinate = 0.0
    y_0: Coordinate = -0.010
    z_0: Coordinate = -0.020

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        a, b, c = (x - self.x_0) / self.r, (y - self.y_0) / self.r, (z - self.z_0) / self.h
        xp = array_namespace(x, y, z)
        inside = a * a + b * b + c * c <= 1
        return xp.where(inside, xp.full_like(a, self.n_0), xp.zeros_like(a))

    @property
    def hints(self) -> Hints:
        """The cloud's place, its height and its edge."""
        return Hints(points=((self.x_0, self.y_0, self.z_0, self.h),), ovals=(self.support,))

    @property
    def support(self) -> Oval:
        """The cloud itself."""
        return Oval.along_axes((self.x_0, self.y_0, self.z_0), (self.r, self.r, self.h))


@dataclass(frozen=True)
class GaussianCloud(Density, smooth=True):
    r"""Flattened Gaussian cloud, :math:`n_0 e^{-(x^2 + \eta^2)/L^2 - \zeta^2/H^2}` about its centre.

    The axes eta and zeta are y and z turned about the x axis by ``tilt``.

    Parameters
    ----------
    n_0
        Central density [cm-3].
    L, H
        Where it has fallen by e, in the plane and across [kpc].
    x_0, y_0, z_0
        Where its centre lies [kpc].
    tilt
        Turn about the x axis that lifts the y axis to the north [deg].

    References
    ----------
    Ferriere, Gillard & Jean 2007, A&A 467, 611, the central warm ionised gas, n_e.

    Examples
    --------
    >>> from profiles import GaussianCloud
    >>> cloud = GaussianCloud(n_0=10.0, x_0=0.0, y_0=-0.01, z_0=-0.02)
    >>> float(cloud(0.0, -0.01, -0.02))  # n_0 at its centre
    10.0
    """

    n_0: NumberDensity = 10.0
    L: Length = 0.145
    H: Length = 0.026
    x_0: Coordinate = 0.0
    y_0: Coordinate = -0.010
    z_0: Coordinate = -0.020
    tilt: Angle = 0.0

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        x = x - self.x_0
        eta, zeta = turned(y - self.y_0, z - self.z_0, -self.tilt)
        exponent = (x * x + eta * eta) * (-1 / self.L**2) - zeta * zeta * (1 / self.H**2)
        return self.n_0 * array_namespace(x, eta).exp(exponent)

    @property
    def mirror_z(self) -> bool:
        """True for a cloud in the plane that is not tilted."""
        return self.z_0 == 0 and self.tilt == 0

    @property
    def hints(self) -> Hints:
        """The cloud's place and its height."""
        return Hints(points=((self.x_0, self.y_0, self.z_0, self.H),))

    @property
    def support(self) -> Oval:
        """Where it is within 70 e-foldings of its peak."""
        far = math.sqrt(EFOLDS)
        level = Oval.along_axes((0.0, 0.0, 0.0), (far * self.L, far * self.L, far * self.H))
        cosine, sine = math.cos(math.radians(self.tilt)), math.sin(math.radians(self.tilt))
        turn = ((1.0, 0.0, 0.0), (0.0, cosine, sine), (0.0, -sine, cosine))
        return level.moved(turn, (self.x_0, self.y_0, self.z_0))


def sech2(xp: Any, u: Array) -> Array:
    """Return sech^2(u) without overflow."""
    fall = xp.exp(-2 * xp.abs(u))
    return 4 * fall / ((1 + fall) * (1 + fall))
