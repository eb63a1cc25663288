"""Configuration <-> density: the mappings of the YAML file, and their inverse.

A specification is a name, a mapping with ``type`` (a registered name or ``"package.module:Name"``) or ``preset``, or
a list, which is a sum. Fields with a dimension are strings with a unit, ``"20 kpc"``. Beside its fields a type also
takes the parameters of its other constructors: ``local_density`` and ``r_sun``, ``m_200`` and ``c``, ``mass`` (of a
halo with ``c``, ``delta`` and ``reference``), ``Sigma_0``. A preset takes its components' names with the fields to
change, ``{preset: mcmillan2017_baryons, HI: {R_d: 8 kpc}, H2: null}``, or, if it has one component, that component's
fields.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from astropy import units

from profiles.contract.algebra import in_unit, total
from profiles.contract.density import Density, Symmetry, require_density
from profiles.contract.fields import MASS_DENSITY, NUMBER_DENSITY
from profiles.contract.functions import from_function
from profiles.contract.normalise import amplitudes_of
from profiles.contract.spelling import options
from profiles.shelf import registry
from profiles.shelf.description import COMBINATIONS
from profiles.shelf.literature import Preset, Role, preset, preset_names
from profiles.shelf.schema import parsed, schema
from profiles.shelf.tracers import gas_mass

Spec = Any  # what YAML gives: a string, a mapping or a list of them
Roles = tuple[Role, ...] | None
Component = tuple[Density, Role | None]
_CONSTRUCTORS = {
    "local_density": "from_local_density",
    "m_200": "from_m200",
    "mass": "from_mass",
    "Sigma_0": "from_surface_density",
}
_TRACER_ROLES: tuple[Role, ...] = ("baryons", "electrons", "hydrogen")
_COMPANIONS = {
    "local_density": {"r_sun"},
    "m_200": {"c", "h"},
    "mass": {"c", "delta", "reference", "h", "omega_m"},
}


def build(spec: Spec) -> Density:
    """Return the density that a specification describes.

    Raises
    ------
    ValueError
        In one line that names field, value and cure.

    Examples
    --------
    >>> build({"type": "nfw", "rho_s": "0.3 GeV cm-3", "r_s": "20 kpc"})
    NFW(unit=Unit("GeV / cm3"), rho_s=0.3, r_s=20.0)
    >>> build([{"type": "nfw"}, {"type": "burkert", "local_density": "0.01 GeV cm-3", "r_sun": "8.2 kpc"}]).symmetry
    'spherical'
    """
    parts = _components(spec, None)
    masses = [_is_mass(part) for part, _ in parts]
    if any(masses) and not all(masses) and all(role in _TRACER_ROLES for _, role in parts):
        return electrons(spec)  # gas given partly by its mass, partly by its electrons: counted in electrons
    return total(part for part, _ in parts)


def dark_matter(spec: Spec) -> Density:
    """Return the dark-matter density [GeV cm-3] of a specification; of a model preset, its dark matter alone.

    Examples
    --------
    >>> dark_matter({"preset": "mcmillan2017"}).symmetry
    'spherical'
    """
    parts = [part for part, _ in _components(spec, ("dark_matter",))]
    for part in parts:
        if not _is_mass(part):
            raise ValueError(f"dark matter needs a mass density, but {_title(part)} is in [{part.unit}]")
    return total([in_unit(part, MASS_DENSITY) for part in parts])


def electrons(spec: Spec, per_baryon: float = 1.0) -> Density:
    """Return the electron density [cm-3] of a specification: mass components become n_e = `per_baryon` rho / m_p.

    Number densities are taken as electrons, but a preset of hydrogen nuclei counts its helium too. Of a model preset
    only the baryons count.

    Parameters
    ----------
    spec
        A specification; a list is a sum.
    per_baryon
        Electrons per baryon of the components that are given as mass densities.

    Examples
    --------
    >>> electrons([{"preset": "mcmillan2017_baryons"}, {"type": "exponential_disk", "n_0": "1 cm-3"}]).unit
    Unit("1 / cm3")
    """
    parts = _components(spec, _TRACER_ROLES)
    return total([_as_electrons(part, role, per_baryon) for part, role in parts])


def _components(spec: Spec, roles: Roles) -> list[Component]:
    """Return the densities of a specification, each with the role that its preset gives it, if any."""
    if isinstance(spec, str):
        spec = {"preset": spec} if spec in preset_names() else {"type": spec}
    if isinstance(spec, (list, tuple)):
        parts = [part for item in spec for part in _components(item, roles)]
        if not parts:
            raise ValueError("an empty list of densities; give at least one component")
        return parts
    if not isinstance(spec, Mapping):
        raise ValueError(f"a density is a mapping with 'type' or 'preset', or a list of them; got {spec!r}")
    if "preset" in spec:
        return _preset_components(spec, roles)
    return [(_build_type(spec), None)]


def _preset_components(spec: Mapping[str, Any], roles: Roles) -> list[Component]:
    chosen = preset(spec["preset"])
    changes = _changes(chosen, {key: value for key, value in spec.items() if key != "preset"})
    kept = {name: part for name, part in chosen.components.items() if changes.get(name, {}) is not None}
    specs = [_merged(part, changes.get(name, {})) for name, part in kept.items()]
    specs = [part for part in specs if _plays(chosen, part, roles)]
    if not specs:
        wanted = " or ".join(roles or ("components",)).replace("_", " ")
        raise ValueError(f"preset {chosen.name!r} holds no {wanted}; it is of the role {chosen.role}")
    built = [pair for part in specs for pair in _components(part, roles)]
    return built if chosen.role == "model" else [(density, chosen.role) for density, _ in built]


def _plays(chosen: Preset, part: Mapping[str, Any], roles: Roles) -> bool:
    """Whether a component of a preset, or of the preset it stands for, is of one of the roles."""
    role = preset(part["preset"]).role if chosen.role == "model" else chosen.role
    return roles is None or role in (*roles, "model")


def _changes(chosen: Preset, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes by component; those of an only component may be given without its name."""
    only = next(iter(chosen.components)) if len(chosen.components) == 1 else None
    if only is not None and only not in changes:
        return {only: changes}
    unknown = [key for key in changes if key not in chosen.components]
    if unknown:
        known = list(chosen.components)
        hint = options(unknown[0], known, "components")
        raise ValueError(f"preset {chosen.name!r} has no component {unknown[0]!r}{hint}")
    return changes


