r"""The bar of the inner Galaxy, in the forms that were fitted to starlight and to stellar motions.

A bar is written in its own axes and turned by ``bar_angle``, the angle between its long axis and the line from the
Sun to the centre; a positive angle puts the near end at l > 0, where it is. Amplitudes are number densities [cm-3] or,
as a Quantity, mass densities.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np

from profiles.contract.arrays import array_namespace
from profiles.contract.box import Box
from profiles.contract.density import Array, Density, Hints
from profiles.contract.fields import Angle, Kind, Length, NumberDensity, Positive
from profiles.contract.normalise import Normalised
from profiles.contract.oval import Oval
from profiles.forms.shapes import turned

Exponent = Annotated[float, Kind("", at_least=1.0)]


@dataclass(frozen=True)
class Bar(Density):
    """A bar: implement ``body(x, y, z)`` in its own axes, x along the bar; it must be even in all three."""

    @abstractmethod
    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc] in the bar's axes."""

    @property
    @abstractmethod
    def x_0(self) -> float:
        """Scale length along the bar [kpc]."""

    @property
    @abstractmethod
    def y_0(self) -> float:
        """Scale length across it [kpc]."""

    @property
    @abstractmethod
    def z_0(self) -> float:
        """Scale height [kpc]."""

    @property
    @abstractmethod
    def bar_angle(self) -> float:
        """Angle between the long axis and the line from the Sun to the centre [deg]."""

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        along, across = turned(x, y, self.bar_angle)
        return self.body(along, across, z)

    @property
    def walls(self) -> tuple[float, float]:
        """Azimuths [deg] of the upright planes y = 0 and x = 0 of the bar, where boxes have kinks."""
        return -self.bar_angle, 90.0 - self.bar_angle

    @property
    def core(self) -> Oval | Box:
        """The surface at its scale lengths; an ellipsoid unless it is boxy."""
        return self._ellipsoid

    @property
    def _ellipsoid(self) -> Oval:
        """The ellipsoid of its scale lengths."""
        x, y = turned(np.eye(3)[0], np.eye(3)[1], self.bar_angle)
        return Oval.along_axes((0.0, 0.0, 0.0), (self.x_0, self.y_0, self.z_0)).moved([x, y, np.eye(3)[2]])

    @property
    def hints(self) -> Hints:
        """Where lines come closest to it, in units of its scale lengths."""
        return Hints(cores=(self.core,))

    @property
    def mirror_z(self) -> bool:
        """True: the bar lies in the plane."""
        return True


@dataclass(frozen=True)
class DwekBar(Bar, Normalised, smooth=True):
    r"""Boxy Gaussian bar G2, :math:`n_0 e^{-s^2/2}`, :math:`s^4 = [(x/x_0)^2 + (y/y_0)^2]^2 + (z/z_0)^4`.

    The default amplitude is :math:`1.3 \times 10^{10}` solar masses of baryons (memory, unverified); the axes are
    those of the scaling to 8 kpc by Han & Gould 1995.

    Parameters
    ----------
    n_0
        Central density [cm-3].
    x_0, y_0, z_0
        Semi-axes [kpc].
    bar_angle
        Angle of the bar [deg].

    References
    ----------
    Dwek et al. 1995, ApJ 445, 716, model G2.

    Examples
    --------
    >>> from profiles import DwekBar
    >>> bar = DwekBar(bar_angle=0.0)
    >>> round(float(bar(-1.58, 0.0, 0.0) / bar(0.0, 0.0, 0.0)), 6)  # exp(-1/2) at x_0 on its long axis
    0.606531
    """

    n_0: NumberDensity = 60.48
    x_0: Length = 1.58
    y_0: Length = 0.62
    z_0: Length = 0.43
    bar_angle: Angle = 20.0

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        a, b, c = x / self.x_0, y / self.y_0, z / self.z_0
        flat, high = a * a + b * b, c * c
        return self.n_0 * xp.exp(-0.5 * xp.sqrt(flat * flat + high * high))

    @property
    def core(self) -> Box:
        """The surface s = 1."""
        return Box(self._ellipsoid, 2.0, 4.0)

    @property
    def volume(self) -> float:
        """2^(-1/2) pi^2 Gamma(1/4) / Gamma(3/4) x_0 y_0 z_0 [kpc3]."""
        shape = math.pi**2 / math.sqrt(2) * math.gamma(0.25) / math.gamma(0.75)
        return shape * self.x_0 * self.y_0 * self.z_0


