"""What shines, by ``type``: uniform nuggets, nuggets with an electrosphere, or a rival spectrum tied to the line.

Each type is a section of its own with a ``build()`` that returns a
:class:`~skymodel.emission.event.origins.SpectralModel`; :data:`EMISSIONS` lists them. A further model is one more
section there.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from skymodel.emission.electrosphere.capture import Formation
from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.emission.electrosphere.solved_spectrum import SolvedElectrosphereEmission
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.bands import Band
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.inflight import InFlight
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.nuggets.model import Convention, NuggetEmission
from skymodel.emission.nuggets.rivals import PowerLaw, RivalShape, annihilating_particles, cascade, decaying_particle
from skymodel.emission.nuggets.tied import TiedToLine
from skymodel.runs.config.bands import read_band
from skymodel.runs.config.quantities import WithUnit
from skymodel.runs.config.section import Section

Energy = Annotated[float, WithUnit("MeV", above=0.0)]
Share = Annotated[float, Field(ge=0, le=1)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _band(value: Any) -> Any:
    if isinstance(value, Band):
        return value.low, value.high
    if isinstance(value, str):
        band = read_band(value)
        return f"{band.low!r} MeV", f"{band.high!r} MeV"
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError(f"{value!r} is not a pair of energies; write it as [1 MeV, 20 MeV]")
    return value


class Emission(Section):
    """What every type shares: the positronium fraction, and the band whose ratio to the line is judged."""

    positronium_fraction: Share = 1.0
    band: Annotated[tuple[Energy, Energy], BeforeValidator(_band)] = (1.0, 20.0)

    @property
    def continuum(self) -> Band:
        """The band, named by its edges: CONTINUUM_1_20."""
        return read_band([f"{edge!r} MeV" for edge in self.band])

    @abstractmethod
    def build(self) -> SpectralModel:
        """Return the spectral model."""

    @model_validator(mode="after")
    def _physical(self) -> Emission:
        if self.band[0] >= self.band[1]:
            raise ValueError(f"band = {list(self.band)} MeV is not ascending; write it as [low, high]")
        self.build()
        return self


class NuggetsConfig(Emission):
    """Nuggets of one chemical potential: survival, counting convention, as in sections 2-4 of the paper."""

    type: Literal["nuggets"] = "nuggets"
    mu: Energy = 20.0
    chi: NotNegative = 0.1
    convention: Convention = "paper"

    def build(self) -> NuggetEmission:
        """Return the spectral model."""
        if self.mu <= ELECTRON_MASS:
            raise ValueError(
                f"mu = {self.mu:g} MeV is not above the electron mass, {ELECTRON_MASS:.6g} MeV; the paper has 20 MeV"
            )
        return NuggetEmission(self.mu, self.chi, self.convention, self.positronium_fraction)


class ElectrosphereConfig(Emission):
    """Nuggets with an electrosphere, appendix A of the paper; it gives no speed of the electrons, so v_e is needed."""

    type: Literal["electrosphere"]
    v_e: Annotated[float, Field(gt=0, le=1)]
    mu_0: Energy = 60.0
    z_max: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 30.0
    chi: NotNegative = 0.2
    convention: Convention = "paper"

    def build(self) -> ElectrosphereEmission:
        """Return the spectral model."""
        sphere = Electrosphere(self.mu_0, self.z_max, self.v_e)
        return ElectrosphereEmission(sphere, self.chi, self.convention, self.positronium_fraction)


class SolvedElectrosphereConfig(Emission):
    """Nuggets with a computed electrosphere: chi and the positronium fraction follow, so they are not given."""

    type: Literal["solved_electrosphere"]
    v_e: Annotated[float, Field(gt=0, lt=1)]
    mu_0: Energy = 20.0
    temperature: Annotated[float, WithUnit("MeV", at_least=0.0)] = 0.0
    barrier: bool = True
    formation: Formation = "resonant"

    def build(self) -> SolvedElectrosphereEmission:
        """Return the spectral model."""
        if self.positronium_fraction != 1.0:
            raise ValueError("positronium_fraction follows from the electrosphere; leave it out")
        star = SolvedElectrosphere(self.mu_0, self.temperature)
        return SolvedElectrosphereEmission(star, self.v_e, self.barrier, self.formation)


class RivalConfig(Emission):
    """A spectrum that follows the same densities and is tied to the line by its photons in the band."""

    photons_per_line_photon: Annotated[float, Field(gt=0, allow_inf_nan=False)]

    @abstractmethod
    def shape(self) -> RivalShape:
        """Return the shape of the spectrum."""

    def build(self) -> TiedToLine:
        """Return the spectral model."""
        return TiedToLine.by_band(self.shape(), self.continuum, self.photons_per_line_photon, self.positronium_fraction)


class PowerLawConfig(RivalConfig):
    """A power law of photon index `index`."""

    type: Literal["power_law"]
    index: Annotated[float, Field(allow_inf_nan=False)]

    def shape(self) -> RivalShape:
        """Return the shape."""
        return PowerLaw(self.index)


class DecayingConfig(RivalConfig):
    """A particle of a mass that decays into two photons, a line of a width."""

    type: Literal["decaying_particle"]
    mass: Energy
    sigma: Energy

    def shape(self) -> RivalShape:
        """Return the shape."""
        return decaying_particle(self.mass, self.sigma)


class AnnihilatingConfig(RivalConfig):
    """Slow particles of a mass that annihilate into two photons, a line of a width."""

    type: Literal["annihilating_particles"]
    mass: Energy
    sigma: Energy

    def shape(self) -> RivalShape:
        """Return the shape."""
        return annihilating_particles(self.mass, self.sigma)


class CascadeConfig(RivalConfig):
    """Slow particles that annihilate into two mediators, each decaying into two photons."""

    type: Literal["cascade"]
    mass: Energy
    mediator: Energy

    def shape(self) -> RivalShape:
        """Return the shape."""
        return cascade(self.mass, self.mediator)


class InFlightConfig(Emission):
    """Positrons injected with the total energy E_0: those that stop make the line, the others this spectrum."""

    type: Literal["in_flight"]
    E_0: Energy

    def build(self) -> TiedToLine:
        """Return the spectral model."""
        shape = InFlight(self.E_0)
        return TiedToLine(shape, shape.per_line_photon(self.positronium_fraction), self.positronium_fraction)


EMISSIONS: Mapping[str, type[Emission]] = {
    "nuggets": NuggetsConfig,
    "electrosphere": ElectrosphereConfig,
    "solved_electrosphere": SolvedElectrosphereConfig,
    "in_flight": InFlightConfig,
    "power_law": PowerLawConfig,
    "decaying_particle": DecayingConfig,
    "annihilating_particles": AnnihilatingConfig,
    "cascade": CascadeConfig,
}


def emission_type(value: Any) -> str:
    """Return which type an entry of the configuration names; nuggets if it names none."""
    if isinstance(value, Mapping):
        return str(value.get("type", "nuggets"))
    return str(getattr(value, "type", "nuggets"))


def uniform_nuggets(section: Emission) -> NuggetEmission:
    """Return the uniform nuggets that the paper's claims are checked for: those configured, or the paper's own."""
    return section.build() if isinstance(section, NuggetsConfig) else NuggetEmission()


def _from_object(value: Any) -> Any:
    """Return the entry that stands for a spectral model of Python."""
    match value:
        case NuggetEmission(mu, chi, convention, share):
            numbers = {"mu": f"{mu!r} MeV", "chi": chi, "convention": convention}
            return {"type": "nuggets", **numbers, "positronium_fraction": share}
        case ElectrosphereEmission(sphere, chi, convention, share):
            shape = {"mu_0": f"{sphere.mu_0!r} MeV", "z_max": sphere.z_max, "v_e": sphere.v_e}
            numbers = {"chi": chi, "convention": convention, "positronium_fraction": share}
            return {"type": "electrosphere", **shape, **numbers}
        case str():
            return {"type": value}
    return value


AnyEmission = Annotated[
    Annotated[NuggetsConfig, Tag("nuggets")]
    | Annotated[ElectrosphereConfig, Tag("electrosphere")]
    | Annotated[SolvedElectrosphereConfig, Tag("solved_electrosphere")]
    | Annotated[InFlightConfig, Tag("in_flight")]
    | Annotated[PowerLawConfig, Tag("power_law")]
    | Annotated[DecayingConfig, Tag("decaying_particle")]
    | Annotated[AnnihilatingConfig, Tag("annihilating_particles")]
    | Annotated[CascadeConfig, Tag("cascade")],
    Discriminator(emission_type),
    BeforeValidator(_from_object),
]
