"""What a class or factory takes from a configuration: names, units, defaults; and the reading of each value."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, NamedTuple, get_args, get_type_hints

from astropy import units

from profiles.contract.density import Density
from profiles.contract.fields import Kind, convert

Build = Callable[[Any], Density]


class Declared(NamedTuple):
    """A parameter that a profile declares: its name, its unit, its default or ``inspect.Parameter.empty``."""

    name: str
    unit: str
    default: Any


def parameters(maker: Callable[..., Any]) -> list[Declared]:
    """Return the parameters of a class or factory as a configuration gives them."""
    found = []
    for name, annotation in schema(maker).items():
        kind = _kind(annotation)
        default = inspect.signature(maker).parameters[name].default
        if name != "unit" or not isinstance(maker, type):  # a class follows its amplitude
            found.append(Declared(name, kind.unit if kind else "", default))
    return found


def _kind(annotation: Any) -> Kind | None:
    for choice in (annotation, *get_args(annotation)):  # an optional parameter is a union
        for meta in getattr(choice, "__metadata__", ()):
            if isinstance(meta, Kind):
                return meta
    return None


def schema(maker: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotation of each parameter by name."""
    if isinstance(maker, type) and dataclasses.is_dataclass(maker):
        hints = get_type_hints(maker, include_extras=True)
        return {f.name: hints[f.name] for f in dataclasses.fields(maker) if f.init}
    hints = get_type_hints(maker, include_extras=True)
    parameters = inspect.signature(maker).parameters.values()
    return {p.name: hints.get(p.name, Any) for p in parameters if p.kind is not inspect.Parameter.VAR_KEYWORD}


def parsed(label: str, annotation: Any, value: Any, build: Build) -> Any:
    """Return a value of a configuration as its annotation wants it; nested densities are built with `build`."""
    kind = _kind(annotation)
    if kind is not None:
        return _number(label, kind, value)
    if annotation is Density or (isinstance(value, Mapping) and ("type" in value or "preset" in value)):
        return build(value)
    if isinstance(value, list):
        return tuple(parsed(label, Any, item, build) for item in value)
    return value


def _number(label: str, kind: Kind, value: Any) -> Any:
    if isinstance(value, units.Quantity):
        return value
    try:
        quantity = units.Quantity(value) if isinstance(value, (str, Real)) and not isinstance(value, bool) else None
    except (TypeError, ValueError):
        quantity = None
    if quantity is None or quantity.shape:
        wanted = f"a number with a unit, such as '1 {kind.unit}'" if kind.unit else "a pure number"
        raise ValueError(f"{label} = {value!r} is not {wanted}")
    if not kind.unit:
        return _pure(label, quantity)
    if quantity.unit == units.dimensionless_unscaled:
        raise ValueError(f"{label} = {value!r} has no unit; write '{value} {kind.unit}'")
    # an amplitude may be a mass or a number density, which the class decides
    return quantity if kind.amplitude else convert(quantity, [units.Unit(kind.unit)], label)[0]


def _pure(label: str, quantity: units.Quantity) -> float:
    if not quantity.unit.is_equivalent(units.dimensionless_unscaled):
        raise ValueError(f"{label} = {quantity} has a unit; give a pure number")
    return float(quantity.to_value(units.dimensionless_unscaled))
