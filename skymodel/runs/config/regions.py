"""The regions of a configuration: each has a name, under which tables and figures list it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from skymodel.sky.regions import ALL_SKY, COMPTEL_WINDOW, INTEGRAL_CIRCLE, Region, as_region, region_to_config
from skymodel.sky.shapes import NAMED_REGIONS, known_name

WHOLE_SKY = ALL_SKY.name  # of the row that every table of regions ends with, listed or not


@dataclass(frozen=True)
class NamedRegion:
    """A part of the sky and what it is called.

    Parameters
    ----------
    name
        In tables and figures.
    region
        The part of the sky.
    """

    name: str
    region: Region


def read_region(value: Any) -> Region:
    """Return a region from anything that stands for one; see :func:`~skymodel.sky.regions.as_region`.

    One that has a name is the same region however it is written.

    Examples
    --------
    >>> read_region("box 330 30 -5 5") == COMPTEL_WINDOW
    True
    """
    try:
        found = as_region(value)
    except TypeError as error:
        raise ValueError(str(error)) from None
    return NAMED_REGIONS.get(known_name(found) or "", found)


def read_regions(value: Any) -> tuple[NamedRegion, ...]:
    """Return named regions from a list of regions, ``{name: ..., region: ...}`` entries, or a mapping of names.

    Examples
    --------
    >>> [part.name for part in read_regions(["integral_circle", {"name": "bulge", "region": "circle 0 0 10"}])]
    ['integral_circle', 'bulge']
    >>> read_regions({"disk": "box -180 180 -5 5"})[0].region.name
    'box(-180..180, -5..5)'
    """
    found = tuple(_named(one) for one in _entries(value))
    _require_apart([part.name for part in found])
    for part in found:
        if part.name == WHOLE_SKY and part.region != ALL_SKY:
            raise ValueError(f"{WHOLE_SKY!r} is the name of the whole sky, not of {part.region.name}; give another")
        if not part.region.solid_angle > 0:
            raise ValueError(f"{part.name} is empty: it holds no part of the sky; give another region")
    return found


def _entries(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [{"name": name, "region": region} for name, region in value.items()]
    if isinstance(value, str | Region) or not isinstance(value, list | tuple) or not value:
        raise ValueError(f"{value!r} is no list of regions; write [integral_circle, circle 0 0 10] or {{name: ...}}")
    return value


def _named(value: Any) -> NamedRegion:
    if isinstance(value, NamedRegion):
        return value
    if isinstance(value, Mapping) and set(value) == {"name", "region"}:
        return NamedRegion(str(value["name"]), read_region(value["region"]))
    region = read_region(value)
    return NamedRegion(region.name, region)


def _require_apart(names: list[str]) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} is listed twice; give each a name of its own: {{name: ..., region: ...}}")


def write_regions(found: tuple[NamedRegion, ...]) -> list[Any]:
    """Return what :func:`read_regions` reads as the same."""
    return [_written(part) for part in found]


def _written(part: NamedRegion) -> Any:
    spec = region_to_config(part.region)
    return spec if part.name == part.region.name else {"name": part.name, "region": spec}


_ONE = {
    "description": "a name, a text such as 'circle 0 0 6' or 'box -30 30 -5 5' [deg], or a mapping with units",
    "type": ["string", "object"],
}
_SEVERAL = {
    "description": "a list of regions, or a mapping from names to regions",
    "anyOf": [{"type": "array", "items": _ONE, "minItems": 1}, {"type": "object", "additionalProperties": _ONE}],
}
AnyRegion = Annotated[Region, BeforeValidator(read_region), PlainSerializer(region_to_config), WithJsonSchema(_ONE)]
Regions = Annotated[
    tuple[NamedRegion, ...], BeforeValidator(read_regions), PlainSerializer(write_regions), WithJsonSchema(_SEVERAL)
]
INSTRUMENTS = (NamedRegion("integral_circle", INTEGRAL_CIRCLE), NamedRegion("comptel_window", COMPTEL_WINDOW))
