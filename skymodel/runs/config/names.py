"""A configuration's own names: what ``regions:`` and ``bands:`` call a thing, ratios and comparisons may, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skymodel.runs.config.bands import read_bands
from skymodel.runs.config.regions import read_regions


def with_own_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of a configuration with each of its own names replaced by what it stands for.

    Parameters
    ----------
    values
        As a file or keywords give them. What is wrong with them is left for the validation to say.
    """
    regions = {part.name: part.region for part in _read(read_regions, values.get("regions"))}
    bands = {band.name: band for band in _read(read_bands, values.get("bands"))}
    found = dict(values)
    for key in ("anchor", "ratios", "compare"):
        if key in found:
            found[key] = _replaced(found[key], {"region": regions, "regions": regions, "band": bands, "bands": bands})
    return found


def _read(reader: Callable[[Any], tuple[Any, ...]], value: Any) -> tuple[Any, ...]:
    try:
        return () if value is None else reader(value)
    except (ValueError, TypeError):
        return ()


def _replaced(value: Any, own: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return a section in which every entry under a key of `own` that is a known name stands for what it names."""
    if isinstance(value, list | tuple):
        return [_replaced(one, own) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _entry(str(key), one, own) for key, one in value.items()}


def _entry(key: str, value: Any, own: Mapping[str, Mapping[str, Any]]) -> Any:
    if key in ("numerator", "denominator") and isinstance(value, list | tuple) and len(value) == 2:
        return [_named(value[0], own["band"]), _named(value[1], own["region"])]
    if key == "regions" and isinstance(value, list | tuple):
        return [_with_its_name(one, own["region"]) for one in value]
    if key in own:
        return [_named(one, own[key]) for one in value] if isinstance(value, list) else _named(value, own[key])
    return _replaced(value, own)


def _named(value: Any, known: Mapping[str, Any]) -> Any:
    return known.get(value, value) if isinstance(value, str) else value


def _with_its_name(value: Any, known: Mapping[str, Any]) -> Any:
    return {"name": value, "region": known[value]} if isinstance(value, str) and value in known else value
