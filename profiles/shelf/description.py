"""Density -> specification: what :func:`~profiles.shelf.configuration.build` makes the same density of."""

from __future__ import annotations

import dataclasses
from numbers import Real
from typing import Any

from astropy import units

from profiles.contract.algebra import Product, Scaled, Sum
from profiles.contract.density import Density
from profiles.contract.fields import MASS_DENSITY, NUMBER_DENSITY, Kind, field_kinds
from profiles.contract.functions import FunctionDensity
from profiles.shelf.registry import name_of

COMBINATIONS: dict[str, type[Density]] = {"scaled": Scaled, "product": Product, "sum": Sum}


def describe(density: Density) -> Any:
    """Return the specification from which :func:`build` makes the same density.

    Raises
    ------
    ValueError
        If it cannot be written down, as a lambda cannot.

    Examples
    --------
    >>> from profiles import Burkert
    >>> describe(Burkert())
    {'type': 'burkert', 'rho_s': '0.712 GeV cm-3', 'r_s': '12.67 kpc'}
    """
    if isinstance(density, Sum):
        return [describe(part) for part in density.parts]
    if isinstance(density, FunctionDensity):
        return _described_function(density)
    if hasattr(density, "to_spec"):
        given = density.to_spec()
        return {name: describe(value) if isinstance(value, Density) else value for name, value in given.items()}
    combined = {cls: name for name, cls in COMBINATIONS.items()}
    name = combined.get(type(density)) or name_of(type(density))
    return {"type": name, **_described_fields(density)}


def _described_function(density: FunctionDensity) -> dict[str, Any]:
    name = name_of(density.function)
    if "<" in name:
        raise ValueError(f"the function {name} cannot be written down, as a lambda cannot; make it a name in a module")
    promises = {"symmetry": density.symmetry, "mirror_z": density.mirror_z}
    return {"type": name, "unit": _unit_text(density.unit), **promises}


def _described_fields(density: Density) -> dict[str, Any]:
    kinds = field_kinds(type(density))
    values = {f.name: getattr(density, f.name) for f in dataclasses.fields(density) if f.init and f.name != "unit"}
    written = {name: _written(value, kinds.get(name), density.unit) for name, value in values.items()}
    return written if _unit_follows(density) else {**written, "unit": _unit_text(density.unit)}


def _written(value: Any, kind: Kind | None, unit: Any) -> Any:
    if isinstance(value, Density):
        return describe(value)
    if isinstance(value, tuple):
        return [_written(item, kind, unit) for item in value]
    if kind is None or not isinstance(value, Real):
        return value
    text = _unit_text(unit) if kind.amplitude else kind.unit
    return f"{float(value)!r} {text}" if text else float(value)


def _unit_follows(density: Density) -> bool:
    """Whether building from the fields alone gives the density's unit."""
    if isinstance(density, Product):
        return True
    if any(kind.amplitude for kind in field_kinds(type(density)).values()):
        return density.unit in (MASS_DENSITY, NUMBER_DENSITY)
    return bool(dataclasses.replace(density, unit=None).unit == density.unit)


def _unit_text(unit: Any) -> str:
    try:
        return str(units.Unit(unit).to_string("fits"))
    except ValueError:
        return str(unit)
