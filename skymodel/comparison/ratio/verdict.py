"""The verdict on the ratio claim: over published pairs of densities, where it holds, where it fails, by how much.

Of each pair: the mean of J in the INTEGRAL circle and in COMPTEL's window, the window factor W, the ratio of two
bands in one window, and the chi that COMPTEL's points ask for with and without W, for every background.
:meth:`Verdict.table` is what ``ratio.ecsv`` holds; :attr:`Verdict.statement` says it in words. Every pair belongs to
one of two tracers, visible matter as printed or interstellar electrons; the words rest on the second if there are any.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from profiles.shelf.tracers import INTERSTELLAR, PRINTED
from skymodel.comparison.comptel.points import Weighting
from skymodel.comparison.comptel.spectra import comptel
from skymodel.comparison.ratio import candidates
from skymodel.comparison.ratio.pair import Fits, PairVerdict, alike, pairs_begun
from skymodel.comparison.ratio.ratio import Windows
from skymodel.comparison.ratio.statement import describe
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, NuggetEmission
from skymodel.progress import Counted
from skymodel.sightlines.means import window_factors
from skymodel.sightlines.ray.geometry import Observer, as_observer


@dataclass(frozen=True)
class Verdict:
    """The verdicts of all pairs.

    Parameters
    ----------
    pairs
        One for each pair, halo by halo.
    emission
        What an encounter radiates; its chi is not used in the fits.
    line_intensity, line_intensity_error
        Mean 511 keV intensity in the INTEGRAL circle and its measured error [cm-2 s-1 sr-1].
    """

    pairs: tuple[PairVerdict, ...]
    emission: NuggetEmission
    line_intensity: float
    line_intensity_error: float = 0.0

    @property
    def window_factors(self) -> Floats:
        """W of each pair, shape ``(pairs,)``."""
        return np.array([pair.window.value for pair in self.pairs])

    @property
    def statement(self) -> str:
        """Where the claim holds, where it fails and by how much, in words."""
        return describe(self.pairs, self.emission)

    def __add__(self, other: Verdict) -> Verdict:
        """Return the verdict on the pairs of both, which must be judged with one emission and one anchor."""
        if (self.emission, self.line_intensity) != (other.emission, other.line_intensity):
            raise ValueError(
                f"verdicts for {self.emission} at {self.line_intensity} and {other.emission} at {other.line_intensity} "
                "cm-2 s-1 sr-1 cannot be joined; judge both with one emission and one line intensity"
            )
        return replace(self, pairs=self.pairs + other.pairs)

    def table(self) -> Any:
        """Return the QTable with one row for each pair and background, columns as in ``ratio.ecsv``."""
        from astropy.table import QTable

        relative = self.line_intensity_error / self.line_intensity
        rows = [row for pair in self.pairs for row in _rows(pair, relative)]
        unit = self.pairs[0].window.numerator.unit
        table = QTable(
            rows=rows, names=list(_COLUMNS), units=[unit if name[:5] == "mean_" else None for name in _COLUMNS]
        )
        for name, description in _COLUMNS.items():
            table[name].info.description = description
        table.meta.update(self._meta())
        return table

    def _meta(self) -> dict[str, Any]:
        names = dict.fromkeys(name for pair in self.pairs for name in (pair.dark_matter, pair.electrons))
        some = self.pairs[0].fits
        return {
            "statement": self.statement,
            "points": comptel().reference,
            "mu_MeV": self.emission.mu,
            "convention": self.emission.convention,
            "line_intensity_cm-2_s-1_sr-1": self.line_intensity,
            "bands": f"{CONTINUUM_1_20.name} / {LINE_511.name}",
            "chi_counting": "as printed; counted photons ask for more, see fits.ecsv",
            "correlation_of_points": some["none"].with_window.correlation,
            "weighting_of_bins": some["none"].with_window.weighting,
            "p_value": {name: fits.neglecting_window.p_value for name, fits in some.items()},
            "line_intensity_error_cm-2_s-1_sr-1": self.line_intensity_error,
            "references": {name: found for name in names if (found := candidates.reference(name))},
        }


_COLUMNS = {
    "dark_matter": "name of the dark-matter density",
    "electrons": "name of the electron density",
    "mean_circle": "mean of J in the INTEGRAL circle of 6 deg",
    "mean_circle_error": "bound of its numerical error",
    "mean_window": "mean of J in COMPTEL's window, |l| < 30 deg, |b| < 5 deg",
    "mean_window_error": "bound of its numerical error",
    "W": "window factor, mean_window / mean_circle",
    "W_error": "bound of its numerical error",
    "band_ratio_same_window": "ratio of the two bands in the INTEGRAL circle",
    "chi": "chi >= 0 that fits COMPTEL's points with W = 1, counted as the emission counts",
    "chi_with_window": "chi that fits them with W, 1/W larger",
    "chi_square": "of either fit, two degrees of freedom",
    "background": "background under the model",
    "tracer": f"which electrons: {PRINTED}, or {INTERSTELLAR}",
    "chi_error": "of chi with W = 1, from the points' errors",
    "chi_error_measured": "of chi with W = 1, from the points and the anchor",
    "chi_with_window_error_measured": "of chi with W, from the points and the anchor",
}


def _rows(pair: PairVerdict, relative: float) -> list[tuple[Any, ...]]:
    window, circle = pair.window.numerator, pair.window.denominator
    means = (circle.value, circle.error, window.value, window.error, pair.window.value, pair.window.error)
    return [
        (pair.dark_matter, pair.electrons, *means, pair.same_window.value, *_fitted(fits, name, pair.tracer, relative))
        for name, fits in pair.fits.items()
    ]


def _fitted(fits: Fits, name: str, tracer: str, relative: float) -> tuple[Any, ...]:
    plain, counted = fits
    measured = (math.hypot(fit.chi_error, relative * fit.chi) for fit in fits)
    return (plain.chi, counted.chi, counted.chi_square, name, tracer, plain.chi_error, *measured)


def verdict(
    halos: Mapping[str, Density] | None = None,
    electrons: Mapping[str, Density] | None = None,
    *,
    emission: NuggetEmission | None = None,
    observer: Observer | None = None,
    r_max: float | None = None,
    s_max: float | None = None,
    band: Band = CONTINUUM_1_20,
    line_intensity: float = PAPER_LINE_INTENSITY,
    line_intensity_error: float = 0.0,
    correlation: float = 0.0,
    weighting: Weighting = "log",
    tracer: str = PRINTED,
    rtol: float = 1e-4,
    progress: Counted | None = None,
    windows: Windows = window_factors,
    workers: int | None = None,
) -> Verdict:
    """Return the verdict on the ratio claim over every pair of a halo and an electron density.

    Parameters
    ----------
    halos, electrons
        Densities by name; by default the published ones of :mod:`skymodel.comparison.ratio.candidates`, the electrons
        of both tracers.
    emission
        What an encounter radiates.
    observer, r_max, s_max
        Where it is seen from, and where sight lines end [kpc]: one of the two, by default r_max = 60.
    band
        The band that is compared with the 511 keV line in one window.
    line_intensity, line_intensity_error
        Mean 511 keV intensity in the INTEGRAL circle and its measured error [cm-2 s-1 sr-1].
    correlation, weighting
        Of COMPTEL's points, and how a bin is averaged, as for :func:`~skymodel.comparison.comptel.fit.fit_comptel`.
    tracer
        Which electrons those given are.
    rtol
        Tolerance of W; of the default interstellar electrons 1e-3.
    progress
        Called with (pairs done, pairs in all) after each electron density, whose pairs with all halos share their work.
    windows
        What gives the ratios of two means, for a cache in between.
    workers
        How many processes share the electron densities where all densities are this package's own; by default one for
        each core. The results do not depend on it.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> found = verdict({"nfw": NFW(r_s=20)}, {"disk": ExponentialDisk(R_d=2.6, z_d=0.3)})
    >>> print(f"{found.window_factors[0]:.3f} {found.pairs[0].fits['none'].neglecting_window.chi:.5f}")
    0.381 0.02893
    """
    shining = emission or NuggetEmission()
    fit = {"correlation": correlation, "weighting": weighting, "line_intensity": line_intensity}
    path = {"observer": as_observer(observer), "r_max": r_max, "s_max": s_max}
    given = [candidates.Electrons(*one, tracer, rtol) for one in (electrons or {}).items()]
    common = alike(shining, band, fit)
    known, wanted = halos or candidates.default_halos(), given or candidates.published_electrons(rtol)
    with pairs_begun(known, wanted, common, windows=windows, workers=workers, **path) as pairs:
        return Verdict(pairs(progress), shining, line_intensity, line_intensity_error)