@dataclass(frozen=True)
class StanekBar(Bar, Normalised, smooth=True):
    r"""Exponential ellipsoid E2, :math:`n_0 e^{-s}`, :math:`s^2 = (x/x_0)^2 + (y/y_0)^2 + (z/z_0)^2`.

    The default amplitude is :math:`1.8 \times 10^{10}` solar masses of baryons.

    Parameters
    ----------
    n_0
        Central density [cm-3].
    x_0, y_0, z_0
        Scale lengths [kpc].
    bar_angle
        Angle of the bar [deg].

    References
    ----------
    Stanek et al. 1997, ApJ 477, 163, model E2.

    Examples
    --------
    >>> from profiles import StanekBar
    >>> bar = StanekBar(n_0=341.4, bar_angle=0.0)
    >>> round(float(bar(0.89, 0.0, 0.0)), 3)  # n_0 / e at x_0 on its long axis
    125.594
    """

    n_0: NumberDensity = 341.4
    x_0: Length = 0.89
    y_0: Length = 0.3827
    z_0: Length = 0.2492
    bar_angle: Angle = 28.0

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        a, b, c = x / self.x_0, y / self.y_0, z / self.z_0
        return self.n_0 * xp.exp(-xp.sqrt(a * a + b * b + c * c))

    @property
    def volume(self) -> float:
        """8 pi x_0 y_0 z_0 [kpc3]."""
        return 8 * math.pi * self.x_0 * self.y_0 * self.z_0


@dataclass(frozen=True)
class FreudenreichBar(Bar, smooth=True):
    r"""Boxy bar, :math:`n_0\,\mathrm{sech}^2 R_s`, cut off by :math:`e^{-[(R_s - R_{end}) / h_{end}]^2}` beyond R_end.

    :math:`R_s^{C_\parallel} = R_\perp^{C_\parallel} + (|z|/z_0)^{C_\parallel}`,
    :math:`R_\perp^{C_\perp} = (|x|/x_0)^{C_\perp} + (|y|/y_0)^{C_\perp}`. The fit is to light, so the amplitude is
    free: 1 by default.

    Parameters
    ----------
    n_0
        Central density [cm-3].
    x_0, y_0, z_0
        Scale lengths [kpc], for the Sun at 8.5 kpc.
    C_perp, C_par
        Exponents of the face-on and the edge-on shape: 2 for an ellipse, more for a box, less for a diamond.
    R_end, h_end
        Where the cut-off begins, and its width, both in units of R_s.
    bar_angle
        Angle of the bar [deg].

    References
    ----------
    Freudenreich 1998, ApJ 492, 495, model S.

    Examples
    --------
    >>> from profiles import FreudenreichBar
    >>> float(FreudenreichBar(n_0=1.0)(0.0, 0.0, 0.0))
    1.0
    """

    n_0: NumberDensity = 1.0
    x_0: Length = 1.696
    y_0: Length = 0.6426
    z_0: Length = 0.4425
    C_perp: Exponent = 1.574
    C_par: Exponent = 3.501
    R_end: Positive = 3.128
    h_end: Positive = 0.461
    bar_angle: Angle = 13.97

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        face = box_radius(xp, x / self.x_0, y / self.y_0, self.C_perp)
        s = box_radius(xp, face, z / self.z_0, self.C_par)
        past = xp.maximum(s - self.R_end, xp.zeros_like(s)) / self.h_end
        fall = xp.exp(-2 * s)
        return (4 * self.n_0) * fall * xp.exp(-past * past) / ((1 + fall) * (1 + fall))

    @property
    def core(self) -> Box:
        """The surface R_s = 1."""
        return Box(self._ellipsoid, self.C_perp, self.C_par)

    @property
    def hints(self) -> Hints:
        """The walls of the box, from which it goes as powers, and R_s = R_end, where the second derivative jumps."""
        end = self.core._replace(oval=self._ellipsoid.grown(self.R_end))
        return Hints(walls=self.walls, ovals=(end,), cores=(self.core,))


def box_radius(xp: Any, a: Array, b: Array, exponent: float) -> Array:
    """Return (|a|^C + |b|^C)^(1/C), taken relative to the larger so that no power under- or overflows."""
    a, b = xp.abs(a), xp.abs(b)
    large = xp.maximum(xp.maximum(a, b), xp.full_like(a, 1e-290))
    small = xp.minimum(a, b) / large
    return xp.maximum(a, b) * (1 + small**exponent) ** (1 / exponent)
