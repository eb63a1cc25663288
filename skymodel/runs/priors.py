"""What is not known about a model, as priors on its configuration: a point of the unit cube becomes a specification.

A prior names a parameter by its place in the configuration, ``dark_matter.r_s``, ``electrons.thin_disk.z_d``,
``observer.r_sun`` or ``electrons.0.R_d`` for the first of a list, and a distribution: ``normal`` and ``lognormal``
(cut by ``low`` and ``high`` where given), ``uniform``, ``loguniform``, ``choice`` among labelled options, or
``multinormal`` for several parameters with a correlation. ``when: {dark_matter: [nfw]}`` limits a prior to some options
of an earlier choice. Quantities carry their units as everywhere in a configuration.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from astropy import units
from pydantic import TypeAdapter, ValidationError

from skymodel.runs.distributions import Choice, MultiNormal, Prior

_ADAPTER: TypeAdapter[list[Any]] = TypeAdapter(list[Prior])


@dataclass(frozen=True)
class Drawn:
    """One draw.

    Parameters
    ----------
    values
        Number or label of each parameter; nan where its prior does not apply.
    model
        The configuration with the draw put in.
    """

    values: Mapping[str, float | str]
    model: Mapping[str, Any]


def read_priors(entries: Any) -> tuple[Any, ...]:
    """Return the priors of a configuration's list.

    Raises
    ------
    ValueError
        If a parameter has two priors, a ``when`` names no earlier choice, or an entry is refused.
    """
    try:
        priors = tuple(_ADAPTER.validate_python(entries))
    except ValidationError as error:
        raise ValueError(_one_line(error, entries)) from None
    if not priors:
        raise ValueError("an ensemble needs at least one prior")
    seen: dict[str, Any] = {}
    for prior in priors:
        for name, labels in prior.when.items():
            known = getattr(seen.get(name), "options", {})
            missing = [label for label in labels if label not in known]
            if missing:
                raise ValueError(
                    f"when: {name} has no option '{missing[0]}' in an earlier choice; it has {list(known)}"
                )
        for name in prior.parameters:
            if name in seen:
                raise ValueError(f"two priors on {name}; give one")
            seen[name] = prior
    return priors


def _one_line(error: ValidationError, entries: Any) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    where = ".".join(str(part) for part in first["loc"])
    entry = entries[int(first["loc"][0])] if first["loc"] and isinstance(entries, list) else entries
    name = entry.get("parameter", where) if isinstance(entry, dict) else where
    return f"prior on {name}: {where}: {first['msg']}"


def dimensions(priors: Sequence[Any]) -> int:
    """Return the number of dimensions of the unit cube that the priors span."""
    return sum(prior.dimensions for prior in priors)


def columns(priors: Sequence[Any]) -> dict[str, Any]:
    """Return the unit of each parameter, by name; None for a choice."""
    found: dict[str, Any] = {}
    for prior in priors:
        if isinstance(prior, MultiNormal):
            found |= {name: mean.unit for name, mean in zip(prior.parameters, prior.mean, strict=True)}
        else:
            found[prior.parameter] = None if isinstance(prior, Choice) else prior.unit
    return found


def draw(priors: Sequence[Any], model: Mapping[str, Any], point: Any) -> Drawn:
    """Return the draw at a `point` ``(dimensions,)`` of the unit cube, put into a copy of the raw `model`."""
    spec, values, start = copy.deepcopy(dict(model)), dict[str, float | str](), 0
    for prior in priors:
        shares = [float(share) for share in point[start : start + prior.dimensions]]
        start += prior.dimensions
        if any(values[name] not in labels for name, labels in prior.when.items()):
            values |= {name: "" if isinstance(prior, Choice) else math.nan for name in prior.parameters}
            continue
        for name, value, content in _settled(prior, shares):
            values[name] = value
            _put(spec, name, content)
    return Drawn(values, spec)


def _settled(prior: Any, shares: list[float]) -> list[tuple[str, float | str, Any]]:
    """Return name, value for the table and content for the configuration of each parameter of a prior."""
    if isinstance(prior, Choice):
        label = prior.label(shares[0])
        return [(prior.parameter, label, copy.deepcopy(prior.options[label]))]
    numbers = prior.values(shares) if isinstance(prior, MultiNormal) else [prior.value(shares[0])]
    kinds = columns([prior])
    return [(name, number, _content(number, kinds[name])) for name, number in zip(kinds, numbers, strict=True)]


def _content(number: float, unit: Any) -> Any:
    return number if unit == units.dimensionless_unscaled else number * unit


def _put(spec: dict[str, Any], name: str, content: Any) -> None:
    """Put `content` at the dotted place `name`; a mapping on the way is made where there is none."""
    *way, last = name.split(".")
    place: Any = spec
    for step in way:
        place = place[_index(place, step, name)] if isinstance(place, list) else place.setdefault(step, {})
    if isinstance(place, list):
        place[_index(place, last, name)] = content
    elif isinstance(place, dict):
        place[last] = content
    else:
        raise ValueError(f"prior on {name}: '{last}' lies inside {place!r}, which holds no parameters")


def _index(place: list[Any], step: str, name: str) -> int:
    if not (step.isdigit() and int(step) < len(place)):
        raise ValueError(f"prior on {name}: '{step}' is no index of a list of {len(place)}; count from 0")
    return int(step)
