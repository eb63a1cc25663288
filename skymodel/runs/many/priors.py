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
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from astropy import units
from pydantic import TypeAdapter, ValidationError

from profiles.contract.spelling import options
from skymodel.runs.many.distributions import Choice, MultiNormal, Prior

_ADAPTER: TypeAdapter[list[Any]] = TypeAdapter(list[Prior])
_KINDS = {
    typing.get_args(kind.model_fields["distribution"].annotation)[0]: kind
    for kind in typing.get_args(typing.get_args(Prior)[0])
}
DISTRIBUTIONS = tuple(_KINDS)


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
        If a parameter has two priors, one undoes another, a ``when`` names no earlier choice, or an entry is refused.
    """
    try:
        priors = tuple(_ADAPTER.validate_python(entries))
    except ValidationError as error:
        raise ValueError(_one_line(error, entries)) from None
    if not priors:
        raise ValueError("an ensemble needs at least one prior")
    seen: dict[str, Any] = {}
    for prior in priors:
        _require_choices(prior, seen)
        for name in prior.parameters:
            _require_one_prior(name, seen)
            seen[name] = prior
    return priors


def _require_choices(prior: Any, earlier: Mapping[str, Any]) -> None:
    for name, labels in prior.when.items():
        known = getattr(earlier.get(name), "options", {})
        missing = [label for label in labels if label not in known]
        if missing:
            raise ValueError(f"when: {name} has no option '{missing[0]}' in an earlier choice; it has {list(known)}")


def _require_one_prior(name: str, earlier: Mapping[str, Any]) -> None:
    if name in earlier:
        raise ValueError(f"two priors on {name}; give one")
    undone = [other for other in earlier if other.startswith(f"{name}.")]
    if undone:
        raise ValueError(f"the prior on {name} would undo the earlier one on {undone[0]}; put it first")


def _one_line(error: ValidationError, entries: Any) -> str:
    found = error.errors(include_url=False)
    first = min(found, key=lambda item: item["type"] != "extra_forbidden")  # which explains what is missing
    if not first["loc"]:
        return f"{entries!r} is no list; each prior is an entry that begins with '- '"
    entry = entries[int(first["loc"][0])]
    name = entry.get("parameter", first["loc"][0]) if isinstance(entry, dict) else first["loc"][0]
    if first["type"] == "value_error":
        place = "".join(f"{part}: " for part in first["loc"][2:])
        message = str(first["ctx"]["error"])
        return message if message.startswith("prior on ") else f"prior on {name}: {place}{message}"
    if first["type"].startswith("union_tag"):
        given = entry.get("distribution")
        return f"prior on {name}: distribution '{given}'{options(str(given), DISTRIBUTIONS, 'allowed')}"
    place = ".".join(str(part) for part in first["loc"][2:])
    keys = list(_KINDS[str(first["loc"][1])].model_fields) if len(first["loc"]) > 1 else []
    if first["type"] == "extra_forbidden":
        return f"prior on {name}: unknown key '{place}'{options(place, keys, 'allowed')}"
    if first["type"] == "missing":
        return f"prior on {name}: {place} is missing; a prior that is {first['loc'][1]} has {', '.join(keys)}"
    return f"prior on {name}: {place}: {first['input']!r} is refused; {first['msg'][0].lower()}{first['msg'][1:]}"


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
