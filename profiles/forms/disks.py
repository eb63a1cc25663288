"""Disks of stars and gas, symmetric about the rotation axis.

Amplitudes are number densities [cm-3] or, given as a Quantity, mass densities; ``from_mass`` sets them from a total
and ``from_surface_density`` from the surface density that models are published with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

from astropy import units

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Axisymmetric
from profiles.contract.fields import Length, LengthOrZero, NumberDensity, SurfaceDensity, require_given
from profiles.contract.normalise import Normalised


@dataclass(frozen=True)
class ExponentialDisk(Axisymmetric, Normalised, smooth=True):
    r"""Double-exponential disk, :math:`n_0 \exp(-R / R_d - |z| / z_d)`.

    The default shape is the thin stellar disk of McMillan 2017; its stars alone are 60 baryons per cm3 at the centre.

    Parameters
    ----------
    n_0
        Density at the centre [cm-3].
    R_d
        Scale length [kpc].
    z_d
        Scale height [kpc].

    References
    ----------
    McMillan 2017, MNRAS 465, 76, eq. (3) and table 3.

    Examples
    --------
    >>> from profiles import ExponentialDisk
    >>> disk = ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
    >>> round(float(disk.meridional(2.6, 0.3)), 6)  # exp(-2)
    0.135335
    """

    n_0: NumberDensity = 60.0
    R_d: Length = 2.49955
    z_d: Length = 0.3

    @classmethod
    def from_surface_density(cls, Sigma_0: SurfaceDensity, *, z_d: Length, **shape: Any) -> Self:
        """Return the disk, in GeV cm-3, with Sigma_0 = 2 z_d n_0 [Msun kpc-2]."""
        require_given(cls.__name__, "Sigma_0", SurfaceDensity, Sigma_0)
        n_0 = units.Quantity(Sigma_0, "Msun kpc-2") / (2 * units.Quantity(z_d, "kpc"))
        return cls(n_0=n_0, z_d=z_d, **shape)

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        return self.n_0 * xp.exp(R * (-1 / self.R_d) - xp.abs(z) * (1 / self.z_d))

    @property
    def volume(self) -> float:
        """4 pi R_d^2 z_d [kpc3]."""
        return 4 * math.pi * self.R_d**2 * self.z_d


@dataclass(frozen=True)
class HoledDisk(Axisymmetric, Normalised, smooth=True):
    r"""Gas disk with a central hole, :math:`n_0 \exp(-R_m / R - R / R_d)\,\mathrm{sech}^2[z / (2 z_d)]`.

    The defaults are the HI disk of McMillan 2017, as baryons per cm3. The hole leaves nothing within about
    ``R_m`` / 10 of the centre.

    Parameters
    ----------
    n_0
        Density scale, ``Sigma_0 / (4 z_d)`` [cm-3].
    R_d
        Scale length [kpc].
    R_m
        Radius of the hole [kpc]; 0 for none.
    z_d
        Scale height [kpc].

    References
    ----------
    Dehnen & Binney 1998, MNRAS 294, 429; McMillan 2017, MNRAS 465, 76, eq. (4).

    Examples
    --------
    >>> from profiles import HoledDisk
    >>> disk = HoledDisk(n_0=6.32, R_d=7.0, R_m=4.0, z_d=0.085)
    >>> float(disk.meridional(0.0, 0.0)), round(float(disk.meridional(4.0, 0.0)), 3)
    (0.0, 1.313)
    """

    n_0: NumberDensity = 6.32
    R_d: Length = 7.0
    R_m: LengthOrZero = 4.0
    z_d: Length = 0.085

    @classmethod
    def from_surface_density(cls, Sigma_0: SurfaceDensity, *, z_d: Length, **shape: Any) -> Self:
        """Return the disk, in GeV cm-3, with Sigma_0 = 4 z_d n_0 [Msun kpc-2]."""
        require_given(cls.__name__, "Sigma_0", SurfaceDensity, Sigma_0)
        n_0 = units.Quantity(Sigma_0, "Msun kpc-2") / (4 * units.Quantity(z_d, "kpc"))
        return cls(n_0=n_0, z_d=z_d, **shape)

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        fall = xp.exp(xp.abs(z) * (-1 / self.z_d))  # sech^2(u) = 4 e / (1 + e)^2 with e = exp(-2 |u|) never overflows
        profile = xp.exp(R * (-1 / self.R_d) - self.R_m / xp.maximum(R, xp.full_like(R, 1e-290)))
        return (4 * self.n_0) * profile * fall / ((1 + fall) * (1 + fall))

    @property
    def volume(self) -> float:
        """16 pi z_d R_m R_d K_2(2 sqrt(R_m / R_d)) [kpc3]."""
        from scipy.special import kv

        if self.R_m == 0:
            return 8 * math.pi * self.z_d * self.R_d**2
        return 16 * math.pi * self.z_d * self.R_m * self.R_d * float(kv(2, 2 * math.sqrt(self.R_m / self.R_d)))


@dataclass(frozen=True)
class Sech2Disk(Axisymmetric, Normalised, smooth=True):
    r"""Isothermal sheet with an exponential radius, :math:`n_0 e^{-R/R_d}\,\mathrm{sech}^2(z/z_d)`.

    The default lengths are those of the old stellar disk of Freudenreich 1998 (memory, unverified).

    Parameters
    ----------
    n_0
        Density at the centre [cm-3].
    R_d
        Scale length [kpc].
    z_d
        Height; far out the density falls as exp(-2 |z| / z_d) [kpc].

    References
    ----------
    van der Kruit & Searle 1981, A&A 95, 105.

    Examples
    --------
    >>> from profiles import Sech2Disk
    >>> float(Sech2Disk(n_0=1.0).meridional(0.0, 0.0))
    1.0
    """

    n_0: NumberDensity = 1.0
    R_d: Length = 2.6
    z_d: Length = 0.346

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        fall = xp.exp(xp.abs(z) * (-2 / self.z_d))
        return (4 * self.n_0) * xp.exp(R * (-1 / self.R_d)) * fall / ((1 + fall) * (1 + fall))

    @property
    def volume(self) -> float:
        """4 pi R_d^2 z_d [kpc3]."""
        return float(4 * math.pi * self.R_d**2 * self.z_d)


@dataclass(frozen=True)
class MiyamotoNagaiDisk(Axisymmetric, Normalised, smooth=True):
    r"""Miyamoto-Nagai disk, :math:`n_0\,b^3 \frac{a R^2 + (a + 3B)(a + B)^2}{[R^2 + (a + B)^2]^{5/2} B^3}`.

    :math:`B^2 = z^2 + b^2` and :math:`n_0 = M / (4 \pi b)` per kpc2. The defaults are the disk of MWPotential2014,
    6.819386e10 solar masses, as baryons per cm3.

    Parameters
    ----------
    n_0
        Amplitude, mass / (4 pi b kpc2) [cm-3].
    a
        Scale length [kpc].
    b
        Scale height [kpc].

    References
    ----------
    Miyamoto & Nagai 1975, PASJ 27, 533, eq. (5); Bovy 2015, ApJS 216, 29.

    Examples
    --------
    >>> from profiles import MiyamotoNagaiDisk
    >>> disk = MiyamotoNagaiDisk(n_0=784.204, a=3.0, b=0.28)
    >>> round(float(disk.meridional(0.0, 0.0)), 3)  # n_0 (a + 3 b) / (a + b)^3
    85.337
    """

    n_0: NumberDensity = 784.204
    a: Length = 3.0
    b: Length = 0.28

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        root = array_namespace(R, z).sqrt(z * z + self.b**2)
        reach = root + self.a
        R2, reach2 = R * R, reach * reach
        return (self.n_0 * self.b**3) * (self.a * R2 + (reach + 2 * root) * reach2) / ((R2 + reach2) ** 2.5 * root**3)

    @property
    def volume(self) -> float:
        """4 pi b kpc2 [kpc3]."""
        return float(4 * math.pi * self.b)
