"""How the ratio claim depends on where the two instruments look: shares of the sky's light, W over window sizes.

In matched windows, where W is near 1 for every pair of densities, the claim does hold; :func:`matching` finds them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Ratio, window_factor, window_factors
from skymodel.sky.line_skies import LINE_SKIES
from skymodel.sky.region import Region, as_region
from skymodel.sky.regions import ALL_SKY, COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle


def share(model: SkyModel, region: Any, *, rtol: float = 1e-4) -> Bounded:
    """Return the share of the sky's light that comes from a region: the paper's "80 % within 6 deg".

    Parameters
    ----------
    model
        Whose sky it is; its ``pair`` is what shines.
    region
        A part of the sky.
    rtol
        Tolerance.

    Examples
    --------
    >>> from profiles import NFW, GaussianBulge
    >>> model = SkyModel(NFW(), GaussianBulge())
    >>> print(f"{share(model, INTEGRAL_CIRCLE).value:.3f}")
    0.892
    """
    part = as_region(region)
    found = window_factor(model.pair, numerator=part, denominator=ALL_SKY, rtol=rtol, **model.lines)
    return found * (part.solid_angle / (4 * math.pi))


def circles(radii: Iterable[float]) -> tuple[Region, ...]:
    """Return circles about the Galactic centre with the given radii [deg]."""
    return tuple(Circle(lon=0, lat=0, radius=radius) for radius in radii)


def boxes(half_lon: Iterable[float], half_lat: float | Iterable[float] = 5.0) -> tuple[Region, ...]:
    """Return boxes about the Galactic centre with half widths `half_lon` and `half_lat` [deg], one or as many."""
    lon = list(half_lon)
    lat = np.broadcast_to(np.asarray(half_lat, dtype=float), (len(lon),))
    return tuple(Box(lon=(-a, a), lat=(-float(b), float(b))) for a, b in zip(lon, lat, strict=True))


def window_curve(
    model: SkyModel, windows: Iterable[Any], *, denominator: Any = INTEGRAL_CIRCLE, rtol: float = 1e-4
) -> tuple[Ratio, ...]:
    """Return the window factor of each window: mean of J there over that in `denominator`, with errors.

    Parameters
    ----------
    model
        Whose sky it is.
    windows
        Parts of the sky, for example ``circles([3, 6, 12])`` or ``boxes([5, 10, 30])``.
    denominator
        Where the line is measured.
    rtol
        Tolerance.
    """
    # window by window: together they would share sight lines, six boxes for half of the evaluations, but each would be
    # cut where any other's edges lie, and forty boxes of different heights take three to five times as many
    return tuple(
        window_factor(model.pair, numerator=window, denominator=denominator, rtol=rtol, **model.lines)
        for window in windows
    )


@dataclass(frozen=True)
class Matching:
    """Window factors of several windows over several models.

    Parameters
    ----------
    windows
        The windows.
    factors
        W, shape ``(models, windows)``.
    """

    windows: tuple[Region, ...]
    factors: Floats

    @property
    def low(self) -> Floats:
        """Smallest W of each window, shape ``(windows,)``."""
        return np.asarray(self.factors.min(axis=0))

    @property
    def high(self) -> Floats:
        """Largest W of each window, shape ``(windows,)``."""
        return np.asarray(self.factors.max(axis=0))

    @property
    def departure(self) -> Floats:
        """Largest factor by which W differs from 1, up or down, less one; shape ``(windows,)``."""
        return np.asarray(np.exp(np.abs(np.log(self.factors)).max(axis=0)) - 1)

    @property
    def best(self) -> Region:
        """The window in which W stays nearest to 1."""
        return self.windows[int(np.argmin(self.departure))]

    def within(self, tolerance: float) -> tuple[Region, ...]:
        """Return the windows in which W of every model is within a factor 1 + `tolerance` of 1: the claim holds."""
        return tuple(window for window, gap in zip(self.windows, self.departure, strict=True) if gap <= tolerance)


def matching(
    models: Sequence[SkyModel], windows: Sequence[Any], *, denominator: Any = INTEGRAL_CIRCLE, rtol: float = 1e-4
) -> Matching:
    """Return the window factors of all models in all windows, to see in which the claim holds.

    Parameters
    ----------
    models
        Galaxies that may be true.
    windows
        Where the continuum might be measured.
    denominator
        Where the line is measured.
    rtol
        Tolerance.
    """
    regions = tuple(as_region(window) for window in windows)
    alike: dict[tuple[Any, ...], list[int]] = {}
    for place, model in enumerate(models):
        alike.setdefault(tuple(model.lines.values()), []).append(place)
    factors = np.empty((len(models), len(regions)))
    for window, region in enumerate(regions):  # what the engine prepares for a window serves all models
        sides = {"numerator": region, "denominator": denominator}
        for places in alike.values():  # seen from one place: those with the same electrons share their sight lines
            pairs, lines = [models[place].pair for place in places], models[places[0]].lines
            found = window_factors(pairs, **sides, rtol=rtol, **lines)
            factors[places, window] = [each.value for each in found]
    return Matching(regions, factors)


class MappedFactor(NamedTuple):
    """A published map of the 511 keV line, and its mean in one region over that in another."""

    sky: str
    value: float


def mapped_window_factors(
    *, numerator: Any = COMPTEL_WINDOW, denominator: Any = INTEGRAL_CIRCLE
) -> tuple[MappedFactor, ...]:
    """Return the window factor of the line itself, as published maps of it have it, without any density.

    Examples
    --------
    >>> [(found.sky, round(found.value, 3)) for found in mapped_window_factors()]
    [('knoedlseder2005', 0.205), ('siegert2016', 0.316)]
    """
    found = []
    for name, make in LINE_SKIES.items():
        above, below = (make().mean_intensity(region)[0] for region in (numerator, denominator))
        found.append(MappedFactor(name, above / below))
    return tuple(found)