def _merged(part: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a component with its fields changed; a new amplitude takes the place of the old one."""
    if "type" in changes or "preset" in changes:
        return dict(changes)
    maker = _maker(part["type"]) if "type" in part else None
    amplitudes = {*_CONSTRUCTORS, *(amplitudes_of(maker) if isinstance(maker, type) else ())}
    old = amplitudes & part.keys() if amplitudes & changes.keys() else set()
    replaced = old.union(*(_COMPANIONS.get(name, set()) for name in old))
    return {**{key: value for key, value in part.items() if key not in replaced}, **changes}


def _maker(name: Any) -> Callable[..., Any]:
    if not isinstance(name, str):
        raise ValueError(f"type = {name!r}; give the name of a profile or 'package.module:Name'")
    return COMBINATIONS.get(name) or registry.get(name)


def _build_type(spec: Mapping[str, Any]) -> Density:
    if "type" not in spec:
        raise ValueError(f"a density needs 'type' or 'preset'; got {dict(spec)!r}")
    name = spec["type"]
    given = {key: value for key, value in spec.items() if key != "type"}
    maker = _maker(name)
    if isinstance(maker, Density):
        maker = _constant(maker)
    elif inspect.isfunction(maker) and [*inspect.signature(maker).parameters] == ["x", "y", "z"]:
        maker = _plain_function(maker)
    form = next((method for key, method in _CONSTRUCTORS.items() if key in given and hasattr(maker, method)), None)
    return _call(name, getattr(maker, form) if form else maker, maker, given)


def _plain_function(function: Callable[..., Any]) -> Callable[..., Density]:
    def of_function(unit: str, symmetry: Symmetry = "none", mirror_z: bool | None = None) -> Density:
        return from_function(function, unit=unit, symmetry=symmetry, mirror_z=mirror_z)

    return of_function


def _constant(density: Density) -> Callable[[], Density]:
    return lambda: density


def _call(name: str, call: Callable[..., Any], maker: Callable[..., Any], given: Mapping[str, Any]) -> Density:
    known = schema(maker) | (schema(call) if call is not maker else {})
    for key in given:
        if key not in known:
            raise ValueError(f"{name} has no {key!r}{options(key, [*known, *_other_ways(maker, known)], 'allowed')}")
    arguments = {key: parsed(f"{name}.{key}", known[key], value, build) for key, value in given.items()}
    taken = inspect.signature(call).parameters
    first = next(iter(taken), "")
    if lacking := [key for key, parameter in taken.items() if _must(parameter) and key not in given]:
        raise ValueError(f"{name} needs {', '.join(lacking)}{f' beside {first}' if call is not maker else ''}")
    try:
        made = call(arguments.pop(first), **arguments) if call is not maker else call(**arguments)
        return require_density(made, "it made ", "a maker returns a Density")
    except TypeError as error:
        raise ValueError(f"{name}: {error}; parameters: {', '.join(known)}") from error


def _must(parameter: inspect.Parameter) -> bool:
    """Whether a parameter has no default, and is one."""
    return parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD


def _other_ways(maker: Callable[..., Any], known: Mapping[str, Any]) -> list[str]:
    """Return the parameters of a class's other constructors that are not its fields."""
    makers = constructors(maker)
    return [key for key in dict.fromkeys(key for make in makers for key in schema(make)) if key not in known]


def constructors(maker: Callable[..., Any]) -> list[Callable[..., Any]]:
    """Return what else makes a class's densities of a specification: from a mass, a local density, a column.

    Examples
    --------
    >>> [make.__name__ for make in constructors(registry.get("exponential_disk"))]
    ['from_mass', 'from_surface_density']
    """
    return [getattr(maker, method) for method in _CONSTRUCTORS.values() if hasattr(maker, method)]


def _is_mass(density: Density) -> bool:
    return bool(units.Unit(density.unit).is_equivalent(MASS_DENSITY, equivalencies=units.mass_energy()))


def _as_electrons(part: Density, role: Role | None, per_baryon: float) -> Density:
    mass = gas_mass(part) if role == "hydrogen" else part
    return mass.electrons(per_baryon) if _is_mass(mass) else in_unit(mass, NUMBER_DENSITY)


def _title(density: Density) -> str:
    return type(density).__name__
