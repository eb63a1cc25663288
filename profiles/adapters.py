"""Densities of other libraries: galpy, gala and Agama, with their units and handedness converted.

Ours is right-handed with the Sun at x < 0 and y towards l = 90 deg, as gala's and astropy's. galpy is left-handed
with the Sun at x > 0. In a configuration name the potential, ``{type: galpy, potential:
"galpy.potential:MWPotential2014", component: 2}``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from astropy import units

from profiles.contract.density import Array, Density, Symmetry
from profiles.contract.fields import MASS_DENSITY, Kind, Length, Positive
from profiles.shelf import trust

Velocity = Annotated[float, Kind("km s-1", above=0.0)]


@dataclass(frozen=True)
class GalpyDensity(Density):
    """The mass density [GeV cm-3] of a galpy potential, or of a sum of them; made by :func:`from_galpy`.

    Parameters
    ----------
    potential
        A galpy potential.
    r_0, v_0
        Its units of length [kpc] and velocity [km s-1].
    path, component
        Where it was found.
    """

    potential: Any = field(compare=False)
    r_0: Length = 8.0
    v_0: Velocity = 220.0
    path: str = ""
    component: str | int | None = None
    unit: Any = field(default=MASS_DENSITY, kw_only=True)

    @property
    def symmetry(self) -> Symmetry:
        """Axisymmetric unless galpy says otherwise."""
        return "none" if _non_axisymmetric(self.potential) else "axisymmetric"

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at ``(R, z)`` [kpc]; only where the symmetry is axisymmetric."""
        return self._density(R, z, 0.0)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        return self._density(np.hypot(x, y), z, np.arctan2(y, -x))  # galpy's x axis points to the Sun

    def to_spec(self) -> dict[str, Any]:
        """Return its configuration."""
        scales = {"r_0": f"{self.r_0!r} kpc", "v_0": f"{self.v_0!r} km s-1"}
        return {"type": "galpy", **_place(self), **scales}

    def _density(self, R: Array, z: Array, phi: Array) -> Array:
        from galpy.potential import evaluateDensities

        R, z, phi = np.broadcast_arrays(*(np.asarray(c, dtype=float) for c in (R, z, phi)))
        flat = [np.maximum(R, 1e-12).ravel() / self.r_0, z.ravel() / self.r_0]
        values = evaluateDensities(self.potential, *flat, phi=phi.ravel(), use_physical=False)
        return np.reshape(values, R.shape) * _galpy_factor(self.r_0, self.v_0)


@dataclass(frozen=True)
class GalaDensity(Density):
    """The mass density [GeV cm-3] of a gala potential; made by :func:`from_gala`.

    Parameters
    ----------
    potential
        A gala potential.
    path, component
        Where it was found.
    """

    potential: Any = field(compare=False)
    path: str = ""
    component: str | int | None = None
    unit: Any = field(default=MASS_DENSITY, kw_only=True)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        shape = np.shape(x)
        places = np.stack([np.ravel(c) for c in (x, y, z)]) * units.Unit("kpc")
        values = self.potential.density(places)
        return np.reshape(values.to_value(MASS_DENSITY, equivalencies=units.mass_energy()), shape)

    def to_spec(self) -> dict[str, Any]:
        """Return its configuration."""
        return {"type": "gala", **_place(self)}


@dataclass(frozen=True)
class AgamaDensity(Density):
    """The mass density [GeV cm-3] of an Agama density or potential; made by :func:`from_agama`.

    Parameters
    ----------
    source
        Anything with ``density(xyz)``, ``xyz`` of shape ``(N, 3)``.
    length
        Agama's unit of length [kpc].
    mass_unit
        Agama's unit of mass [Msun].
    path
        Where it was found.
    """

    source: Any = field(compare=False)
    length: Length = 1.0
    mass_unit: Positive = 1.0
    path: str = ""
    unit: Any = field(default=MASS_DENSITY, kw_only=True)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        places = np.stack([np.ravel(c) for c in (x, y, z)], axis=-1) / self.length
        scale = units.Quantity(self.mass_unit / self.length**3, "Msun kpc-3")
        values = np.asarray(self.source.density(places), dtype=float)
        return np.reshape(values, np.shape(x)) * scale.to_value(MASS_DENSITY, equivalencies=units.mass_energy())

    def to_spec(self) -> dict[str, Any]:
        """Return its configuration."""
        if not self.path:
            raise ValueError("this Agama density cannot be written down; make it a name in a module and give its path")
        return {"type": "agama", "source": self.path, "length": f"{self.length!r} kpc", "mass": self.mass_unit}


