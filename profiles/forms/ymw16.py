"""The smooth parts of the electron-density model YMW16: thick disk, thin disk, Galactic centre.

Without its spiral arms, local structures and warp. Yao, Manchester & Wang 2017, ApJ 835, 29.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Axisymmetric, Density, Hints, Oval
from profiles.contract.fields import Coordinate, Length, NumberDensity, Positive
from profiles.contract.oval import EFOLDS
from profiles.forms.gas import sech2


@dataclass(frozen=True)
class PlateauDisk(Axisymmetric, smooth=True):
    r"""Thick disk of YMW16, :math:`n_0\,g(R)\,\mathrm{sech}^2(z/h)`; g is 1 within R_1, then sech^2[(R - R_1)/w].

    Parameters
    ----------
    n_0
        Density in the plane [cm-3].
    h
        Scale height [kpc].
    R_1, w
        Where the plateau ends and how fast the disk falls beyond [kpc].

    References
    ----------
    Yao, Manchester & Wang 2017, ApJ 835, 29.

    Examples
    --------
    >>> from profiles import PlateauDisk
    >>> disk = PlateauDisk()
    >>> float(disk.meridional(0.0, 0.0)), float(disk.meridional(15.0, 0.0))  # level within R_1
    (0.01132, 0.01132)
    """

    n_0: NumberDensity = 0.01132
    h: Length = 1.673
    R_1: Length = 15.0
    w: Length = 2.5

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        return self.n_0 * plateau(xp, R, self.R_1, self.w) * sech2(xp, z / self.h)

    @property
    def hints(self) -> Hints:
        """Where the plateau ends."""
        return Hints(cylinders=(self.R_1,))


@dataclass(frozen=True)
class FlaringRing(Axisymmetric, smooth=True):
    r"""Thin disk of YMW16, :math:`n_0\,g(R)\,\mathrm{sech}^2[(R - R_0)/w]\,\mathrm{sech}^2[z / (k H(R))]`.

    The gas layer flares, :math:`H = 32\,\mathrm{pc} + 1.6\times10^{-3} R + 4\times10^{-7} R^2 / \mathrm{pc}`, and g is
    the plateau of :class:`PlateauDisk`.

    Parameters
    ----------
    n_0
        Density in the ring [cm-3].
    R_0, w
        Radius and width of the ring [kpc].
    k
        Height in units of H.
    R_1, w_1
        Plateau and fall of g [kpc].

    References
    ----------
    Yao, Manchester & Wang 2017, ApJ 835, 29.

    Examples
    --------
    >>> from profiles import FlaringRing
    >>> float(FlaringRing().meridional(4.0, 0.0))  # n_0 on the ring
    0.404
    """

    n_0: NumberDensity = 0.404
    R_0: Length = 4.0
    w: Length = 1.2
    k: Positive = 1.54
    R_1: Length = 15.0
    w_1: Length = 2.5

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        height = self.k * (0.032 + R * (1.6e-3 + 4e-4 * R))
        ring = sech2(xp, (R - self.R_0) / self.w) * plateau(xp, R, self.R_1, self.w_1)
        return self.n_0 * ring * sech2(xp, z / height)

    @property
    def hints(self) -> Hints:
        """Where the plateau ends."""
        return Hints(cylinders=(self.R_1,))


@dataclass(frozen=True)
class CentralCloud(Density, smooth=True):
    r"""Galactic-centre cloud of YMW16, :math:`n_0 e^{-d^2/L^2}\,\mathrm{sech}^2[(z - z_0)/H]` about (x_0, y_0).

    Parameters
    ----------
    n_0
        Density at its centre [cm-3].
    L, H
        Width in the plane and height [kpc].
    x_0, y_0, z_0
        Where its centre lies [kpc]: 50 pc beyond the plane's origin towards l = 90 deg, 7 pc below the plane.

    References
    ----------
    Yao, Manchester & Wang 2017, ApJ 835, 29, whose x axis points to l = 90 deg.

    Examples
    --------
    >>> from profiles import CentralCloud
    >>> cloud = CentralCloud()
    >>> float(cloud(0.0, 0.05, -0.007))  # n_0 at its centre
    6.2
    """

    n_0: NumberDensity = 6.2
    L: Length = 0.160
    H: Length = 0.035
    x_0: Coordinate = 0.0
    y_0: Coordinate = 0.050
    z_0: Coordinate = -0.007

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        xp = array_namespace(x, y, z)
        a, b = x - self.x_0, y - self.y_0
        return self.n_0 * xp.exp((a * a + b * b) * (-1 / self.L**2)) * sech2(xp, (z - self.z_0) / self.H)

    @property
    def hints(self) -> Hints:
        """The cloud's place and its height."""
        return Hints(points=((self.x_0, self.y_0, self.z_0, self.H),))

    @property
    def support(self) -> Oval:
        """Where it is within 70 e-foldings of its peak: (d / L)^2 + 2 z / H is at least that on the whole surface."""
        axes = math.sqrt(EFOLDS) * self.L, math.sqrt(EFOLDS) * self.L, 0.5 * EFOLDS * self.H
        return Oval.along_axes((self.x_0, self.y_0, self.z_0), axes)


def plateau(xp: Any, R: Array, edge: float, width: float) -> Array:
    """Return 1 within `edge`, beyond it sech^2 of the distance in units of `width`."""
    return sech2(xp, xp.maximum(R - edge, xp.zeros_like(R)) / width)
