"""What a run is configured with: a YAML file or keywords in, a validated :class:`RunConfig` out.

Every quantity is written with its unit, every key is known, every density is looked up by name: whatever is wrong
raises ValueError with one line that names the field, the value and the cure. ``config.resolved()`` is the complete
configuration as plain text and numbers, from which the run can be repeated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticSerializationError

from profiles.shelf.tracers import INTERSTELLAR, PRINTED
from profiles.shelf.trust import trusting
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.emission.nuggets.anchor import PAPER_LINE_INTENSITY_ERROR, Anchor, published_anchor
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY
from skymodel.galaxy import SkyModel
from skymodel.runs.config import messages
from skymodel.runs.config.bands import Bands
from skymodel.runs.config.densities import DarkMatter, Electrons
from skymodel.runs.config.emission import AnyEmission, NuggetsConfig
from skymodel.runs.config.fields import FieldsConfig
from skymodel.runs.config.files import folder_of, read_raw, with_preset
from skymodel.runs.config.names import with_own_names
from skymodel.runs.config.observer import AnyObserver, ObserverConfig, PathConfig
from skymodel.runs.config.quantities import WithUnit
from skymodel.runs.config.questions import CompareConfig, CubeConfig, FitConfig, Ratios
from skymodel.runs.config.regions import INSTRUMENTS, WHOLE_SKY, AnyRegion, NamedRegion, Regions, read_region
from skymodel.runs.config.section import Section
from skymodel.sky.healpix import pixel_area
from skymodel.sky.regions import INTEGRAL_CIRCLE


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


def _printable(label: str) -> str:
    if len(label) > 300 or not all(character.isprintable() or character == "\n" for character in label):
        raise ValueError(f"{label[:60]!a} is not allowed; a label is text of 300 characters at most, no control ones")
    return label


class MapConfig(Section):
    """Resolution and requested relative tolerance of the map, and what happens where it cannot be reached."""

    nside: Annotated[int, BeforeValidator(_power_of_two)] = 64
    rtol: Annotated[float, AfterValidator(_reachable)] = 1e-4
    shortfall: Literal["refuse", "state"] = "refuse"
    budget: Annotated[int, Field(gt=0)] | None = None
    workers: Annotated[int, Field(gt=0)] | None = None


class AnchorConfig(Section):
    """The measured mean line intensity that fixes the scale, its error, and the region it was measured in.

    The default error belongs to the default intensity: another intensity comes with its own error, or with none.
    """

    region: AnyRegion = INTEGRAL_CIRCLE
    line_intensity: Annotated[float, WithUnit("cm-2 s-1 sr-1", above=0.0)] = PAPER_LINE_INTENSITY
    line_intensity_error: Annotated[float, WithUnit("cm-2 s-1 sr-1", at_least=0.0)] = PAPER_LINE_INTENSITY_ERROR
    reference: str = ""

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


def _anchor(value: Any) -> Any:
    """Return the entry that stands for a published anchor's name or for an Anchor of Python."""
    if isinstance(value, str):
        value = published_anchor(value)
    if isinstance(value, Anchor):
        measured = {
            name: f"{getattr(value, name)!r} cm-2 s-1 sr-1" for name in ("line_intensity", "line_intensity_error")
        }
        return measured | {"reference": value.reference}
    if isinstance(value, Mapping) and "name" in value:
        return _named_anchor(value)
    return value


def _named_anchor(value: Mapping[str, Any]) -> Any:
    """Return the entry of ``{name: siegert2016, region: ...}``: a model sky's mean over that region."""
    if set(value) - {"name", "region"}:
        raise ValueError(f"{dict(value)!r}: a named anchor takes a region and nothing else")
    region = read_region(value.get("region", INTEGRAL_CIRCLE))
    return _anchor(published_anchor(str(value["name"]), region)) | {"region": region}