def from_galpy(
    potential: Any, component: str | int | None = None, r_0: Length | None = None, v_0: Velocity | None = None
) -> GalpyDensity:
    """Return the density of a galpy potential.

    Parameters
    ----------
    potential
        A potential, a sum or list of them, or ``"module:Name"`` of one.
    component
        Index of the one of several that is wanted.
    r_0, v_0
        Units [kpc, km s-1]; by default those the potential was made with, else galpy's 8 and 220.

    Examples
    --------
    >>> from profiles import from_galpy
    >>> from_galpy("galpy.potential:NFWPotential").symmetry  # doctest: +SKIP
    'axisymmetric'
    """
    path = potential if isinstance(potential, str) else ""
    found = _component(_made(potential, "galpy"), component)
    first = found[0] if isinstance(found, (list, tuple)) else found
    r_0 = r_0 if r_0 is not None else float(getattr(first, "_ro", 8.0))
    v_0 = v_0 if v_0 is not None else float(getattr(first, "_vo", 220.0))
    return GalpyDensity(found, r_0, v_0, path, component)


def from_gala(potential: Any, component: str | int | None = None) -> GalaDensity:
    """Return the density of a gala potential.

    Parameters
    ----------
    potential
        A potential, or ``"module:Name"`` of one or of a class with defaults.
    component
        Name of the part of a composite potential that is wanted.

    Examples
    --------
    >>> from profiles import from_gala
    >>> from_gala(potential, component="halo")  # doctest: +SKIP
    """
    path = potential if isinstance(potential, str) else ""
    return GalaDensity(_component(_made(potential, "gala"), component), path, component)


def from_agama(source: Any, length: Length = 1.0, mass: Positive = 1.0) -> AgamaDensity:
    """Return an Agama density or potential, or ``"module:Name"`` of one, in the units set with ``agama.setUnits``.

    Examples
    --------
    >>> from profiles import from_agama
    >>> from_agama("mine:potential", length=1.0, mass=1.0)  # doctest: +SKIP
    """
    path = source if isinstance(source, str) else ""
    return AgamaDensity(_made(source, "agama"), length, mass, path)


def _made(thing: Any, library: str) -> Any:
    """Return a potential: itself, or what stands at ``"module:Name"`` in the library or in a file of the user's."""
    found = trust.from_library(thing, library) if isinstance(thing, str) else thing
    return found() if isinstance(found, type) else found


def _component(potential: Any, component: str | int | None) -> Any:
    if component is None:
        return potential
    try:
        return potential[component]
    except (KeyError, IndexError, TypeError) as error:
        names = ", ".join(map(str, potential)) if hasattr(potential, "keys") else "0, 1, ..."
        raise ValueError(f"the potential has no component {component!r}; it has {names}") from error


def _place(density: GalpyDensity | GalaDensity) -> dict[str, Any]:
    if not density.path:
        raise ValueError("this potential cannot be written down; make it a name in a module and give 'module:Name'")
    place = {"potential": density.path}
    return place if density.component is None else {**place, "component": density.component}


def _non_axisymmetric(potential: Any) -> bool:
    parts = potential if isinstance(potential, (list, tuple)) else [potential]
    return any(bool(getattr(part, "isNonAxi", False)) for part in parts)


def _galpy_factor(r_0: float, v_0: float) -> float:
    from galpy.util.conversion import dens_in_msolpc3

    scale = units.Quantity(dens_in_msolpc3(v_0, r_0), "Msun pc-3")
    return float(scale.to_value(MASS_DENSITY, equivalencies=units.mass_energy()))
