"""All of COMPTEL's windows at once: a pair of densities that one chi cannot fit is falsified.

W of a pair fixes how the continuum compares between windows. Two tests: one chi with the model's spectrum, and one
amplitude per energy bin, that is any spectrum at all, which judges the pair alone. The points are taken as independent,
although the windows overlap and share systematic errors, which COMPTEL did not publish apart: errors that all windows
share cancel in the second test, so its p-values are too large rather than too small as far as they dominate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.fit import ComptelFit, fit_comptel
from skymodel.comparison.comptel.spectra import WINDOWS, Measurement, comptel
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY
from skymodel.emission.nuggets.rivals import PowerLaw
from skymodel.galaxy import SkyModel
from skymodel.sightlines.means import Ratio, window_factor
from skymodel.sky.regions import INTEGRAL_CIRCLE

FALSIFIED_BELOW = 0.01  # p-value
_FLAT = PowerLaw(2.0)  # k^2 dPhi/dk = 1 in every bin: its amplitude is whatever the bin has


@dataclass(frozen=True)
class AnySpectrum:
    """The fit of one amplitude, not negative, to each energy bin over the windows.

    Parameters
    ----------
    amplitudes
        k^2 dPhi/dk in the INTEGRAL circle, shape ``(bins,)`` [MeV cm-2 s-1 sr-1].
    pulls
        (point - model) / error, shape ``(windows, bins)``.
    """

    amplitudes: Floats
    pulls: Floats

    @property
    def chi_square(self) -> float:
        """Sum of the squared pulls."""
        return float(np.sum(self.pulls**2))

    @property
    def dof(self) -> int:
        """Points less amplitudes."""
        return self.pulls.size - self.amplitudes.size

    @property
    def p_value(self) -> float:
        """Probability of a larger chi-square, were the points independent and the pair true."""
        from scipy.special import chdtrc

        return float(chdtrc(self.dof, self.chi_square))


@dataclass(frozen=True)
class WindowTest:
    """A pair of densities against all windows.

    Parameters
    ----------
    windows
        Names of the windows.
    factors
        Window factor of each, with its error.
    one_chi
        The fit of one chi with the model's spectrum; pulls window by window.
    any_spectrum
        The fit of one amplitude per energy bin.
    """

    windows: tuple[str, ...]
    factors: tuple[Ratio, ...]
    one_chi: ComptelFit
    any_spectrum: AnySpectrum

    @property
    def model_falsified(self) -> bool:
        """Whether one chi with the model's spectrum cannot fit."""
        return self.one_chi.p_value < FALSIFIED_BELOW

    @property
    def pair_falsified(self) -> bool:
        """Whether no spectrum at all can fit: the pair itself is excluded."""
        return self.any_spectrum.p_value < FALSIFIED_BELOW


def window_test(
    model: SkyModel,
    *,
    background: str = "none",
    measurements: Sequence[Measurement] | None = None,
    line_intensity: float = PAPER_LINE_INTENSITY,
    rtol: float = 1e-4,
) -> WindowTest:
    """Return how well a pair of densities fits COMPTEL's windows together.

    Parameters
    ----------
    model
        The pair, its emission, where it is seen from.
    background
        One of :func:`~skymodel.comparison.comptel.backgrounds.background_names`.
    measurements
        Spectra of two windows or more; by default all of COMPTEL's.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].
    rtol
        Tolerance of the window factors.
    """
    measured = tuple(comptel(name) for name in WINDOWS) if measurements is None else tuple(measurements)
    if len(measured) < 2:
        raise ValueError(f"{len(measured)} measurement given; one chi is tested with two windows or more")
    factors = tuple(
        window_factor(model.pair, numerator=each.region, denominator=INTEGRAL_CIRCLE, rtol=rtol, **model.lines)
        for each in measured
    )
    values = [factor.value for factor in factors]
    return WindowTest(
        tuple(each.name for each in measured),
        factors,
        fit_comptel(model.emission, background, values, measurement=measured, line_intensity=line_intensity),
        _any_spectrum(measured, values, background),
    )


def _any_spectrum(measured: Sequence[Measurement], factors: Sequence[float], background: str) -> AnySpectrum:
    fits = [
        fit_comptel(_FLAT, background, factors, measurement=[_one_bin(each, place) for each in measured])
        for place in range(len(measured[0].bins))
    ]
    return AnySpectrum(np.array([fit.chi for fit in fits]), np.array([fit.pulls for fit in fits]).T)


def _one_bin(measurement: Measurement, place: int) -> Measurement:
    bins, intensity, error = ((getattr(measurement, name)[place],) for name in ("bins", "intensity", "error"))
    return replace(measurement, bins=bins, intensity=intensity, error=error)
