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

from array_api_compat import array_namespace

from profiles.density import Array, Density, Hints
from profiles.fields import Angle, Kind, Length, Number, NumberDensity, Positive
from profiles.normalise import Normalised
from profiles.shapes import turned

Exponent = Annotated[float, Kind("", at_least=1.0)]


@dataclass(frozen=True)
class Bar(Density):
    """A bar: implement ``body(x, y, z)`` in its own axes, x along the bar; it must be even in all three."""

    @abstractmethod
    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc] in the bar's axes."""

    @property
    @abstractmethod
    def turn(self) -> float:
        """Angle between the long axis and the line from the Sun to the centre [deg]."""

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        along, across = turned(x, y, self.turn)
        return self.body(along, across, z)

    @property
    def mirror_z(self) -> bool:
        """True: the bar lies in the plane."""
        return True


@dataclass(frozen=True)
class DwekBar(Bar, Normalised):
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
    """

    n_0: NumberDensity = 60.48
    x_0: Length = 1.58
    y_0: Length = 0.62
    z_0: Length = 0.43
    bar_angle: Angle = 20.0

    @property
    def turn(self) -> float:
        """The bar angle [deg]."""
        return self.bar_angle

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        a, b, c = x / self.x_0, y / self.y_0, z / self.z_0
        flat, high = a * a + b * b, c * c
        return self.n_0 * xp.exp(-0.5 * xp.sqrt(flat * flat + high * high))

    @property
    def volume(self) -> float:
        """2^(-1/2) pi^2 Gamma(1/4) / Gamma(3/4) x_0 y_0 z_0 [kpc3]."""
        shape = math.pi**2 / math.sqrt(2) * math.gamma(0.25) / math.gamma(0.75)
        return shape * self.x_0 * self.y_0 * self.z_0


@dataclass(frozen=True)
class StanekBar(Bar, Normalised):
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
    """

    n_0: NumberDensity = 341.4
    x_0: Length = 0.89
    y_0: Length = 0.3827
    z_0: Length = 0.2492
    bar_angle: Angle = 28.0

    @property
    def turn(self) -> float:
        """The bar angle [deg]."""
        return self.bar_angle

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
class FreudenreichBar(Bar):
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

    @property
    def turn(self) -> float:
        """The bar angle [deg]."""
        return self.bar_angle

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        face = box_radius(xp, x / self.x_0, y / self.y_0, self.C_perp)
        s = box_radius(xp, face, z / self.z_0, self.C_par)
        past = xp.maximum(s - self.R_end, xp.zeros_like(s)) / self.h_end
        fall = xp.exp(-2 * s)
        return (4 * self.n_0) * fall * xp.exp(-past * past) / ((1 + fall) * (1 + fall))


@dataclass(frozen=True)
class PeanutBar(Bar):
    r"""X-shaped short bar, :math:`n_0\,\mathrm{sech}(a^m) [1 + \alpha (e^{-a_+^n} + e^{-a_-^n})] e^{-(r/r_{cut})^2}`.

    :math:`a` is a box radius as in :class:`FreudenreichBar`, and :math:`a_\pm^2 = [(x \pm c z)/x_c]^2 + (y/y_c)^2` runs
    along the two arms of the X. The default amplitude is its mass density 3.16273 Msun pc-3 as baryons.

    Parameters
    ----------
    n_0
        Central density scale [cm-3].
    x_0, y_0, z_0
        Scale lengths [kpc].
    C_perp, C_par
        Exponents of the face-on and the edge-on shape.
    m
        Exponent of the profile.
    alpha, c, n, x_c, y_c
        Strength, slope and profile of the X, and its scale lengths [kpc].
    r_cut
        Radius of the cut-off [kpc].
    bar_angle
        Angle of the bar [deg].

    References
    ----------
    Sormani et al. 2022, MNRAS 514, L5 (a fit to Portail et al. 2017), as read in the Agama distribution.
    """

    n_0: NumberDensity = 127.975
    x_0: Length = 0.490209
    y_0: Length = 0.392017
    z_0: Length = 0.229482
    C_par: Exponent = 1.99110
    C_perp: Exponent = 2.23179
    m: Positive = 0.873228
    r_cut: Length = 4.36984
    alpha: Positive = 0.625670
    c: Number = 1.34152
    n: Positive = 1.94025
    x_c: Length = 0.750504
    y_c: Length = 0.468875
    bar_angle: Angle = 25.0

    @property
    def turn(self) -> float:
        """The bar angle [deg]."""
        return self.bar_angle

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        face = box_radius(xp, x / self.x_0, y / self.y_0, self.C_perp)
        a = box_radius(xp, face, z / self.z_0, self.C_par) ** self.m
        fall = xp.exp(-a)  # sech(a) = 2 e / (1 + e^2) with e = exp(-a) never overflows
        width = (y / self.y_c) ** 2
        forward = (((x + self.c * z) / self.x_c) ** 2 + width) ** (0.5 * self.n)
        backward = (((x - self.c * z) / self.x_c) ** 2 + width) ** (0.5 * self.n)
        arms = 1 + self.alpha * (xp.exp(-forward) + xp.exp(-backward))
        cut = xp.exp((x * x + y * y + z * z) * (-1 / self.r_cut**2))
        return (2 * self.n_0) * fall / (1 + fall * fall) * arms * cut


