"""The central few hundred parsecs: the nuclear star cluster and the nuclear stellar disk.

Amplitudes are number densities [cm-3] or, as a Quantity, mass densities; default amplitudes are the published mass
densities as baryons per cm3 (1 Msun pc-3 is 40.46).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Axisymmetric, Hints, Oval, Spherical
from profiles.contract.fields import InnerSlope, Length, NumberDensity, Positive
from profiles.contract.normalise import Normalised
from profiles.contract.oval import EFOLDS


@dataclass(frozen=True)
class LaunhardtCluster(Spherical, smooth=True):
    r"""Nuclear star cluster, :math:`n_0 / [1 + (r/r_0)^2]` within r_1, then falling as :math:`1 / [1 + (r/r_0)^3]`.

    The outer part is joined on continuously, as the printed coefficients have it, and ends at r_2.

    Parameters
    ----------
    n_0
        Central density [cm-3]; published: 3.3e6 Msun pc-3.
    r_0
        Core radius [kpc].
    r_1, r_2
        Where the slope changes and where the cluster ends [kpc].

    References
    ----------
    Launhardt, Zylka & Mezger 2002, A&A 384, 112, as coded in the program lospy.

    Examples
    --------
    >>> from profiles import LaunhardtCluster
    >>> cluster = LaunhardtCluster()
    >>> round(float(cluster.radial(0.00022)) / cluster.n_0, 12)  # half at r_0
    0.5
    """

    n_0: NumberDensity = 1.33527e8
    r_0: Length = 2.2e-4
    r_1: Length = 6e-3
    r_2: Length = 0.2

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        xp = array_namespace(r)
        x, joint = r / self.r_0, self.r_1 / self.r_0
        outer = (1 + joint**3) / (1 + joint**2) / (1 + x**3)
        shape = xp.where(r <= self.r_1, 1 / (1 + x * x), outer)
        return self.n_0 * xp.where(r <= self.r_2, shape, xp.zeros_like(shape))

    @property
    def hints(self) -> Hints:
        """Its kink and its edge."""
        return Hints(spheres=(self.r_1, self.r_2))


@dataclass(frozen=True)
class LaunhardtDisk(Axisymmetric, smooth=False):
    r"""Nuclear stellar disk, three joined power laws of R with slopes 0.1, 3.5 and 10, times :math:`e^{-|z|/z_d}`.

    Of the published coding (lospy: 301, 11.73e6 and 5.94e24 Msun pc-3 at 1 pc) the middle coefficient breaks the
    continuity by a factor of about 300 at both joints. Here the joints are continuous by construction and the first
    coefficient holds, which gives 3.53e9 for the middle one; the coding's further factor exp(-((r - r_cut)/r_cut)^2),
    which lowers the centre by e, is left out.

    Parameters
    ----------
    n_1
        Density at R = 1 pc, z = 0 [cm-3]; published: 301 Msun pc-3.
    R_1, R_2, R_3
        Where the slopes change and where the disk ends [kpc].
    z_d
        Scale height [kpc].

    References
    ----------
    Launhardt, Zylka & Mezger 2002, A&A 384, 112, as coded in the program lospy.

    Examples
    --------
    >>> from profiles import LaunhardtDisk
    >>> disk = LaunhardtDisk()
    >>> round(float(disk.meridional(0.1, 0.03) / disk.meridional(0.1, 0.0)), 6)  # 1/e at the scale height
    0.367879
    """

    n_1: NumberDensity = 1.21793e4
    R_1: Length = 0.12
    R_2: Length = 0.22
    R_3: Length = 0.5
    z_d: Length = 0.030

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        R, parsec = xp.asarray(R), 1e-3
        inner = xp.clip(R / parsec, 1e-6, self.R_1 / parsec) ** -0.1  # held constant below 1e-6 pc
        middle = xp.clip(R / self.R_1, 1.0, self.R_2 / self.R_1) ** -3.5
        outer = xp.clip(R / self.R_2, 1.0, self.R_3 / self.R_2) ** -10
        shape = xp.where(R <= self.R_3, inner * middle * outer, xp.zeros_like(R))
        return self.n_1 * shape * xp.exp(xp.abs(z) * (-1 / self.z_d))

    @property
    def hints(self) -> Hints:
        """Its kinks, its edge and its height."""
        return Hints(cylinders=(self.R_1, self.R_2, self.R_3), planes=(8 * self.z_d,))

    @property
    def support(self) -> Oval:
        """Within its edge and 70 e-foldings of height."""
        return Oval.about((0.0, 0.0, 0.0), self.R_3, EFOLDS * self.z_d)


@dataclass(frozen=True)
class StretchedSpheroid(Axisymmetric, Normalised, smooth=True):
    r"""Flattened stretched exponential, :math:`n_0 \exp[-(m/r_0)^k]`, :math:`m^2 = R^2 + (z/q)^2`.

    Two of these are the nuclear stellar disk of Sormani et al. 2020 (the preset ``sormani2020_nsd``); the default is
    the larger one.

    Parameters
    ----------
    n_0
        Central density [cm-3]; published: 1.53e12 Msun kpc-3.
    r_0
        Scale radius [kpc].
    k
        Exponent.
    q
        Axis ratio z : R.

    References
    ----------
    Sormani et al. 2020, MNRAS 499, 7, as read in the Agama distribution.

    Examples
    --------
    >>> from profiles import StretchedSpheroid
    >>> disk = StretchedSpheroid()
    >>> round(float(disk.meridional(0.0246, 0.0)) / disk.n_0, 6)  # 1/e at r_0
    0.367879
    """

    n_0: NumberDensity = 6.19082e4
    r_0: Length = 0.0246
    k: Positive = 0.79
    q: Positive = 0.37

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        height = z / self.q
        m2 = R * R + height * height
        return self.n_0 * array_namespace(R, z).exp(-(self.r_0**-self.k) * m2 ** (0.5 * self.k))

    @property
    def support(self) -> Oval:
        """Where it is within 70 e-foldings of its peak."""
        radius = self.r_0 * EFOLDS ** (1 / self.k)
        return Oval.along_axes((0.0, 0.0, 0.0), (radius, radius, self.q * radius))

    @property
    def volume(self) -> float:
        """4 pi q r_0^3 Gamma(3/k) / k [kpc3]."""
        return float(4 * math.pi * self.q * self.r_0**3 * math.gamma(3 / self.k) / self.k)


@dataclass(frozen=True)
class ChatzopoulosCluster(Axisymmetric, Normalised, smooth=True):
    r"""Nuclear star cluster, :math:`n_0 x^{-\gamma} (1 + x)^{\gamma - 4}`, :math:`x = m/a`, flattened.

    :math:`m^2 = R^2 + (z/q)^2`. The default amplitude holds 6.1e7 solar masses of baryons.

    Parameters
    ----------
    n_0
        Density scale [cm-3].
    a
        Scale radius [kpc].
    gamma
        Inner slope.
    q
        Axis ratio z : R.
    r_cut
        Radius of a Gaussian cut-off [kpc].

    References
    ----------
    Chatzopoulos et al. 2015, MNRAS 447, 948, as read in the Agama distribution, with its cut-off.

    Examples
    --------
    >>> from profiles import ChatzopoulosCluster
    >>> cluster = ChatzopoulosCluster(q=0.5)
    >>> float(cluster.meridional(0.0, 0.01)) == float(cluster.meridional(0.02, 0.0))
    True
    """

    n_0: NumberDensity = 3.6596e6
    a: Length = 0.0059
    gamma: InnerSlope = 0.71
    q: Positive = 0.73
    r_cut: Length = 0.1

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        height = z / self.q
        m2 = R * R + height * height
        x = xp.sqrt(m2) / self.a
        cut = xp.exp(m2 * (-1 / self.r_cut**2))
        return self.n_0 * x**-self.gamma * (1 + x) ** (self.gamma - 4) * cut

    @property
    def volume(self) -> float:
        """4 pi q times the integral of m^2 f(m), by quadrature to 1e-12 [kpc3]."""
        from scipy.integrate import quad

        def shell(m: float) -> float:
            x = m / self.a
            return float(m * m * x**-self.gamma * (1 + x) ** (self.gamma - 4) * math.exp(-((m / self.r_cut) ** 2)))

        integral, _ = quad(shell, 0, 7 * self.r_cut, epsabs=0, epsrel=1e-12, points=(self.a, self.r_cut), limit=200)
        return float(4 * math.pi * self.q * integral)
