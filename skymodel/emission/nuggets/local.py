"""Microphysics that varies over the Galaxy: one more factor of the product of densities.

Where chi, mu or the positronium fraction f depend on the place, through the electrons' speed or temperature, say,
give them as densities without a unit (mu in MeV). :func:`local_band_factor` turns them into the local photons per line
photon, again a density without a unit: ``pair * local_band_factor(model, band, chi=chi)`` is projected like any other
product, and ``scale`` times its map is the map of the band. The line itself is proportional to the product as given;
a rate per encounter that varies, kappa(x), is a factor the user multiplies into it. Any function of any fields is
:func:`~profiles.contract.mapped.mapped`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.density import Density
from profiles.contract.mapped import mapped
from skymodel.emission.event.bands import Band
from skymodel.emission.nuggets.model import NuggetEmission, band_photons, continuum_intensity

FIELDS = ("mu", "chi", "positronium_fraction")


def local_band_factor(model: NuggetEmission, band: Band, **fields: Density) -> Density:
    """Return the photons of `band` per 511 keV photon as a density without a unit.

    Parameters
    ----------
    model
        Gives the convention, and the values of what does not vary.
    band
        The energy band.
    **fields
        What varies: `mu` with unit "MeV", `chi` and `positronium_fraction` without a unit.

    Examples
    --------
    >>> from profiles import from_function
    >>> from skymodel.emission.event.bands import CONTINUUM_1_20
    >>> chi = from_function(lambda x, y, z: 0.1 + 0 * x, unit="", symmetry="spherical")
    >>> model = NuggetEmission()
    >>> factor = local_band_factor(model, CONTINUUM_1_20, chi=chi)
    >>> bool(abs(factor(1.0, 2.0, 3.0) / model.band_factor(CONTINUUM_1_20) - 1) < 1e-14)
    True
    """
    return _local(model, functools.partial(_photons, band, convention=model.convention), fields, unit="")


def local_spectrum_factor(model: NuggetEmission, k: float, **fields: Density) -> Density:
    """Return the direct continuum at energy `k` per 511 keV photon as a density [MeV-1]: one map of a cube.

    Parameters
    ----------
    model
        Gives the convention, and the values of what does not vary.
    k
        Photon energy [MeV].
    **fields
        What varies: `mu` with unit "MeV", `chi` and `positronium_fraction` without a unit.
    """
    photons = functools.partial(continuum_intensity, k, line_intensity=1.0, convention=model.convention)
    return _local(model, photons, fields, unit="MeV-1")


def _photons(band: Band, **here: Any) -> Any:
    return np.asarray(sum(band_photons(band, **here)))


def _local(model: NuggetEmission, photons: Callable[..., Any], fields: dict[str, Density], unit: str) -> Density:
    unknown = [name for name in fields if name not in FIELDS]
    if unknown or not fields:
        given = f"unknown field {unknown[0]!r}" if unknown else "no field varies"
        raise ValueError(f"{given}; give one or more of {', '.join(FIELDS)}")
    require_units(fields)
    fixed = {name: getattr(model, name) for name in FIELDS if name not in fields}
    return mapped(functools.partial(_here, photons, fixed, tuple(fields)), *fields.values(), unit=unit)


def _here(photons: Callable[..., Any], fixed: dict[str, Any], names: tuple[str, ...], *values: Any) -> Any:
    return photons(**fixed, **dict(zip(names, values, strict=True)))


def require_units(fields: dict[str, Density]) -> None:
    """Raise ValueError unless mu is in MeV and every other field has no unit."""
    for name, field in fields.items():
        expected = units.Unit("MeV") if name == "mu" else units.dimensionless_unscaled
        if units.Unit(field.unit) != expected:
            wanted = f"[{expected}]" if name == "mu" else 'no unit (unit="")'
            raise ValueError(f"the field {name} has the unit [{field.unit}]; it must have {wanted}")
