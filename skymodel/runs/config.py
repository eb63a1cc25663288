"""What a run is configured with: a YAML file or keywords in, a validated :class:`RunConfig` out.

Every quantity is written with its unit, every key is known, every density is looked up by name: whatever is wrong
raises ValueError with one line that names the field, the value and the cure. ``config.resolved()`` is the complete
configuration as plain text and numbers, from which the run can be repeated.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from astropy import constants
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError, model_validator

from profiles import Density, library
from skymodel.runs.quantities import WithUnit
from skymodel.sightlines.geometry import Observer
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle, Region

PRESETS = Path(__file__).parent / "presets"
REGIONS: dict[str, Region] = {"integral_circle": INTEGRAL_CIRCLE, "comptel_window": COMPTEL_WINDOW}
ELECTRON_MASS = float((constants.m_e * constants.c**2).to_value("MeV"))

_DEGREES = WithUnit("deg")


def _build_density(value: Any) -> Density:
    return value if isinstance(value, Density) else library.build(value)


def _build_region(value: Any) -> Region:
    if isinstance(value, Region):
        return value
    if isinstance(value, str):
        return _named_region(value)
    if isinstance(value, Mapping) and value.get("frame", "galactic") == "galactic":
        return _region_from(dict(value))
    raise ValueError(f"is no region; allowed: {_REGION_FORMS}")


_REGION_FORMS = (
    ", ".join(REGIONS)
    + ", {lon: 0 deg, lat: 0 deg, radius: 6 deg} or {lon: [-30 deg, 30 deg], lat: [-5 deg, 5 deg]}, frame: galactic"
)


def _named_region(name: str) -> Region:
    if name not in REGIONS:
        raise ValueError(f"is no region{_nearest(name, REGIONS)}; allowed: {_REGION_FORMS}")
    return REGIONS[name]


def _region_from(spec: dict[str, Any]) -> Region:
    spec.pop("frame", None)
    if set(spec) == {"lon", "lat", "radius"}:
        return Circle(**{key: _DEGREES.read(value) for key, value in spec.items()})
    if set(spec) == {"lon", "lat"} and all(isinstance(pair, list) and len(pair) == 2 for pair in spec.values()):
        return Box(**{key: (_DEGREES.read(pair[0]), _DEGREES.read(pair[1])) for key, pair in spec.items()})
    raise ValueError(f"is no region; allowed: {_REGION_FORMS}")


def _write_region(region: Region) -> Any:
    for name, known in REGIONS.items():
        if region == known:
            return name
    if isinstance(region, Circle):
        keys = ("lon", "lat", "radius")
        return {"frame": "galactic", **{key: _DEGREES.write(getattr(region, key)) for key in keys}}
    if isinstance(region, Box):
        pairs = {key: [_DEGREES.write(edge) for edge in getattr(region, key)] for key in ("lon", "lat")}
        return {"frame": "galactic", **pairs}
    raise ValueError(f"the region {region} cannot be written to a configuration; use one of {_REGION_FORMS}")


def _power_of_two(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 8192:
        raise ValueError("is not allowed; nside is a power of two from 1 to 8192")
    if value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        raise ValueError(f"is not a power of two; the nearest are {below} and {2 * below}")
    return value


AnyDensity = Annotated[Density, BeforeValidator(_build_density), PlainSerializer(library.describe)]
AnyRegion = Annotated[Region, BeforeValidator(_build_region), PlainSerializer(_write_region)]
Energy = Annotated[float, WithUnit("MeV", above=0.0)]
Length = Annotated[float, WithUnit("kpc", above=0.0)]


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class ObserverConfig(Section):
    """Where the sky is seen from."""

    r_sun: Length = 8.2
    z_sun: Annotated[float, WithUnit("kpc")] = 0.0

    def build(self) -> Observer:
        """Return the observer."""
        return Observer(r_sun=self.r_sun, z_sun=self.z_sun)

    @model_validator(mode="after")
    def _stands_somewhere(self) -> ObserverConfig:
        self.build()
        return self


class PathConfig(Section):
    """Where sight lines end: a Galactocentric sphere or a distance from the observer, exactly one."""

    r_max: Length | None = None
    s_max: Length | None = None

    @model_validator(mode="after")
    def _ends_once(self) -> PathConfig:
        if (self.r_max is None) == (self.s_max is None):
            raise ValueError("needs exactly one of r_max and s_max, for example {r_max: 60 kpc}")
        return self


class MapConfig(Section):
    """Resolution and requested relative tolerance of the map."""

    nside: Annotated[int, BeforeValidator(_power_of_two)] = 64
    rtol: Annotated[float, Field(ge=1e-12, lt=1)] = 1e-4


class EmissionConfig(Section):
    """What an encounter radiates: uniform chemical potential, survival, counting convention, energy band."""

    mu: Energy = 20.0
    chi: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.1
    convention: Literal["paper", "consistent"] = "paper"
    positronium_fraction: Annotated[float, Field(gt=0, le=1)] = 1.0
    band: tuple[Energy, Energy] = (1.0, 20.0)

    @model_validator(mode="after")
    def _physical(self) -> EmissionConfig:
        if self.mu <= ELECTRON_MASS:
            raise ValueError(
                f"mu = {self.mu:g} MeV is not above the electron mass, {ELECTRON_MASS:.6g} MeV; the paper uses tens of MeV"
            )
        if self.band[0] >= self.band[1]:
            raise ValueError(f"band = {list(self.band)} MeV is not ascending; write it as [low, high]")
        return self


class AnchorConfig(Section):
    """The measured mean line intensity that fixes the scale, and the region it was measured in."""

    region: AnyRegion = INTEGRAL_CIRCLE
    line_intensity: Annotated[float, WithUnit("cm-2 s-1 sr-1", above=0.0)] = 0.025


class RunConfig(Section):
    """A complete model: two densities, the observer and the path, the map, the emission, the anchor.

    Parameters
    ----------
    dark_matter, electrons
        Densities, or how to build them (a mapping with ``type`` or ``preset``; a list is a sum). A mass density of
        the electrons' tracer becomes n_e = `electrons_per_baryon` rho / m_p.
    label
        What every output says about the model.

    Examples
    --------
    >>> config = load_config("paper")
    >>> config.map.nside, config.emission.mu
    (64, 20.0)
    """

    label: str = ""
    observer: ObserverConfig = ObserverConfig()
    dark_matter: AnyDensity
    electrons: AnyDensity
    electrons_per_baryon: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    path: PathConfig = PathConfig(r_max=60.0)
    map: MapConfig = MapConfig()
    emission: EmissionConfig = EmissionConfig()
    anchor: AnchorConfig = AnchorConfig()

    def __init__(self, **values: Any) -> None:
        """Validate keywords; raise ValueError with one line naming field, value and cure."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ValueError(_one_line(error)) from None

    def resolved(self) -> dict[str, Any]:
        """Return the complete configuration as plain numbers and text with units; ``RunConfig(**it)`` repeats it."""
        return self.model_dump(mode="json", exclude_none=True)


