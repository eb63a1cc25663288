"""The excess outside the inner Galaxy: COMPTEL's nested windows subtracted from each other, the model beside.

The paper says that the MeV excess is seen "only within the inner part". Three published windows lie in each other, so
the mean of what is in the outer and not in the inner one follows: (I_B Omega_B - I_A Omega_A) / (Omega_B - Omega_A),
points less background. Errors are taken as independent between windows unless a correlation is given: shared errors
move both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backgrounds import background, background_names
from skymodel.comparison.comptel.spectra import Measurement, comptel
from skymodel.emission.event.bands import CONTINUUM_1_20
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Ratio, region_mean, window_factors

PAIRS = (("l30_b5", "l60_b20"), ("l30_b5", "l30_b15"), ("l30_b15", "l60_b20"))  # inner, outer
SOFT = slice(0, 2)  # the bins 1-3 and 3-10 MeV


@dataclass(frozen=True, eq=False)
class Excess:
    """The excess inside a window and in what surrounds it, in each bin.

    Parameters
    ----------
    inner, outer
        Names of the windows.
    background
        What was subtracted.
    inside, outside
        k^2 dPhi/dk above the background ``(bins,)`` [MeV cm-2 s-1 sr-1].
    inside_error, outside_error
        Their standard deviations.
    """

    inner: str
    outer: str
    background: str
    inside: Floats
    inside_error: Floats
    outside: Floats
    outside_error: Floats

    def level(self, bins: slice = SOFT) -> tuple[float, float]:
        """Return the mean excess outside over that inside in some of the bins, and its standard deviation."""
        inside, outside = float(self.inside[bins].mean()), float(self.outside[bins].mean())
        errors = (np.linalg.norm(each[bins]) / each[bins].size for each in (self.inside_error, self.outside_error))
        inside_error, outside_error = (float(each) for each in errors)
        value = outside / inside
        return value, float(np.hypot(outside_error, value * inside_error) / abs(inside))

    def significance(self, bins: slice = SOFT, *, shared: bool = False) -> float:
        """Return by how many standard deviations the mean excess outside differs from none.

        Parameters
        ----------
        bins
            Which bins are averaged.
        shared
            Whether the errors of the bins move together, as systematic ones do, or are independent.
        """
        error = self.outside_error[bins]
        return float(self.outside[bins].sum() / (error.sum() if shared else np.linalg.norm(error)))


def excess(inner: Measurement, outer: Measurement, name: str = "none", *, correlation: float = 0.0) -> Excess:
    """Return the excess inside a window and between it and a larger one.

    Parameters
    ----------
    inner, outer
        Points of a window and of one that holds it.
    name
        Background, one of :func:`~skymodel.comparison.comptel.backgrounds.background_names`.
    correlation
        Between the errors of the two windows in a bin, from -1 to below 1.

    Examples
    --------
    >>> found = excess(comptel("l30_b5"), comptel("l60_b20"), "Orlando_DRELowV")
    >>> print(f"{found.level()[0]:.2f}")
    0.49
    """
    if not -1 <= correlation < 1:
        raise ValueError(f"correlation = {correlation:g}; allowed: -1 <= correlation < 1")
    area, larger = inner.region.solid_angle, outer.region.solid_angle
    if not larger > area:
        raise ValueError(f"{outer.name} does not hold {inner.name}; give the smaller window first")
    inside, whole = (np.array(each.intensity) - background(name, each) for each in (inner, outer))
    near, far = (np.array(each.error) for each in (inner, outer))
    a, b = area / (larger - area), larger / (larger - area)
    spread = (b * far) ** 2 + (a * near) ** 2 - 2 * correlation * a * b * near * far
    return Excess(inner.name, outer.name, name, inside, near, b * whole - a * inside, np.sqrt(spread))


_COLUMNS = {
    "inner": "the window inside",
    "outer": "the window around it",
    "background": "what was subtracted from both",
    "energies": "bins that are averaged",
    "level": "mean excess between the windows over that in the inner one",
    "level_error": "its standard deviation, bins and windows independent",
    "significance": "of the excess between the windows, in standard deviations",
    "significance_shared": "the same if the errors of the bins move together",
    "predicted": "level of J for the model's densities",
}


def excess_table(
    model: SkyModel | None = None,
    *,
    names: Sequence[str] | None = None,
    rtol: float = 1e-3,
    windows: Callable[..., tuple[Ratio, ...]] = window_factors,
) -> Any:
    """Return the QTable of the excess outside over that inside, in 1-10 and in 10-30 MeV, beside a model's prediction.

    Parameters
    ----------
    model
        Whose J is compared; without it the column `predicted` is nan.
    names
        Backgrounds; by default the published ones.
    rtol
        Tolerance of the model's means.
    windows
        What gives the ratios of two means of J, for a cache in between.
    """
    from astropy.table import QTable

    rows = []
    for inner, outer in PAIRS:
        predicted = _predicted(model, comptel(inner), comptel(outer), rtol, windows) if model else np.nan
        for name in names or background_names():
            found = excess(comptel(inner), comptel(outer), name)
            for label, bins in (("1-10 MeV", SOFT), ("10-30 MeV", slice(2, 3))):
                level, error = found.level(bins)
                sigma = (found.significance(bins, shared=shared) for shared in (False, True))
                rows.append((inner, outer, name, label, level, error, *sigma, predicted))
    table = QTable(rows=rows, names=list(_COLUMNS))
    for name, description in _COLUMNS.items():
        table[name].info.description = description
    return table


def _predicted(
    model: SkyModel, inner: Measurement, outer: Measurement, rtol: float, windows: Callable[..., tuple[Ratio, ...]]
) -> float:
    """Return the mean between the windows over that in the inner one, of what shines in 1-20 MeV; nan if none does."""
    shining = model.emissivity(CONTINUUM_1_20)
    if not shining:
        return np.nan
    if len(shining) == 1:
        sides = {"numerator": outer.region, "denominator": inner.region}
        whole = windows([shining[0][0]], **sides, rtol=rtol, **model.lines)[0].value
    else:
        far, near = (
            sum(
                factor * region_mean(density, each.region, rtol=rtol, **model.lines).value
                for density, factor in shining
            )
            for each in (outer, inner)
        )
        whole = far / near
    area, larger = inner.region.solid_angle, outer.region.solid_angle
    return float((whole * larger - area) / (larger - area))
