"""What a run is configured with: a YAML file or keywords in, a validated :class:`RunConfig` out.

Every quantity is written with its unit, every key is known, every density is looked up by name: whatever is wrong
raises ValueError with one line that names the field, the value and the cure. ``config.resolved()`` is the complete
configuration as plain text and numbers, from which the run can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, cast

from astropy import units
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticSerializationError

from profiles import Density, library
from profiles.contract.algebra import in_unit
from profiles.contract.fields import MASS_DENSITY, NUMBER_DENSITY
from profiles.contract.spelling import options
from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.nuggets.anchor import PAPER_LINE_INTENSITY_ERROR
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, Convention, NuggetEmission
from skymodel.runs.config.files import read_raw
from skymodel.runs.config.quantities import WithUnit
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sky.regions import INTEGRAL_CIRCLE, Region, region_from_config, region_to_config


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
    try:
        return build(value, *settings)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"{value!r} cannot be built: {type(error).__name__}: {error}; give a density") from error


def _band(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"{value!r} is not a pair of energies; write it as [1 MeV, 20 MeV]")
    return value


def _region(value: Any) -> Region:
    return value if isinstance(value, Region) else region_from_config(value)


def _power_of_two(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 8192:
        raise ValueError(f"{value!r} is not allowed; nside is a power of two from 1 to 8192")
    if value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        raise ValueError(f"{value} is not a power of two; the nearest are {below} and {2 * below}")
    return value


def _reachable(rtol: float) -> float:
    if not 1e-12 <= rtol < 1:  # sight lines get a share of it, and float64 gives 1e-13
        raise ValueError(f"{rtol!r} is not allowed; a tolerance is a number from 1e-12 to below 1, for example 1e-4")
    return rtol


DarkMatter = Annotated[Density, BeforeValidator(_dark_matter), PlainSerializer(library.describe)]
Electrons = Annotated[Density, BeforeValidator(_electrons), PlainSerializer(library.describe)]
AnyRegion = Annotated[Region, BeforeValidator(_region), PlainSerializer(region_to_config)]
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
    rtol: Annotated[float, AfterValidator(_reachable)] = 1e-4


class EmissionConfig(Section):
    """What an encounter radiates: uniform chemical potential, survival, counting convention, energy band."""

    mu: Energy = 20.0
    chi: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.1
    convention: Convention = "paper"
    positronium_fraction: Annotated[float, Field(ge=0, le=1)] = 1.0
    band: Annotated[tuple[Energy, Energy], BeforeValidator(_band)] = (1.0, 20.0)

    @property
    def continuum(self) -> Band:
        """The band, named by its edges: CONTINUUM_1_20."""
        return Band("CONTINUUM_{:g}_{:g}".format(*self.band), *self.band)

    def build(self) -> NuggetEmission:
        """Return the spectral model."""
        return NuggetEmission(self.mu, self.chi, self.convention, self.positronium_fraction)

    @model_validator(mode="after")
    def _physical(self) -> EmissionConfig:
        if self.mu <= ELECTRON_MASS:
            raise ValueError(
                f"mu = {self.mu:g} MeV is not above the electron mass, {ELECTRON_MASS:.6g} MeV; the paper has 20 MeV"
            )
        if self.band[0] >= self.band[1]:
            raise ValueError(f"band = {list(self.band)} MeV is not ascending; write it as [low, high]")
        return self


class AnchorConfig(Section):
    """The measured mean line intensity that fixes the scale, its error, and the region it was measured in.

    The default error belongs to the default intensity: another intensity comes with its own error, or with none.
    """

    region: AnyRegion = INTEGRAL_CIRCLE
    line_intensity: Annotated[float, WithUnit("cm-2 s-1 sr-1", above=0.0)] = PAPER_LINE_INTENSITY
    line_intensity_error: Annotated[float, WithUnit("cm-2 s-1 sr-1", at_least=0.0)] = PAPER_LINE_INTENSITY_ERROR

    @model_validator(mode="before")
    @classmethod
    def _error_of_its_own(cls, values: Any) -> Any:
        if isinstance(values, dict) and "line_intensity" in values and "line_intensity_error" not in values:
            return {**values, "line_intensity_error": "0 cm-2 s-1 sr-1"}
        return values

    @property
    def relative_error(self) -> float:
        """The measured error over the intensity: that of every intensity that the anchor scales."""
        return self.line_intensity_error / self.line_intensity


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
    dark_matter: DarkMatter
    electrons_per_baryon: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    electrons: Electrons
    path: PathConfig = PathConfig(r_max="60 kpc")
    map: MapConfig = MapConfig()
    emission: EmissionConfig = EmissionConfig()
    anchor: AnchorConfig = AnchorConfig()

    def __init__(self, **values: Any) -> None:
        """Validate keywords; raise ValueError with one line naming field, value and cure."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ValueError(one_line(error)) from None

    def resolved(self) -> dict[str, Any]:
        """Return the complete configuration as plain numbers and text with units; ``RunConfig(**it)`` repeats it.

        Raises
        ------
        ValueError
            If a density or a region cannot be written down, as a lambda cannot.
        """
        try:
            return self.model_dump(mode="json", exclude_none=True)
        except PydanticSerializationError as error:
            raise ValueError(str(error).rpartition("ValueError: ")[2]) from None


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
    return RunConfig(**read_raw(source))


def one_line(error: ValidationError, model: type[BaseModel] = RunConfig) -> str:
    """Return the most telling of the errors: an unknown key explains a missing one, so it goes first."""
    found = min(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    where, value = ".".join(str(part) for part in found["loc"]), found["input"]
    match found["type"]:
        case "extra_forbidden":
            return _unknown_key(found["loc"], model)
        case "missing":
            return f"{where} is missing; a configuration needs dark_matter and electrons"
        case "model_type":
            keys = ", ".join(_section(found["loc"], model).model_fields)
            return f"{where}: {value!r} is no mapping; its keys are {keys}"
        case "value_error":
            return f"{where}: {found['ctx']['error']}".removeprefix(": ")
    return f"{where}: {value!r} is refused; {found['msg'][0].lower()}{found['msg'][1:]}"


def _unknown_key(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    known = list(_section(loc[:-1], model).model_fields)
    place = ".".join(map(str, loc[:-1])) or "the configuration"
    return f"unknown key '{loc[-1]}' in {place}{options(str(loc[-1]), known, 'allowed')}"


def _section(loc: tuple[int | str, ...], model: type[BaseModel]) -> type[BaseModel]:
    section: Any = model
    for part in loc:
        section = section.model_fields[str(part)].annotation
    return cast(type[BaseModel], section)