@dataclass(frozen=True)
class LongBar(Bar):
    r"""Flat long bar, :math:`n_0\,\mathrm{sech}^2(z/z_0)\,e^{-a^{C} - (R/r_{out})^{k_{out}} - (r_{in}/R)^{k_{in}}}`.

    :math:`a^{C_\perp} = (|x|/x_0)^{C_\perp} + (|y|/y_0)^{C_\perp}`. The default amplitude is 0.495382 Msun pc-3.

    Parameters
    ----------
    n_0
        Density scale [cm-3].
    x_0, y_0
        Scale lengths [kpc].
    z_0
        Scale height [kpc].
    C_perp, C
        Exponents of the shape and of the profile.
    r_out, r_in
        Radii of the outer and the inner cut-off [kpc].
    k_out, k_in
        Their exponents.
    bar_angle
        Angle of the bar [deg].

    References
    ----------
    Wegg, Gerhard & Portail 2015, MNRAS 450, 4050; Sormani et al. 2022, MNRAS 514, L5, long bar 1, as read in the Agama
    distribution.
    """

    n_0: NumberDensity = 20.0448
    x_0: Length = 5.36363
    y_0: Length = 0.958522
    z_0: Length = 0.610542
    C_perp: Positive = 0.969645
    C: Positive = 3.05125
    r_out: Length = 3.19044
    r_in: Length = 0.558256
    k_out: Number = 16.7310
    k_in: Positive = 3.19575
    bar_angle: Angle = 25.0

    @property
    def turn(self) -> float:
        """The bar angle [deg]."""
        return self.bar_angle

    def body(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density in the bar's axes."""
        xp = array_namespace(x, y, z)
        a = box_radius(xp, x / self.x_0, y / self.y_0, self.C_perp)
        R = xp.maximum(xp.sqrt(x * x + y * y), xp.full_like(x, 1e-9))
        outer = xp.exp(xp.clip(self.k_out * xp.log(R / self.r_out), -700.0, 700.0))  # R^k overflows far out
        inner = xp.exp(xp.clip(-self.k_in * xp.log(R / self.r_in), -700.0, 700.0))
        fall = xp.exp(xp.abs(z) * (-2 / self.z_0))
        return (4 * self.n_0) * xp.exp(-(a**self.C) - outer - inner) * fall / ((1 + fall) * (1 + fall))

    @property
    def hints(self) -> Hints:
        """Its two cut-offs, the outer one almost an edge."""
        return Hints(cylinders=(self.r_in, self.r_out))


def box_radius(xp: Any, a: Array, b: Array, exponent: float) -> Array:
    """Return (|a|^C + |b|^C)^(1/C), taken relative to the larger so that no power under- or overflows."""
    a, b = xp.abs(a), xp.abs(b)
    large = xp.maximum(xp.maximum(a, b), xp.full_like(a, 1e-290))
    small = xp.minimum(a, b) / large
    return xp.maximum(a, b) * (1 + small**exponent) ** (1 / exponent)
