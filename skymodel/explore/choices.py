"""What can be chosen: halos and electrons with the sliders of each, and the configuration that a choice stands for.

A choice is a configuration like any other: the YAML that the page shows is what it computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from profiles.shelf.tracers import INTERSTELLAR, PRINTED
from skymodel.runs.config.model import RunConfig

OPENED = "as opened"  # densities of a YAML file, which no slider moves


@dataclass(frozen=True)
class Slider:
    """One number of a density that can be moved.

    Parameters
    ----------
    key
        Field of the density's configuration.
    label
        What the page calls it.
    low, high, step, start
        Its range and where it starts.
    unit
        Unit of the field; none for a number.
    """

    key: str
    label: str
    low: float
    high: float
    step: float
    start: float
    unit: str = ""

    def text(self, value: float) -> Any:
        """Return the value as a configuration writes it."""
        rounded = float(f"{value:.12g}")
        return f"{rounded:g} {self.unit}" if self.unit else rounded


@dataclass(frozen=True)
class Choice:
    """A density on offer: its name, its configuration, its sliders."""

    label: str
    spec: Mapping[str, Any]
    sliders: tuple[Slider, ...] = ()
    group: str = ""

    def configured(self, values: Mapping[str, float]) -> dict[str, Any]:
        """Return the configuration with the sliders' values; those not given stay where they start."""
        moved = {slider.key: slider.text(values.get(slider.key, slider.start)) for slider in self.sliders}
        return {**self.spec, **moved}


_SCALE = Slider("r_s", "scale radius r_s [kpc]", 2, 40, 0.5, 20, "kpc")
HALOS: Mapping[str, Choice] = {
    "nfw": Choice("NFW", {"type": "nfw", "rho_s": "0.3 GeV cm-3"}, (_SCALE,)),
    "generalized_nfw": Choice(
        "generalised NFW",
        {"type": "generalized_nfw", "rho_s": "0.3 GeV cm-3"},
        (_SCALE, Slider("gamma", "inner slope γ", 0, 1.6, 0.02, 1.2)),  # noqa: RUF001
    ),
    "einasto": Choice(
        "Einasto",
        {"type": "einasto", "rho_s": "0.033 GeV cm-3"},
        (_SCALE, Slider("alpha", "shape α", 0.1, 0.5, 0.01, 0.17)),  # noqa: RUF001
    ),
    "burkert": Choice(
        "Burkert",
        {"type": "burkert", "rho_s": "0.712 GeV cm-3"},
        (Slider("r_s", "core radius [kpc]", 1, 30, 0.5, 12.5, "kpc"),),
    ),
    "isothermal": Choice(
        "isothermal",
        {"type": "isothermal", "rho_s": "1.387 GeV cm-3"},
        (Slider("r_s", "core radius [kpc]", 0.5, 20, 0.5, 4.5, "kpc"),),
    ),
}
ELECTRONS: Mapping[str, Choice] = {
    "mcmillan2017_baryons": Choice("stars and gas (McMillan 2017)", {"preset": "mcmillan2017_baryons"}, (), PRINTED),
    "disk": Choice(
        "exponential disk",
        {"type": "exponential_disk", "n_0": "1 cm-3"},
        (
            Slider("R_d", "scale length R_d [kpc]", 1, 6, 0.1, 2.6, "kpc"),
            Slider("z_d", "scale height z_d [kpc]", 0.05, 2, 0.05, 0.3, "kpc"),
        ),
        PRINTED,
    ),
    "bulge": Choice(
        "Hernquist bulge",
        {"type": "hernquist_bulge", "n_0": "1 cm-3"},
        (Slider("a", "scale radius a [kpc]", 0.1, 3, 0.05, 0.6, "kpc"),),
        PRINTED,
    ),
    "dwek1995_bar": Choice("bar of stars (Dwek 1995)", {"preset": "dwek1995_bar"}, (), PRINTED),
    "interstellar": Choice(
        "all gas phases (Ferriere 2007, McMillan 2017)", {"preset": "interstellar"}, (), INTERSTELLAR
    ),
    "mcmillan2017_gas": Choice(
        "gas with a hole at the centre (McMillan 2017)", {"preset": "mcmillan2017_gas"}, (), INTERSTELLAR
    ),
    "ymw16": Choice("YMW16 (Yao 2017)", {"preset": "ymw16"}, (), INTERSTELLAR),
    "ferriere2007_electrons": Choice(
        "inner Galaxy (Ferriere 2007)", {"preset": "ferriere2007_electrons"}, (), INTERSTELLAR
    ),
    "ne2001": Choice("NE2001 (Cordes & Lazio 2002)", {"preset": "ne2001"}, (), INTERSTELLAR),
}
EMISSION = (
    Slider("mu", "chemical potential μ [MeV]", 2, 100, 1, 20, "MeV"),
    Slider("chi", "χ, direct per positronium", 0, 0.5, 0.005, 0.1),
)
HEIGHT = Slider("z_sun", "height of the Sun [pc]", 0, 30, 0.1, 0, "pc")


@dataclass(frozen=True)
class State:
    """Where everything stands on the page.

    Parameters
    ----------
    halo, electrons
        Keys of :data:`HALOS` and :data:`ELECTRONS`, or :data:`OPENED`.
    halo_values, electrons_values, emission_values
        What the sliders say, by key.
    z_sun
        Height of the Sun [pc].
    opened
        The configuration that was opened, on top of which the sliders of the emission stand.
    """

    halo: str = "nfw"
    electrons: str = "disk"
    halo_values: Mapping[str, float] = field(default_factory=dict)
    electrons_values: Mapping[str, float] = field(default_factory=dict)
    emission_values: Mapping[str, float] = field(default_factory=dict)
    z_sun: float = 0.0
    opened: RunConfig | None = None

    def config(self) -> RunConfig:
        """Return the configuration that all this stands for.

        Raises
        ------
        ValueError
            If it is none.
        """
        base = {} if self.opened is None else self.opened.resolved()
        base |= {"verdict": "none"}
        if self.halo != OPENED:
            base["dark_matter"] = HALOS[self.halo].configured(self.halo_values)
        if self.electrons != OPENED:
            base["electrons"] = [ELECTRONS[self.electrons].configured(self.electrons_values)]
        values = self.emission_values
        moved = {slider.key: slider.text(values[slider.key]) for slider in EMISSION if slider.key in values}
        base["emission"] = {**base.get("emission", {}), **moved}
        base["observer"] = {**base.get("observer", {}), "z_sun": HEIGHT.text(self.z_sun)}
        return RunConfig(**base)


def label(state: State) -> str:
    """Return a short name of what is chosen, for legends."""
    halo = "opened halo" if state.halo == OPENED else HALOS[state.halo].label
    electrons = "opened electrons" if state.electrons == OPENED else ELECTRONS[state.electrons].label
    values = [*state.halo_values.values(), *state.electrons_values.values()]
    return f"{halo} x {electrons}" + (f" ({', '.join(f'{value:g}' for value in values)})" if values else "")