class RunConfig(Section):
    """A complete model: two densities, the observer and the path, the map, the emission, the anchor, the questions.

    Parameters
    ----------
    dark_matter, electrons
        Densities, or how to build them (a preset's name; a mapping with ``type`` or ``preset``; a list is a sum). A
        mass density of the electrons' tracer becomes n_e = `electrons_per_baryon` rho / m_p.
    tracer
        What the electrons stand for: `visible_matter`, stars and all, as the paper prints it, or `interstellar`.
    fields
        What of rate, chi, positronium fraction and mu varies over the Galaxy, see :mod:`skymodel.runs.config.fields`.
    regions, bands
        ``fluxes.ecsv`` has a row for each pair of them, ``maps.fits`` a map for each band.
    ratios, cube, compare, fit
        See :mod:`skymodel.runs.config.questions`.
    ensemble
        Priors and sampling, for ``skymodel ensemble`` with the same file; a run does not look at it.
    label
        What every output says about the model.

    Examples
    --------
    >>> config = load_config("paper")
    >>> config.map.nside, config.emission.mu
    (64, 20.0)
    """

    label: Annotated[str, AfterValidator(_printable)] = ""
    observer: AnyObserver = ObserverConfig()
    dark_matter: DarkMatter
    electrons_per_baryon: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    electrons: Electrons
    tracer: Literal["visible_matter", "interstellar"] = "visible_matter"
    path: PathConfig = PathConfig(r_max="60 kpc")
    map: MapConfig = MapConfig()
    emission: AnyEmission = NuggetsConfig()
    fields: FieldsConfig = FieldsConfig()
    anchor: Annotated[AnchorConfig, BeforeValidator(_anchor)] = AnchorConfig()
    regions: Regions = INSTRUMENTS
    bands: Bands | None = None
    ratios: Ratios = ()
    cube: CubeConfig | None = None
    compare: CompareConfig | None = None
    fit: FitConfig = FitConfig()
    verdict: Literal["published", "none"] = "published"
    ensemble: Annotated[dict[str, Any] | None, Field(exclude=True)] = None

    def __init__(self, **values: Any) -> None:
        """Validate keywords; raise ValueError with one line naming field, value and cure."""
        try:
            super().__init__(**with_own_names(values))
        except ValidationError as error:
            raise ValueError(messages.one_line(error, RunConfig)) from None

    @model_validator(mode="after")
    def _beam_fits_the_map(self) -> RunConfig:
        pixel = math.degrees(math.sqrt(pixel_area(self.map.nside)))
        if self.compare and self.compare.beam and self.compare.beam.width < 2 * pixel:
            raise ValueError(
                f"compare.beam of {self.compare.beam.width:g} deg on pixels of {pixel:.2g} deg; allowed: at least two "
                "pixels, so raise map.nside or leave the beam out"
            )
        return self

    @property
    def parts(self) -> tuple[NamedRegion, ...]:
        """The regions without the whole sky, with which every table ends whether it is listed or not."""
        return tuple(part for part in self.regions if part.name != WHOLE_SKY)

    @property
    def shining(self) -> tuple[Band, ...]:
        """The bands that are mapped: those listed, else that of the emission; and always the line, which scales all."""
        listed = self.bands or (LINE_511, self.emission.continuum)
        return listed if LINE_511 in listed else (LINE_511, *listed)

    @property
    def tracer_name(self) -> str:
        """What tables call the tracer."""
        return {"visible_matter": PRINTED, "interstellar": INTERSTELLAR}[self.tracer]

    def model(self) -> SkyModel:
        """Return the galaxy that shines: the densities, what their encounters radiate, where it is seen from."""
        rate = self.fields.rate
        shining = None if rate is None else self.dark_matter * self.electrons * rate
        return SkyModel(
            self.dark_matter,
            self.electrons,
            self.emission.build(),
            self.observer.build(),
            r_max=self.path.r_max,
            s_max=self.path.s_max,
            positronium=shining,
            direct=shining,
            local=self.fields.local,
        )

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


def load_config(source: str | Path | None = None, **changes: Any) -> RunConfig:
    """Return the configuration of a YAML file or of a shipped preset.

    Parameters
    ----------
    source
        Path of a YAML file or name of a preset; by default the preset ``paper``.
    **changes
        Entries that take the place of the file's own.

    Raises
    ------
    FileNotFoundError, ValueError
        With one line that says what is wrong and what to do.

    Examples
    --------
    >>> from skymodel import load_config
    >>> load_config("paper").map.nside
    64
    """
    with trusting(beside=folder_of(source)):
        return RunConfig(**read_raw(source) | changes)


def as_config(source: Any = None) -> RunConfig:
    """Return a configuration from whatever stands for one: itself, a mapping, a YAML file, a preset's name.

    Examples
    --------
    >>> as_config("paper") == as_config(load_config()) == as_config(load_config().resolved())
    True
    """
    if isinstance(source, RunConfig):
        return source
    if isinstance(source, Mapping):
        return RunConfig(**with_preset({str(key): value for key, value in source.items()}))
    if source is None or isinstance(source, str | Path):
        return load_config(source)
    raise TypeError(f"{source!r} is no configuration; give a RunConfig, a mapping, a YAML file or a preset's name")
