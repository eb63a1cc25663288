r"""Interstellar gas of the innermost 3 kpc after Ferriere, Gillard & Jean 2007: molecules, atoms and hot plasma.

Amplitudes are hydrogen nuclei per cm3, two for each H2 molecule, or free electrons for the ionised parts. The paper's
axes are left-handed, x to the Sun and y to l = 90 deg; here x is reversed. The warm ionised gas has general forms:
:class:`~profiles.forms.gas.GaussianCloud`, :class:`~profiles.forms.gas.GaussianRing`,
:class:`~profiles.forms.gas.CosineDisk`.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Axisymmetric, Density, Hints, Oval
from profiles.contract.fields import Angle, Coordinate, Kind, Length, NumberDensity, Positive
from profiles.contract.oval import EFOLDS
from profiles.forms.shapes import turned

PotentialSlope = Annotated[float, Kind("s2 km-2", above=0.0)]


@dataclass(frozen=True)
class CentralMolecularZone(Density, smooth=False):
    r"""Elliptic ring about the centre, :math:`n_0 e^{-[(\sqrt{X^2 + (2.5 Y)^2} - X_c)/L_c]^4 - (z/H)^2}`.

    Parameters
    ----------
    n_0
        Hydrogen nuclei in the ring [cm-3]; of molecular gas, 2 x 150.
    X_c, L_c
        Semi-major axis of the ring and its width [kpc].
    H
        Scale height [kpc]: 0.018 of the molecular, 0.054 of the atomic gas, for which n_0 is 8.8.
    stretch
        Ratio of the ring's axes.
    toward_sun, toward_l90
        Where its centre lies [kpc].
    theta
        Angle of the long axis from the direction to the Sun towards l = 90 deg [deg].

    References
    ----------
    Ferriere, Gillard & Jean 2007, A&A 467, 611, eqs. (18)-(21), as read in the program ISMConvolve.

    Examples
    --------
    >>> from profiles import CentralMolecularZone
    >>> zone = CentralMolecularZone()
    >>> float(zone(0.05, 0.05, 0.0)) > float(zone(0.05, 0.05, 0.05)) > 0
    True
    """

    n_0: NumberDensity = 300.0
    X_c: Length = 0.125
    L_c: Length = 0.137
    H: Length = 0.018
    stretch: Positive = 2.5
    toward_sun: Coordinate = -0.050
    toward_l90: Coordinate = 0.050
    theta: Angle = 70.0

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        X, Y, _ = self._own(x + self.toward_sun, y - self.toward_l90, z)
        return self.n_0 * _ring(X, Y, z, self.stretch, self.X_c, self.L_c, self.H)

    def _own(self, x: Array, y: Array, z: Array) -> tuple[Array, Array, Array]:
        """Return the coordinates along its axes of a place relative to its centre."""
        return (*turned(-x, y, -self.theta), z)

    @property
    def support(self) -> Oval:
        """Where it is within 70 e-foldings of its peak."""
        place = (-self.toward_sun, self.toward_l90, 0.0)
        return _reach(self.stretch, self.X_c, self.L_c, self.H).moved(np.stack(self._own(*np.eye(3))), place)

    @property
    def mirror_z(self) -> bool:
        """True: it lies in the plane."""
        return True


@dataclass(frozen=True)
class TiltedHoledDisk(Density, smooth=False):
    r"""Tilted elliptic disk with a hole, :math:`n_0 e^{-[(\sqrt{X^2 + (3.1 Y)^2} - X_d)/L_d]^4 - (Z/H)^2}`.

    Parameters
    ----------
    n_0
        Hydrogen nuclei in the disk [cm-3]; of molecular gas, 2 x 4.8.
    X_d, L_d
        Semi-major axis of the disk's middle and its width [kpc].
    H
        Scale height [kpc]: 0.042 of the molecular, 0.120 of the atomic gas, for which n_0 is 0.34.
    stretch
        Ratio of the disk's axes.
    alpha, beta, theta
        Its orientation [deg]: two tilts and the angle of the long axis.

    References
    ----------
    Ferriere, Gillard & Jean 2007, A&A 467, 611, eqs. (22)-(25), as read in the program ISMConvolve.

    Examples
    --------
    >>> from profiles import TiltedHoledDisk
    >>> disk = TiltedHoledDisk()
    >>> float(disk(0.0, 0.0, 0.0)) < 1e-20  # the hole
    True
    """

    n_0: NumberDensity = 9.6
    X_d: Length = 1.2
    L_d: Length = 0.438
    H: Length = 0.042
    stretch: Positive = 3.1
    alpha: Angle = 13.5
    beta: Angle = 20.0
    theta: Angle = 48.5

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        return self.n_0 * _ring(*self._own(x, y, z), self.stretch, self.X_d, self.L_d, self.H)

    def _own(self, x: Array, y: Array, z: Array) -> tuple[Array, Array, Array]:
        """Return the coordinates along its axes."""
        across, up = turned(y, z, self.alpha)
        along, height = turned(-x, up, self.beta)
        return (*turned(along, across, -self.theta), height)

    @property
    def support(self) -> Oval:
        """Where it is within 70 e-foldings of its peak."""
        return _reach(self.stretch, self.X_d, self.L_d, self.H).moved(np.stack(self._own(*np.eye(3))))


@dataclass(frozen=True)
class HotGas(Axisymmetric, smooth=False):
    r"""Hot plasma in balance with gravity, :math:`n_0 [1 - \kappa (\Phi - \Phi_0)]^{3/2}`, nothing where it would end.

    The potential is that of Wolfire et al. 1995. The program ISMConvolve codes it with a misplaced parenthesis and
    210 kpc not squared; both are mended here (the halo's 12 and 210 kpc: memory, unverified).

    Parameters
    ----------
    n_0
        Electrons at the centre [cm-3].
    kappa
        1.73e-17 (cm/s)^-2 cm^-2 over n_0^(2/3) [s2 km-2].

    References
    ----------
    Ferriere, Gillard & Jean 2007, A&A 467, 611, eqs. (12), (13); Wolfire et al. 1995, ApJ 453, 673.

    Examples
    --------
    >>> from profiles import HotGas
    >>> gas = HotGas()
    >>> float(gas.meridional(0.0, 0.0)) > float(gas.meridional(8.0, 0.0)) > 0
    True
    """

    n_0: NumberDensity = 0.011
    kappa: PotentialSlope = 3.4976e-6

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        xp = array_namespace(R, z)
        depth = 1 - self.kappa * (wolfire_potential(xp, R * R, z * z) - _WOLFIRE_CENTRE)
        return self.n_0 * xp.maximum(depth, xp.zeros_like(depth)) ** 1.5

    @functools.cached_property
    def hints(self) -> Hints:
        """The spheres between which it ends: it reaches farthest in the plane and least far on the axis."""
        r = np.geomspace(*_ENDS)
        deepest = _WOLFIRE_CENTRE + 1 / self.kappa
        inside, outside = wolfire_potential(np, 0 * r, r * r) < deepest, wolfire_potential(np, r * r, 0 * r) >= deepest
        if not (inside.any() and outside.any()):
            return Hints()
        return Hints(spheres=(float(r[inside][-1]), float(r[outside][0])))


def wolfire_potential(xp: Any, R2: Array, z2: Array) -> Array:
    """Return the Galaxy's potential [km2 s-2] at squared cylindrical radius and height [kpc2]."""
    disk = 6.5 + xp.sqrt(z2 + 0.26**2)
    root = xp.sqrt(1 + (144.0 + R2 + z2) / 210.0**2)
    terms = 8.887 / xp.sqrt(R2 + disk * disk) + 3.0 / (0.7 + xp.sqrt(R2 + z2)) - 0.325 * xp.log((root - 1) / (root + 1))
    return -(225.0**2) * terms


_ENDS = 1e-3, 1e3, 3001  # kpc; radii at which the end of the hot gas is looked for
_WOLFIRE_CENTRE = float(wolfire_potential(np, np.asarray(0.0), np.asarray(0.0)))


def _reach(stretch: float, radius: float, width: float, height: float) -> Oval:
    """Return an ellipsoid in the axes of a ring that is nothing outside of it."""
    oval = Oval.about((0.0, 0.0, 0.0), radius + width * EFOLDS**0.25, height * math.sqrt(EFOLDS))
    return oval.moved(np.diag([1.0, stretch, 1.0]))


def _ring(X: Array, Y: Array, z: Array, stretch: float, radius: float, width: float, height: float) -> Array:
    xp = array_namespace(X, Y, z)
    wide = stretch * Y
    off = (xp.sqrt(X * X + wide * wide) - radius) / width
    return xp.exp(-(off * off) * (off * off) - z * z * (1 / height**2))
