"""What may become of a halo's centre: a core, a spike, or contraction under the pull of the baryons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from profiles.contract.arrays import array_namespace
from profiles.contract.density import Array, Density, Hints, Spherical
from profiles.contract.fields import Kind, Length, MassDensity, Positive
from profiles.forms.halo import Halo
from profiles.forms.halos import NFW
from profiles.mass import enclosed_mass
from profiles.tables.radial import RadialTable

SpikeSlope = Annotated[float, Kind("", at_least=0.0, below=3.0)]


@dataclass(frozen=True)
class CoredNFW(Halo, smooth=True):
    r"""NFW halo with a core dug by feedback: its mass within r is :math:`M_{NFW}(r) \tanh^n(r / r_c)`.

    The density is :math:`f^n \rho_{NFW} + n f^{n-1} (1 - f^2) M_{NFW} / (4 \pi r^2 r_c)`, :math:`f = \tanh(r / r_c)`.

    Parameters
    ----------
    rho_s
        Of the NFW halo [GeV cm-3].
    r_s
        Of the NFW halo [kpc].
    r_c
        Radius of the core [kpc]. The default is an illustration, not a fit to the Milky Way.
    n
        How complete the core is: 1 for a flat centre.

    References
    ----------
    Read, Agertz & Collins 2016, MNRAS 459, 2573, eqs. (16)-(18).

    Examples
    --------
    >>> from profiles import NFW, CoredNFW
    >>> cored, cuspy = CoredNFW(r_c=1.0), NFW()
    >>> [round(float(cored.radial(r) / cuspy.radial(r)), 3) for r in (0.01, 9.0)]
    [0.015, 1.0]
    """

    rho_s: MassDensity = 0.184
    r_s: Length = 24.42
    r_c: Length = 1.0
    n: Annotated[float, Kind("", above=0.0, below=1.0000000001)] = 1.0

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        xp = array_namespace(r)
        x, y = r / self.r_s, r / self.r_c
        f = xp.tanh(y)
        # f/x and m/x^2 are smooth at the centre; ln(1 + x) - x/(1 + x) cancels there, so its series takes over
        series = x * x * (0.5 + x * (-2 / 3 + x * (3 / 4 + x * (-4 / 5 + x * (5 / 6 - x * 6 / 7)))))
        mass = xp.where(x < 1e-2, series, xp.log1p(x) - x / (1 + x))
        steep = 1 / xp.cosh(xp.where(y < 300, y, xp.full_like(y, 300.0))) ** 2
        own = f**self.n / (x * (1 + x) * (1 + x))
        dug = self.n * f ** (self.n - 1) * steep * mass * (self.r_s / self.r_c) / (x * x)
        return self.rho_s * (own + dug)


@dataclass(frozen=True)
class CentralSpike(Spherical, smooth=True):
    r"""A spherical density whose centre is replaced by a power law, :math:`\rho(r_{sp}) (r / r_{sp})^{-\gamma}`.

    Inside ``r_sp`` the power law, inside ``r_core`` its constant value there: a spike around the black hole for a
    steep slope, a core for the slope 0. The defaults are the adiabatic spike of an NFW cusp, slope (9 - 2)/(4 - 1).

    Parameters
    ----------
    density
        The spherical density outside.
    r_sp
        Where the power law begins [kpc].
    gamma
        Slope of the power law, below 3.
    r_core
        Where it ends [kpc], by annihilation or capture.

    References
    ----------
    Gondolo & Silk 1999, PRL 83, 1719. The radii are an illustration, memory, unverified.

    Examples
    --------
    >>> from profiles import NFW, CentralSpike
    >>> spike = CentralSpike(NFW(), r_sp=0.01, gamma=7 / 3)
    >>> round(float(spike.radial(0.001) / spike.radial(0.01)), 3)  # 10^(7/3)
    215.443
    """

    density: Density = NFW()
    r_sp: Length = 1e-2
    gamma: SpikeSlope = 7 / 3
    r_core: Length = 1e-6

    def check(self) -> None:
        """Refuse a density that is not spherical, and radii in the wrong order."""
        if self.density.symmetry != "spherical":
            raise ValueError(f"CentralSpike.density is {self.density.symmetry}; give a spherical density")
        if not self.r_core <= self.r_sp:
            raise ValueError(f"CentralSpike.r_core = {self.r_core} kpc; allowed: at most r_sp = {self.r_sp} kpc")

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        xp = array_namespace(r)
        r = xp.asarray(r)
        outside = self.density.radial(xp.maximum(r, xp.full_like(r, self.r_sp)))  # type: ignore[attr-defined]
        inside = xp.clip(r / self.r_sp, self.r_core / self.r_sp, 1.0)
        return outside * inside**-self.gamma

    @property
    def hints(self) -> Hints:
        """Its two kinks, and those of the density outside."""
        return Hints(spheres=(self.r_core, self.r_sp)) | self.density.hints


def contracted(
    halo: Density,
    baryons: Density,
    *,
    baryon_fraction: Annotated[float, Kind("", above=0.0, below=1.0)] = 4.825 / 30.7,
    r_min: Length = 0.02,
    r_max: Length = 200.0,
    points: Positive = 128,
) -> RadialTable:
    r"""Return a spherical halo as the baryons' pull has contracted it, a table from `r_min` to `r_max` [kpc].

    The dark mass within r solves :math:`M = 1.023 M_0 [M_0 / ((1 - f) (M + M_b))]^{-0.54}`, :math:`M_0` being the
    halo's mass without baryons and :math:`M_b` that of the baryons.

    Parameters
    ----------
    halo
        Halo of a simulation without baryons, its mass times 1 - `baryon_fraction`; spherical.
    baryons
        Mass density of the baryons of today.
    baryon_fraction
        Of the Universe; by default that of Planck 2013.
    r_min, r_max, points
        The radii of the table [kpc] and their number.

    References
    ----------
    Cautun et al. 2020, MNRAS 494, 4291; the formula as read in galpy 1.12 (``AdiabaticContractionWrapperPotential``).

    Examples
    --------
    >>> from profiles import NFW, HernquistBulge, contracted
    >>> halo, bulge = NFW(), HernquistBulge.from_mass(1e10, a=0.6)
    >>> bool(contracted(halo, bulge, points=16).radial(1.0) > halo.radial(1.0))
    True
    """
    from scipy.interpolate import CubicSpline

    radii = np.geomspace(r_min, r_max, int(points))
    dark = enclosed_mass(halo, radii).value
    visible = enclosed_mass(baryons, radii, rtol=1e-6).value
    mass = dark.copy()
    for _ in range(200):  # a contraction of factor 0.54: 200 steps reach rounding
        mass = 1.023 * dark * (dark / ((1 - baryon_fraction) * (mass + visible))) ** -0.54
    growth = CubicSpline(np.log(radii), np.log(mass)).derivative()(np.log(radii))
    density = growth * mass / (4 * np.pi * radii**3)  # dM/dr / (4 pi r^2)
    table = RadialTable.from_arrays(radii, density, unit="Msun kpc-3")
    ends = {"r_min": f"{r_min!r} kpc", "r_max": f"{r_max!r} kpc", "points": points}
    recipe = {"type": "contracted", "halo": halo, "baryons": baryons, **ends}
    return replace(table, recipe={**recipe, "baryon_fraction": baryon_fraction})
