"""Ratios of bands between regions: those that a configuration lists, after the two that every run is about.

The headline is the continuum in COMPTEL's window over the line in INTEGRAL's circle, as the two instruments see them;
beside it stands the same ratio in one window, which uniform microphysics fixes for every Galaxy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skymodel.comparison.ratio.ratio import Windows, ratio
from skymodel.emission.event.bands import LINE_511, Band
from skymodel.galaxy import SkyModel
from skymodel.runs.config.questions import BandOver, RatioConfig
from skymodel.sightlines.means import window_factors
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

_COLUMNS = {
    "name": "what is divided by what",
    "numerator_band": "band above",
    "numerator_region": "region above",
    "denominator_band": "band below",
    "denominator_region": "region below",
    "ratio": "mean intensity above over that below",
    "ratio_error": "bound of its numerical error; the anchor's measured error cancels",
}


def headline(continuum: Band) -> tuple[RatioConfig, ...]:
    """Return the ratio across the two instruments' windows, and that in INTEGRAL's circle.

    Parameters
    ----------
    continuum
        The band that is compared with the line.
    """
    line = BandOver(band=LINE_511, region=INTEGRAL_CIRCLE)
    return tuple(
        RatioConfig(numerator=BandOver(band=continuum, region=region), denominator=line)
        for region in (COMPTEL_WINDOW, INTEGRAL_CIRCLE)
    )


def ratio_table(
    model: SkyModel, asked: Sequence[RatioConfig], continuum: Band, *, rtol: float, windows: Windows = window_factors
) -> Any:
    """Return a QTable with a row for each ratio, the headline first.

    Parameters
    ----------
    model
        Whose sky it is.
    asked
        The ratios that a configuration lists.
    continuum
        Band of the headline.
    rtol
        Tolerance of each mean.
    windows
        What gives the ratios of two means, for a cache in between.
    """
    from astropy.table import QTable

    wanted = [*headline(continuum), *(one for one in asked if one not in headline(continuum))]
    table = QTable(rows=[_row(model, one, rtol, windows) for one in wanted], names=list(_COLUMNS))
    for name, description in _COLUMNS.items():
        table[name].info.description = description
    return table


def _row(model: SkyModel, asked: RatioConfig, rtol: float, windows: Windows) -> tuple[Any, ...]:
    above, below = asked.numerator, asked.denominator
    sides = {"numerator": (above.band, above.region), "denominator": (below.band, below.region)}
    found = ratio(model, **sides, rtol=rtol, windows=windows)
    names = (above.band.name, above.region.name, below.band.name, below.region.name)
    return (asked.label, *names, found.value, found.error)
