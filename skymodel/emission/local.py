"""Microphysics that varies over the Galaxy: one more factor of the product of densities.

Where chi, mu or the positronium fraction f depend on the place, through the electrons' speed or temperature, say,
give them as densities without a unit (mu in MeV). :func:`local_band_factor` turns them into the local photons per line
photon, again a density without a unit: ``pair * local_band_factor(model, band, chi=chi)`` is projected like any other
product, and ``scale`` times its map is the map of the band. The line itself is proportional to the product as given;
a rate per encounter that varies, kappa(x), is a factor the user multiplies into it. :func:`local_factor` is the
general form: any function of any fields.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units

from profiles.density import SYMMETRIES, Density, Hints, Symmetry
from skymodel.emission.bands import Band
from skymodel.emission.model import BandPhotons, NuggetEmission, band_photons

FIELDS = ("mu", "chi", "positronium_fraction")


@dataclass(frozen=True)
class LocalFactor(Density):
    """A function of densities, evaluated place by place; made by :func:`local_factor`.

    Parameters
    ----------
    function
        Called with one array for each field; returns their shape.
    fields
        Densities.
    """

    function: Callable[..., Any]
    fields: tuple[Density, ...]

    @property
    def symmetry(self) -> Symmetry:
        """The lowest symmetry of the fields."""
        return max((field.symmetry for field in self.fields), key=SYMMETRIES.index)

    @property
    def mirror_z(self) -> bool:
        """Whether all fields are mirror symmetric."""
        return all(field.mirror_z for field in self.fields)

    @property
    def hints(self) -> Hints:
        """The hints of all fields."""
        return functools.reduce(operator.or_, (field.hints for field in self.fields))

    def radial(self, r: Any) -> Any:
        """Return the values at radius `r` [kpc]; only where the symmetry is spherical."""
        return self.function(*(field.radial(r) for field in self.fields))  # type: ignore[attr-defined]

    def meridional(self, R: Any, z: Any) -> Any:
        """Return the values at ``(R, z)`` [kpc]; only where the symmetry is axisymmetric or higher."""
        return self.function(*(field.meridional(R, z) for field in self.fields))  # type: ignore[attr-defined]

    def __call__(self, x: Any, y: Any, z: Any) -> Any:
        """Return the values at ``(x, y, z)`` [kpc]."""
        return self.function(*(field(x, y, z) for field in self.fields))


def local_factor(function: Callable[..., Any], *fields: Density, unit: Any = "") -> Density:
    """Return the density ``function(field_1, field_2, ...)``, evaluated place by place.

    Parameters
    ----------
    function
        Called with one array for each field, in the field's unit; returns an array of their shape, not negative.
    fields
        One density or more.
    unit
        Unit of what the function returns.

    Examples
    --------
    >>> from profiles import from_function
    >>> radius = from_function(lambda x, y, z: (x**2 + y**2 + z**2) ** 0.5, unit="kpc", symmetry="spherical")
    >>> cold = local_factor(lambda r: 1 / (1 + r), radius)
    >>> float(cold(0.0, 3.0, 0.0)), cold.symmetry
    (0.25, 'spherical')
    """
    if not fields:
        raise ValueError("local_factor needs at least one field; a constant factor is a number times the density")
    return LocalFactor(function, fields, unit=unit)


def local_band_factor(
    model: NuggetEmission,
    band: Band,
    *,
    mu: Density | None = None,
    chi: Density | None = None,
    positronium_fraction: Density | None = None,
) -> Density:
    """Return the photons of `band` per 511 keV photon as a density without a unit.

    Parameters
    ----------
    model
        Gives the convention, and the values of what does not vary.
    band
        The energy band.
    mu
        Chemical potential of the positrons, with unit "MeV".
    chi, positronium_fraction
        Without a unit.

    Examples
    --------
    >>> from profiles import from_function
    >>> from skymodel.emission.bands import CONTINUUM_1_20
    >>> chi = from_function(lambda x, y, z: 0.1 + 0 * x, unit="", symmetry="spherical")
    >>> model = NuggetEmission()
    >>> factor = local_band_factor(model, CONTINUUM_1_20, chi=chi)
    >>> bool(abs(factor(1.0, 2.0, 3.0) / model.band_factor(CONTINUUM_1_20) - 1) < 1e-14)
    True
    """
    given = dict(zip(FIELDS, (mu, chi, positronium_fraction), strict=True))
    varying = {name: field for name, field in given.items() if field is not None}
    if not varying:
        raise ValueError(f"no field varies; give one of {', '.join(FIELDS)}, or use model.band_factor(band)")
    _require_units(varying)
    fixed = {name: getattr(model, name) for name in FIELDS if name not in varying}

    def photons(*values: Any) -> Any:
        here = fixed | dict(zip(varying, values, strict=True))
        counted: BandPhotons = band_photons(band, convention=model.convention, **here)
        return np.asarray(sum(counted))

    return local_factor(photons, *varying.values())


def _require_units(varying: dict[str, Density]) -> None:
    for name, field in varying.items():
        expected = units.Unit("MeV") if name == "mu" else units.dimensionless_unscaled
        if units.Unit(field.unit) != expected:
            wanted = f"[{expected}]" if name == "mu" else 'no unit (unit="")'
            raise ValueError(f"the field {name} has the unit [{field.unit}]; it must have {wanted}")
