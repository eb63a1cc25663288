"""The energy bands of a configuration: the line by its name, ranges with units, each with the name its map gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.runs.config.quantities import WithUnit

_MEV = WithUnit("MeV", above=0.0)
NAMED_BANDS: Mapping[str, Band] = {band.name: band for band in (LINE_511, CONTINUUM_1_20)}
_FORMS = "write LINE_511, [1 MeV, 20 MeV], '7-9 keV' or {name: XRAY, low: 7 keV, high: 9 keV}"


def named_after_edges(low: float, high: float) -> Band:
    """Return the band of two energies [MeV], called after them.

    Examples
    --------
    >>> named_after_edges(1.0, 20.0).name
    'CONTINUUM_1_20'
    """
    return Band(f"CONTINUUM_{low:g}_{high:g}", low, high)


def read_band(value: Any) -> Band:
    """Return a band from its name, a pair of energies, a text with a range, or a mapping with name, low and high.

    Examples
    --------
    >>> read_band(["1 MeV", "20 MeV"]) == read_band("CONTINUUM_1_20") == read_band("1-20 MeV")
    True
    >>> read_band({"name": "XRAY", "low": "7 keV", "high": "9 keV"})
    Band(name='XRAY', low=0.007, high=0.009)
    """
    if isinstance(value, Band):
        return value
    if isinstance(value, str):
        return NAMED_BANDS[value] if value in NAMED_BANDS else _range(value)
    if isinstance(value, list | tuple) and len(value) == 2:
        return _known(named_after_edges(*_edges(value[0], value[1])))
    if isinstance(value, Mapping) and set(value) == {"name", "low", "high"}:
        return Band(str(value["name"]), *_edges(value["low"], value["high"]))
    raise ValueError(f"{value!r} is no band; {_FORMS}")


def _range(text: str) -> Band:
    edges, _, unit = text.strip().rpartition(" ")
    low, dash, high = edges.partition("-")
    if not (dash and unit):
        raise ValueError(f"{text!r} is no band; {_FORMS}")
    return _known(named_after_edges(*_edges(f"{low.strip()} {unit}", f"{high.strip()} {unit}")))


def _edges(low: Any, high: Any) -> tuple[float, float]:
    start, end = _MEV.read(low), _MEV.read(high)
    if not start < end:
        raise ValueError(f"[{low}, {high}] is not ascending; write a band as [low, high]")
    return start, end


def _known(band: Band) -> Band:
    return next((known for known in NAMED_BANDS.values() if (known.low, known.high) == (band.low, band.high)), band)


def read_bands(value: Any) -> tuple[Band, ...]:
    """Return the bands of a list, or of a mapping from names to pairs of energies; their names differ.

    Examples
    --------
    >>> [band.name for band in read_bands(["LINE_511", ["100 keV", "511 keV"]])]
    ['LINE_511', 'CONTINUUM_0.1_0.511']
    """
    if isinstance(value, Mapping):
        value = [_with_name(str(name), pair) for name, pair in value.items()]
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"{value!r} is no list of bands; write [LINE_511, [1 MeV, 20 MeV], ...]")
    found = tuple(read_band(one) for one in value)
    names = [band.name for band in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{twice[0]!r} is listed twice; give each band a name of its own: {_FORMS}")
    if reserved := [name for name in names if name == "J" or name.endswith("_ERROR") or name.startswith("COVERAGE_")]:
        raise ValueError(f"a band may not be called {reserved[0]!r}: that is the name of another map in the file")
    return found


def _with_name(name: str, pair: Any) -> Band:
    band = read_band(pair)
    return Band(name, band.low, band.high)


def write_bands(found: tuple[Band, ...]) -> list[Any]:
    """Return what :func:`read_bands` reads as the same."""
    return [_written(band) for band in found]


def _written(band: Band) -> Any:
    if band in NAMED_BANDS.values():
        return band.name
    low, high = _MEV.write(band.low), _MEV.write(band.high)
    same = band == named_after_edges(band.low, band.high)
    return [low, high] if same else {"name": band.name, "low": low, "high": high}


_ONE = {"description": _FORMS, "type": ["string", "array", "object"]}
AnyBand = Annotated[
    Band, BeforeValidator(read_band), PlainSerializer(lambda band: _written(band)), WithJsonSchema(_ONE)
]
Bands = Annotated[
    tuple[Band, ...],
    BeforeValidator(read_bands),
    PlainSerializer(write_bands),
    WithJsonSchema({"description": "the line and energy ranges", "type": ["array", "object"]}),
]
