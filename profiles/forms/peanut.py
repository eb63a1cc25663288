"""The boxy bar with a peanut waist and the long bar around it, in closed form.

Their sum with a second long bar is the preset ``sormani2022_bar``, a fit to the made-to-measure model of Portail et
al. 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Hints
from profiles.contract.fields import Angle, Length, Number, NumberDensity, Positive
from profiles.forms.bars import Bar, Exponent, box_radius

_NOTHING = 36.0  # e-foldings: beyond them a steep cut-off leaves nothing that a line would miss


@dataclass(frozen=True)
class PeanutBar(Bar, smooth=False):
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

    Examples
    --------
    >>> from profiles import PeanutBar
    >>> bar = PeanutBar()
    >>> float(bar(0.0, 0.0, 0.0)) > float(bar(0.0, 0.0, 1.0)) > 0
    True
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

    @property
    def hints(self) -> Hints:
        """The walls of the box, and where lines come closest to it."""
        return Hints(walls=self.walls, cores=(self.core,))


@dataclass(frozen=True)
class LongBar(Bar, smooth=False):
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

    Examples
    --------
    >>> from profiles import LongBar
    >>> float(LongBar()(0.0, 0.0, 0.0))  # its inner hole
    0.0
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
        """Its two cut-offs, where the outer one, almost an edge, leaves nothing, and the walls of the box."""
        ends = () if self.k_out == 0 else (self.r_out, self.r_out * math.exp(math.log(_NOTHING) / self.k_out))
        return Hints(cylinders=(self.r_in, *ends), walls=self.walls)
