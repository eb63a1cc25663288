"""Microphysics that varies over the Galaxy: rate, chi, positronium fraction and mu as fields of the configuration.

``fields: {chi: ..., kappa: ..., f_ps: ..., mu: ...}``. A field is a number, or by ``type``: ``by_phase`` (one value for
each component of the gas), ``radial`` (a law of the distance from the centre), ``kinetic`` (kappa from speed,
temperature and ionisation, each a field again). chi, f_ps and mu are the values themselves and take the place of the
emission's; kappa multiplies the rate of encounters, of line and continuum alike.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, PlainSerializer, Tag, model_validator

from profiles import Density, from_function, library
from profiles.contract.mapped import mapped
from skymodel.runs.config.densities import Electrons
from skymodel.runs.config.quantities import WithUnit
from skymodel.runs.config.section import Section

Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_PLACES = 60


class FieldSection(Section):
    """A field; ``build()`` returns it as a density without a unit."""

    def build(self) -> Density:
        """Return the field."""
        raise NotImplementedError


class ConstantField(FieldSection):
    """One value everywhere."""

    type: Literal["constant"] = "constant"
    value: Number

    def build(self) -> Density:
        """Return the field."""
        return from_function(functools.partial(_constant, value=self.value), unit="", symmetry="spherical")


class RadialField(FieldSection):
    """value (1 + r / scale)^index, r the distance from the centre."""

    type: Literal["radial"]
    value: Number
    scale: Annotated[float, WithUnit("kpc", above=0.0)]
    index: Annotated[float, Field(allow_inf_nan=False)]

    def build(self) -> Density:
        """Return the field."""
        law = functools.partial(_power_law, value=self.value, scale=self.scale, index=self.index)
        return from_function(law, unit="", symmetry="spherical")


class Phase(Section):
    """A component of the gas, and the value in it."""

    value: Number
    electrons: Electrons


class PhaseField(FieldSection):
    """One value for each phase of the gas; where phases mix, their mean weighted with electrons."""

    type: Literal["by_phase"]
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]

    def build(self) -> Density:
        """Return the field."""
        mean = functools.partial(_weighted, [phase.value for phase in self.phases])
        return mapped(mean, *(phase.electrons for phase in self.phases))

    @model_validator(mode="after")
    def _has_gas(self) -> PhaseField:
        for number, phase in enumerate(self.phases, 1):
            if not np.any(phase.electrons(*_places()) > 0):
                raise ValueError(f"phase {number} has no gas within 30 kpc; leave it out or give its density")
        return self


class KineticField(FieldSection):
    """Rate of encounters <sigma v> over its value at the reference: (v / v_0)^a (T / T_0)^b times the ionised share."""

    type: Literal["kinetic"]
    speed: AnyField | None = None
    temperature: AnyField | None = None
    ionisation: AnyField | None = None
    speed_index: Annotated[float, Field(allow_inf_nan=False)] = 1.0
    temperature_index: Annotated[float, Field(allow_inf_nan=False)] = -0.5

    def build(self) -> Density:
        """Return the field; a part that is not given counts as 1."""
        given = [(self.speed, self.speed_index), (self.temperature, self.temperature_index), (self.ionisation, 1.0)]
        parts = [(field.build(), power) for field, power in given if field is not None]
        product = functools.partial(_product, [power for _, power in parts])
        return mapped(product, *(field for field, _ in parts))

    @model_validator(mode="after")
    def _depends(self) -> KineticField:
        if self.speed is None and self.temperature is None and self.ionisation is None:
            raise ValueError("kinetic needs one or more of speed, temperature and ionisation, each a field")
        return self


class OwnField(FieldSection):
    """A density of Python without a unit; it cannot be written to a file unless the shelf knows it."""

    type: Literal["density"] = "density"
    density: Annotated[Density, PlainSerializer(library.describe)]

    def build(self) -> Density:
        """Return the field."""
        return self.density


def _read(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Density):
        return value
    return {"type": "density", "density": value} if isinstance(value, Density) else {"value": value}


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("type", "constant"))
    return str(getattr(value, "type", "constant"))


AnyField = Annotated[
    Annotated[ConstantField, Tag("constant")]
    | Annotated[RadialField, Tag("radial")]
    | Annotated[PhaseField, Tag("by_phase")]
    | Annotated[KineticField, Tag("kinetic")]
    | Annotated[OwnField, Tag("density")],
    Discriminator(_kind),
    BeforeValidator(_read),
]


class FieldsConfig(Section):
    """What varies over the Galaxy."""

    chi: AnyField | None = None
    kappa: AnyField | None = None
    f_ps: AnyField | None = None
    mu: AnyField | None = None

    @property
    def rate(self) -> Density | None:
        """The factor on the rate of encounters, if it varies."""
        return None if self.kappa is None else self.kappa.build()

    @property
    def local(self) -> dict[str, Density]:
        """What takes the place of the emission's own numbers, by the names that the emission has for them."""
        named = {"chi": self.chi, "positronium_fraction": self.f_ps, "mu": self.mu}
        found = {name: field.build() for name, field in named.items() if field is not None}
        return {name: mapped(_same, field, unit="MeV") if name == "mu" else field for name, field in found.items()}

    @model_validator(mode="after")
    def _allowed(self) -> FieldsConfig:
        for name, field in (("chi", self.chi), ("kappa", self.kappa), ("f_ps", self.f_ps), ("mu", self.mu)):
            if field is not None:
                _require(name, field.build(), 1.0 if name == "f_ps" else np.inf)
        return self


KineticField.model_rebuild()


# Functions of a module, not closures: a model with fields can be pickled.
def _same(value: Any) -> Any:
    return value


def _constant(x: Any, y: Any, z: Any, *, value: float) -> Any:
    return value + 0 * x


def _power_law(x: Any, y: Any, z: Any, *, value: float, scale: float, index: float) -> Any:
    return value * (1 + (x * x + y * y + z * z) ** 0.5 / scale) ** index


def _weighted(values: list[float], *densities: Any) -> Any:
    total = sum(densities)
    weighted = sum(value * density for value, density in zip(values, densities, strict=True))
    return np.where(total > 0, weighted / np.where(total > 0, total, 1.0), min(values))


def _product(powers: list[float], *values: Any) -> Any:
    found: Any = 1.0
    for value, power in zip(values, powers, strict=True):
        found = found * value**power
    return found


def _places() -> Any:
    """Return 60 places spread over directions and over radii from 10 pc to 30 kpc, half of them near the plane."""
    index = np.arange(_PLACES) + 0.5
    radius, azimuth = 0.01 * 3000.0 ** (index / _PLACES), 2.4 * index
    height = radius * np.where(index % 2 < 1, 0.0, 0.3 * np.sin(5 * index))
    return np.stack([radius * np.cos(azimuth), radius * np.sin(azimuth), height])


def _require(name: str, field: Density, highest: float) -> None:
    places = _places()
    with np.errstate(all="ignore"):
        values = np.asarray(field(*places), dtype=float)
    bad = np.flatnonzero(~((values >= 0) & (values <= highest) & np.isfinite(values)))
    if bad.size:
        where = ", ".join(f"{coordinate:.3g}" for coordinate in places[:, bad[0]])
        limit = "from 0 to 1" if highest == 1 else "finite and at least 0"
        raise ValueError(f"{name} is {values[bad[0]]:.4g} at (x, y, z) = ({where}) kpc; allowed: {limit} everywhere")
