"""Breaking the ratio claim on purpose: each change of the model, alone and together, and what it does to the ratio.

A change takes a :class:`~skymodel.comparison.ratio.ratio.SkyModel` and returns another: a chi or an encounter rate that
depends on the place, another tracer for one of the bands, positrons that travel before they annihilate. Two numbers
tell its effect: the ratio across the instruments' windows, and the same divided by the ratio in the circle, which is
what a fit with a free chi still sees.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from profiles import Density, from_function
from profiles.contract.smeared import Smeared
from skymodel.comparison.ratio.ratio import ratio
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Ratio
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

Change = Callable[[SkyModel], SkyModel]


def varying_chi(field: Density) -> Change:
    """Return the change that multiplies chi by `field`, a density without a unit.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> model = varying_chi(growing(1.0))(SkyModel(NFW(), ExponentialDisk()))
    >>> model.uniform
    False
    """
    return lambda model: replace(model, direct=_direct(model) * field)


def varying_rate(field: Density) -> Change:
    """Return the change that multiplies the rate of encounters, kappa = <sigma v>, by `field`, for both bands."""

    def change(model: SkyModel) -> SkyModel:
        if model.uniform:
            shared = _positronium(model) * field
            return replace(model, positronium=shared, direct=shared)
        return replace(model, positronium=_positronium(model) * field, direct=_direct(model) * field)

    return change


def direct_follows(electrons: Density) -> Change:
    """Return the change that lets direct annihilation follow other electrons than positronium does."""
    return lambda model: replace(model, direct=model.dark_matter * electrons)


def positronium_follows(electrons: Density) -> Change:
    """Return the change that lets positronium follow other electrons than direct annihilation does."""
    return lambda model: replace(model, positronium=model.dark_matter * electrons)


def positrons_travel(sigma: float) -> Change:
    """Return the change that smears positronium by a Gaussian of standard deviation `sigma` [kpc] along each axis.

    Siegert et al. 2021 (arXiv:2109.03691) find 150 +- 50 pc between the stars and the 511 keV line.
    """
    return lambda model: replace(model, positronium=Smeared(_positronium(model), sigma), direct=_direct(model))


def growing(scale: float) -> Density:
    """Return the field 1 + r / `scale` [kpc]."""
    return _of_radius(_grown, scale)


def falling(scale: float) -> Density:
    """Return the field 1 / (1 + r / `scale`) [kpc]."""
    return _of_radius(_fallen, scale)


def _of_radius(law: Callable[..., Any], scale: float) -> Density:
    if not scale > 0:
        raise ValueError(f"scale = {scale} kpc; allowed: a length > 0")
    return from_function(functools.partial(law, scale=scale), unit="", symmetry="spherical")


def _grown(x: Any, y: Any, z: Any, *, scale: float) -> Any:
    return 1 + (x * x + y * y + z * z) ** 0.5 / scale


def _fallen(x: Any, y: Any, z: Any, *, scale: float) -> Any:
    return 1 / _grown(x, y, z, scale=scale)


def _positronium(model: SkyModel) -> Density:
    return model.positronium or model.pair


def _direct(model: SkyModel) -> Density:
    return model.direct or model.pair


@dataclass(frozen=True)
class Broken:
    """What a change does.

    Parameters
    ----------
    name
        Of the change.
    across
        Ratio of the continuum in COMPTEL's window to the line in the INTEGRAL circle.
    same
        Ratio of the two bands in the INTEGRAL circle.
    before
        `across` of the unchanged model.
    """

    name: str
    across: Ratio
    same: Ratio
    before: Ratio

    @property
    def factor(self) -> float:
        """By how much the change multiplies the ratio that is measured."""
        return self.across.value / self.before.value

    @property
    def window_factor(self) -> float:
        """Ratio across the windows over that in the circle: W of the unchanged claim, whatever chi is."""
        return self.across.value / self.same.value


def break_claim(
    model: SkyModel, changes: Mapping[str, Change], *, band: Band = CONTINUUM_1_20, rtol: float = 1e-4
) -> tuple[Broken, ...]:
    """Return what each change does alone, after the unchanged model and before all of them together.

    Parameters
    ----------
    model
        The model that is changed.
    changes
        By name; together they are applied in the order given, tracers before factors.
    band
        The continuum.
    rtol
        Tolerance of each mean.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> model = SkyModel(NFW(), ExponentialDisk())
    >>> found = break_claim(model, {"chi": varying_chi(growing(1.0)), "rate": varying_rate(falling(1.0))})
    >>> [(each.name, round(each.factor, 2)) for each in found]
    [('unchanged', 1.0), ('chi', 3.03), ('rate', 0.77), ('together', 1.83)]
    """

    def together(start: SkyModel) -> SkyModel:
        return functools.reduce(lambda now, change: change(now), changes.values(), start)

    line = (LINE_511, INTEGRAL_CIRCLE)
    found = {
        name: tuple(
            ratio(change(model), numerator=(band, region), denominator=line, rtol=rtol)
            for region in (COMPTEL_WINDOW, INTEGRAL_CIRCLE)
        )
        for name, change in {"unchanged": _unchanged, **changes, "together": together}.items()
    }
    before = found["unchanged"][0]
    return tuple(Broken(name, across, same, before) for name, (across, same) in found.items())


def _unchanged(model: SkyModel) -> SkyModel:
    return model
