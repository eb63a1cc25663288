"""The two densities of a configuration: a profile, a preset, a list of them, or an object; and how each is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from astropy import units
from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema

from profiles import Density, library
from profiles.contract.algebra import in_unit
from profiles.contract.fields import MASS_DENSITY, NUMBER_DENSITY


def _dark_matter(value: Any) -> Density:
    return in_unit(value, MASS_DENSITY) if isinstance(value, Density) else _built(library.dark_matter, value)


def _electrons(value: Any, info: ValidationInfo) -> Density:
    per_baryon = info.data.get("electrons_per_baryon", 1.0)  # missing only where it was itself refused
    if not isinstance(value, Density):
        return _built(library.electrons, value, per_baryon)
    is_mass = value.unit.is_equivalent(MASS_DENSITY, equivalencies=units.mass_energy())
    return value.electrons(per_baryon) if is_mass else in_unit(value, NUMBER_DENSITY)


def _built(build: Callable[..., Density], value: Any, *settings: float) -> Density:
    """Return what `build` makes of a configured density; whatever a user's own code raises becomes a ValueError."""
    if (count := _count(value)) > _MOST_PARTS:
        raise ValueError(f"a sum of {count} components; allowed: {_MOST_PARTS}, a cube of type grid holds more")
    try:
        return build(value, *settings)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"{value!r} cannot be built: {type(error).__name__}: {error}; give a density") from error


_MOST_PARTS = 4000  # which take three seconds to build


def _count(spec: Any) -> int:
    return sum(map(_count, spec)) if isinstance(spec, list | tuple) else 1


_SCHEMA = {
    "description": "a preset's name, {preset: NAME}, {type: NAME, parameter: value with unit, ...}, or a list: a sum",
    "anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array", "items": {"type": ["object", "string"]}}],
}
DarkMatter = Annotated[
    Density, BeforeValidator(_dark_matter), PlainSerializer(library.describe), WithJsonSchema(_SCHEMA)
]
Electrons = Annotated[Density, BeforeValidator(_electrons), PlainSerializer(library.describe), WithJsonSchema(_SCHEMA)]


def told(spec: Any) -> str:
    """Return in a few words which density a configuration asks for.

    Examples
    --------
    >>> told({"type": "nfw", "r_s": "20 kpc"}), told([{"preset": "ymw16"}, "fermi_nfw"])
    ('nfw (r_s = 20 kpc)', 'preset ymw16 + preset fermi_nfw')
    """
    if isinstance(spec, Density):
        return told(library.describe(spec))
    if isinstance(spec, str):
        return f"preset {spec}"
    if isinstance(spec, list | tuple):
        return " + ".join(map(told, spec)) if len(spec) <= _FEW else f"{len(spec)} parts: {_kinds(spec)}"
    name = f"preset {spec['preset']}" if "preset" in spec else str(spec.get("type"))
    given = [f"{key} = {value}" for key, value in spec.items() if isinstance(value, str | int | float | None)]
    shown = [text for text in given if not text.startswith(("preset =", "type ="))]
    return f"{name} ({', '.join(shown)})" if shown else name


_FEW = 3  # parts of a sum that are told one by one


def _kinds(spec: Iterable[Any]) -> str:
    return ", ".join(
        dict.fromkeys(str(part.get("type", part.get("preset"))) for part in spec if isinstance(part, dict))
    )