def presets() -> tuple[str, ...]:
    """Return the names of the shipped configurations."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def load_config(source: str | Path | None = None) -> RunConfig:
    """Return the configuration of a YAML file or of a shipped preset.

    Parameters
    ----------
    source
        Path of a YAML file or name of a preset; by default the preset ``paper``.

    Raises
    ------
    FileNotFoundError, ValueError
        With one line that says what is wrong and what to do.
    """
    name = "paper" if source is None else str(source)
    path = PRESETS / f"{name}.yaml" if name in presets() else Path(name)
    return RunConfig(**_read_yaml(path))


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        shipped = ", ".join(presets())
        raise FileNotFoundError(f"no configuration file '{path}'{_nearest(str(path), presets())}; presets: {shipped}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the configuration '{path}': {error}; give a YAML text file") from None
    except yaml.YAMLError as error:
        raise ValueError(f"'{path}' is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        what = "is empty" if content is None else f"holds a {type(content).__name__}"
        raise ValueError(f"'{path}' {what}; a configuration is a mapping with at least dark_matter and electrons")
    return {str(key): value for key, value in content.items()}


def _nearest(name: str, known: Any) -> str:
    match = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean '{match[0]}'?" if match else ""


def _one_line(error: ValidationError) -> str:
    """Return the most telling of the errors: an unknown key explains a missing one, so it goes first."""
    found = sorted(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in found[0]["loc"])
    if found[0]["type"] == "extra_forbidden":
        return _unknown_key(found[0]["loc"])
    if found[0]["type"] == "missing":
        return f"{where} is missing; a configuration needs dark_matter and electrons"
    if found[0]["type"] == "value_error" and not isinstance(found[0]["input"], str | int | float):
        return f"{where}: {found[0]['ctx']['error']}"
    reason = str(found[0]["ctx"]["error"]) if found[0]["type"] == "value_error" else f"is refused: {found[0]['msg']}"
    return f"{where} = {found[0]['input']!r} {reason}"


def _unknown_key(loc: tuple[Any, ...]) -> str:
    model: type[BaseModel] = RunConfig
    for part in loc[:-1]:
        model = model.model_fields[str(part)].annotation  # type: ignore[assignment]  # sections nest directly
    known = list(model.model_fields)
    place = ".".join(map(str, loc[:-1])) or "the configuration"
    return f"unknown key '{loc[-1]}' in {place}{_nearest(str(loc[-1]), known)}; allowed: {', '.join(known)}"
