r"""How much a density holds inside a sphere: closed forms where they are known, quadrature elsewhere.

The result is in solar masses for a mass density and a plain count for a number density, with an error.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.algebra import Scaled, Sum, scaled
from profiles.contract.arrays import ROUNDING, Floats
from profiles.contract.density import Density
from profiles.contract.fields import MASS_DENSITY, Mass
from profiles.contract.hints import surfaces
from profiles.contract.operations import mass_within

Known = tuple[float, float] | None


class Enclosed(NamedTuple):
    """What spheres about the centre hold.

    Parameters
    ----------
    value, error
        The integral of the density over each sphere, and a bound of its error, in `unit`.
    unit
        Solar masses for a mass density, else a pure number.
    """

    value: Any
    error: Any
    unit: Any


def enclosed_mass(density: Density, r: Any, *, rtol: float | None = None) -> Enclosed:
    """Return what `density` holds within the radius `r`.

    Parameters
    ----------
    density
        Any density, of any symmetry.
    r
        Radii [kpc], a number, an array or a Quantity; many at once cost little more than one.
    rtol
        Relative tolerance of the quadrature, where there is no closed form; by default 1e-8, and 1e-4 for a density
        without symmetry.

    Raises
    ------
    ValueError
        If a radius is not positive or the quadrature does not reach the tolerance.

    Examples
    --------
    >>> from profiles import NFW
    >>> enclosed_mass(NFW.from_local_density(0.4, r_s=20.0, r_sun=8.2), 8.2).value / 1e10  # doctest: +ELLIPSIS
    4.55...
    """
    radii = np.asarray(units.Quantity(r, "kpc").value, dtype=float)
    if not np.all(radii > 0):
        raise ValueError(f"r = {r}; the mass within a radius needs a radius > 0 kpc")
    target = units.Unit("Msun") if density.unit.is_equivalent(MASS_DENSITY, units.mass_energy()) else units.Unit("")
    factor = (1.0 * density.unit * units.Unit("kpc3")).to_value(target, equivalencies=units.mass_energy())
    rtol = rtol or (1e-4 if density.symmetry == "none" else 1e-8)
    ascending, back = np.unique(radii, return_inverse=True)
    value, error = _within(density, ascending, rtol, np.zeros_like(ascending))
    value, error = (np.reshape(part[back] * factor, radii.shape) for part in (value, error))
    return Enclosed(float(value), float(error), target) if radii.ndim == 0 else Enclosed(value, error, target)


@mass_within.register
def _(density: Density, r: Any, rtol: float | None) -> Enclosed:
    return enclosed_mass(density, r, rtol=rtol)


def with_mass(density: Density, mass: Mass, *, r: float, rtol: float | None = None) -> Density:
    """Return a mass density scaled so that it holds `mass` [Msun] within `r` [kpc], to `rtol` as in enclosed_mass.

    Examples
    --------
    >>> from profiles import NFW
    >>> round(enclosed_mass(with_mass(NFW(), 1e12, r=200.0), 200.0).value / 1e12, 12)
    1.0
    """
    if not density.unit.is_equivalent(MASS_DENSITY, units.mass_energy()):
        raise ValueError(f"with_mass needs a mass density; {type(density).__name__} is in [{density.unit}]")
    now = enclosed_mass(density, r, rtol=rtol).value
    return scaled(density, float(units.Quantity(mass, "Msun").value) / now, density.unit)


def _within(density: Density, r: Floats, rtol: float, floor: Floats) -> tuple[Floats, Floats]:
    """Return values and errors [density unit kpc3] at ascending radii, errors <= rtol * max(value, floor)."""
    if isinstance(density, Sum):
        floor = np.maximum(floor, np.sum([_polar(part, r, 6) for part in density.parts], axis=0))
        parts = [_within(part, r, rtol, floor) for part in density.parts]
        return np.sum([value for value, _ in parts], axis=0), np.sum([error for _, error in parts], axis=0)
    if isinstance(density, Scaled) and density.factor > 0:
        value, error = _within(density.density, r, rtol, floor / density.factor)
        return density.factor * value, density.factor * error
    known = [closed_form(density, float(radius)) for radius in r]
    if all(pair is not None for pair in known):
        value, error = np.array(known).T
        return value, error
    return _quadrature(density, r, rtol, floor)


@functools.singledispatch
def closed_form(density: Density, r: float) -> Known:
    """Return what a form is known to hold within `r` [density unit kpc3] and its error, or None: then it is integrated.

    The forms register theirs in :mod:`profiles.forms.masses`.
    """
    return None


def _quadrature(density: Density, r: Floats, rtol: float, floor: Floats) -> tuple[Floats, Floats]:
    """Integrate with ever more nodes in polar coordinates; the error is the last change, plus rounding."""
    previous = _polar(density, r, 4)
    for order in (6, 9, 13, 19, *(() if density.symmetry == "none" else (28, 40))):  # 19 are 2e7 points already
        value = _polar(density, r, order)
        error = np.abs(value - previous) + ROUNDING * np.abs(value)
        if np.all(error <= rtol * np.maximum(np.abs(value), floor)):
            return value, error
        previous = value
    reached = float(np.max(error / np.maximum(np.maximum(np.abs(value), floor), 1e-300)))
    raise ValueError(f"the mass of {type(density).__name__} is only good to {reached:.1e}; raise rtol = {rtol:g}")


def _polar(density: Density, r: Floats, order: int) -> Floats:
    """Return the integrals within ascending radii: Gauss-Legendre in panels, geometric in the radius."""
    edges = _radii(density, r)
    radius, weight = _panels(edges, order)
    shells = 4 * math.pi * weight * radius * radius * _means(density, radius, order)
    whole = np.concatenate([[0.0], np.cumsum(shells.reshape(-1, order).sum(axis=1))])
    return whole[np.searchsorted(edges, r)]


def _means(density: Density, radius: Floats, order: int) -> Floats:
    """Return the means over spheres: panels graded to the plane in latitude, a trapezoid rule in longitude."""
    if density.symmetry == "spherical":
        return np.asarray(_method(density, "radial")(radius))
    above = np.concatenate([[0.0], np.geomspace(1e-4, math.pi / 2, 13)])
    latitude, share = _panels(above if density.mirror_z else np.concatenate([-above[:0:-1], above]), order)
    share = share * np.cos(latitude) / (1 if density.mirror_z else 2)
    flat, height = radius[:, None] * np.cos(latitude), radius[:, None] * np.sin(latitude)
    if density.symmetry == "axisymmetric":
        return np.asarray(_method(density, "meridional")(flat, height) @ share)
    turns = 8 * order  # the trapezoid rule is spectrally accurate around a circle
    total = np.zeros_like(radius)
    for phi in 2 * math.pi * (np.arange(turns) + 0.5) / turns:
        total += density(flat * math.cos(phi), flat * math.sin(phi), height) @ share
    return total / turns


def _radii(density: Density, r: Floats) -> Floats:
    """Return panel edges: three a decade over six decades, the asked radii, and the density's own spheres."""
    graded = np.geomspace(1e-6 * r[0], r[-1], 2 + int(3 * np.log10(1e6 * r[-1] / r[0])))
    faces = [reach for mesh in density.hints.meshes for reach in mesh.reaches]
    own = [radius for radius in (*surfaces(density.hints.spheres), *faces) if radius < r[-1]]
    return np.unique(np.concatenate([[0.0], graded, r, own]))


def _panels(edges: Floats, order: int) -> tuple[Floats, Floats]:
    x, w = np.polynomial.legendre.leggauss(order)
    half = np.diff(edges) / 2
    return np.ravel(edges[:-1, None] + half[:, None] * (1 + x)), np.ravel(half[:, None] * w)


def _method(density: Density, name: str) -> Callable[..., Any]:
    return getattr(density, name)  # type: ignore[no-any-return]  # promised by `symmetry`
