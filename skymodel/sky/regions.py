"""Parts of the sky: circles and true longitude-latitude boxes, the two instruments' windows, the configuration's form.

Regions combine with ``&``, ``|`` and ``~``; what they can tell is in :class:`~skymodel.sky.region.Region`. In a
configuration a region is a name or a mapping with gammapy's keys:
``{frame: galactic, lon: 0 deg, lat: 0 deg, radius: 6 deg}``, ``{lon: [-30 deg, 30 deg], lat: [-5 deg, 5 deg]}``,
``{polygon: [[0 deg, 0 deg], ...]}``, ``{file: mask.fits}`` (a mask, a MOC, a DS9 file), ``{intersection: [...]}``,
``{union: [...]}``, ``{complement: ...}``; or a short text in Galactic degrees,
``circle LON LAT RADIUS`` or ``box LON LON LAT LAT``.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

from astropy import units

from profiles.contract.spelling import options
from skymodel.sky.region import Combination, Complement, Region, as_region
from skymodel.sky.shapes import ALL_SKY, COMPTEL_WINDOW, INTEGRAL_CIRCLE, NAMED_REGIONS, Box, Circle, known_name

__all__ = [
    "ALL_SKY",
    "COMPTEL_WINDOW",
    "INTEGRAL_CIRCLE",
    "NAMED_REGIONS",
    "Box",
    "Circle",
    "Region",
    "as_region",
    "region_from_config",
    "region_to_config",
]


def region_from_config(spec: Any) -> Region:
    """Return the region that a configuration describes.

    Parameters
    ----------
    spec
        A name of NAMED_REGIONS, a short text or a mapping; see the module's docstring. Angles of a mapping carry
        their unit. `frame` is galactic if left out; a circle may be given in any frame astropy knows.

    Raises
    ------
    ValueError
        With the offending key, its value and what is allowed.

    Examples
    --------
    >>> region_from_config("comptel_window") == COMPTEL_WINDOW == region_from_config("box -30 30 -5 5")
    True
    >>> region_from_config({"lon": "0 deg", "lat": "0 deg", "radius": "6 deg"}) == INTEGRAL_CIRCLE
    True
    """
    if isinstance(spec, Region):
        return spec
    if isinstance(spec, str):
        return _named(spec)
    if not isinstance(spec, Mapping):
        raise ValueError(f"region: {spec!r} is neither a name ({', '.join(NAMED_REGIONS)}) nor a mapping; {_FORMS}")
    reader = _READERS.get(frozenset(spec) - {"frame"})
    if reader is None:
        raise ValueError(f"region: keys {', '.join(map(repr, spec))}; {_FORMS}")
    return reader(spec)


def region_to_config(region: Region) -> str | dict[str, Any]:
    """Return the form of a region that :func:`region_from_config` reads: the name if it has one.

    Raises
    ------
    ValueError
        If it is a mask or another package's region, which have no such form.

    Examples
    --------
    >>> region_to_config(Circle(lon=10, lat=0, radius=2.5))
    {'frame': 'galactic', 'lon': '10.0 deg', 'lat': '0.0 deg', 'radius': '2.5 deg'}
    """
    from skymodel.sky.polygon import Polygon
    from skymodel.sky.reading.regions import FromFile

    if name := known_name(region):
        return name
    match region:
        case Circle():
            return {"frame": "galactic"} | {key: f"{getattr(region, key)!r} deg" for key in ("lon", "lat", "radius")}
        case Box():
            pairs = {key: [f"{bound!r} deg" for bound in getattr(region, key)] for key in ("lon", "lat")}
            return {"frame": "galactic"} | pairs
        case Polygon():
            return {"polygon": [[f"{lon!r} deg", f"{lat!r} deg"] for lon, lat in region.corners], "frame": "galactic"}
        case FromFile():
            return {"file": region.file}
        case Combination():
            parts = [region_to_config(region.first), region_to_config(region.second)]
            return {"intersection" if region.operator == "&" else "union": parts}
        case Complement():
            return {"complement": region_to_config(region.region)}
    raise ValueError(f"{region.name} cannot be written in a configuration; allowed: circles, boxes, combinations")


def _named(name: str) -> Region:
    """Return the region of a name, or of a short text in Galactic degrees."""
    if name in NAMED_REGIONS:
        return NAMED_REGIONS[name]
    word, *numbers = name.replace(",", " ").replace("(", " ").replace(")", " ").split() or [""]
    if word in _TEXTS:
        return _of_text(name, word, numbers)
    raise ValueError(f"no region {name!r}{options(name, NAMED_REGIONS)}; or {_TEXT}, or a mapping")


_TEXTS = {"circle": ("lon", "lat", "radius"), "box": ("lon from", "lon to", "lat from", "lat to")}


def _of_text(text: str, word: str, given: list[str]) -> Region:
    try:
        numbers = [float(one) for one in given]
    except ValueError:
        numbers = []
    wanted = _TEXTS[word]
    if len(numbers) != len(wanted):
        raise ValueError(f"region {text!r}; write '{word}' and {len(wanted)} numbers [deg]: {', '.join(wanted)}")
    return Circle(*numbers) if word == "circle" else Box(lon=tuple(numbers[:2]), lat=tuple(numbers[2:]))  # type: ignore[arg-type]  # two each


def _circle(spec: Mapping[str, Any]) -> Region:
    lon, lat, radius = (_quantity(spec[key], f"region.{key}") for key in ("lon", "lat", "radius"))
    if spec.get("frame", "galactic") == "galactic":
        return Circle(lon, lat, radius)
    from astropy.coordinates import SkyCoord

    try:
        centre = SkyCoord(lon, lat, unit="deg", frame=spec["frame"]).galactic
    except ValueError as error:
        raise ValueError(f"region.frame = {spec['frame']!r}; allowed: galactic, icrs, fk5, ...: {error}") from error
    return Circle(float(centre.l.deg), float(centre.b.deg), radius)


def _box(spec: Mapping[str, Any]) -> Region:
    if spec.get("frame", "galactic") != "galactic":
        raise ValueError(f"region.frame = {spec['frame']!r}; allowed for a box: galactic")
    low_high = [_pair(spec[key], f"region.{key}") for key in ("lon", "lat")]
    return Box(lon=low_high[0], lat=low_high[1])


def _pair(value: Any, label: str) -> tuple[float, float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"{label} = {value!r}; allowed: [low, high] for a box; or give a radius for a circle")
    return _quantity(value[0], label), _quantity(value[1], label)


def _several(key: str, combine: Callable[[Region, Region], Region]) -> Callable[[Mapping[str, Any]], Region]:
    def read(spec: Mapping[str, Any]) -> Region:
        parts = spec[key]
        if not isinstance(parts, list | tuple) or not parts:
            raise ValueError(f"region.{key} = {parts!r}; allowed: a list of regions")
        return functools.reduce(combine, map(region_from_config, parts))

    return read


def _polygon(spec: Mapping[str, Any]) -> Region:
    from skymodel.sky.polygon import Polygon
    from skymodel.sky.reading.frames import frame_named
    from skymodel.sky.reading.regions import galactic

    given = spec["polygon"]
    if not isinstance(given, list | tuple) or len(given) < 3:
        raise ValueError("region.polygon: allowed: three corners [lon, lat] or more, each angle with its unit")
    corners = [_pair(corner, "region.polygon") for corner in given]
    return Polygon(tuple(galactic(corners, frame_named(spec.get("frame", "galactic")))))


def _file(spec: Mapping[str, Any]) -> Region:
    from skymodel.sky.reading.regions import region_from_file

    return region_from_file(str(spec["file"]))


_READERS: dict[frozenset[str], Callable[[Mapping[str, Any]], Region]] = {
    frozenset({"lon", "lat", "radius"}): _circle,
    frozenset({"lon", "lat"}): _box,
    frozenset({"intersection"}): _several("intersection", operator.and_),
    frozenset({"union"}): _several("union", operator.or_),
    frozenset({"polygon"}): _polygon,
    frozenset({"file"}): _file,
    frozenset({"complement"}): lambda spec: ~region_from_config(spec["complement"]),
}
_TEXT = "'circle LON LAT RADIUS', 'box LON LON LAT LAT' [deg]"
_FORMS = (
    "allowed: {frame, lon, lat, radius} for a circle, {frame, lon: [low, high], lat: [low, high]} for a box, "
    "{polygon: [[lon, lat], ...], frame}, {file: mask, MOC or DS9 file}, "
    "{intersection: [...]}, {union: [...]}, {complement: ...}, " + _TEXT
)


def _quantity(value: Any, label: str) -> float:
    try:
        return float(units.Quantity(value).to_value("deg"))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{label} = {value!r}; allowed: an angle with its unit, for example '6 deg'") from error


as_region.register(str, region_from_config)
as_region.register(Mapping, region_from_config)
