"""The verdict on the ratio claim: over published pairs of densities, where it holds, where it fails, by how much.

Of each pair: the mean of J in the INTEGRAL circle and in COMPTEL's window, the window factor W, the ratio of two
bands in one window, and the chi that COMPTEL's points ask for with and without W, for every background.
:meth:`Verdict.table` is what ``ratio.ecsv`` holds; :attr:`Verdict.statement` says it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.chi_fit import continuum_template
from skymodel.comparison.comptel.spectra import comptel
from skymodel.comparison.ratio.candidates import default_electrons, default_halos, reference
from skymodel.comparison.ratio.pair import PairVerdict, judge
from skymodel.comparison.ratio.statement import describe
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, NuggetEmission
from skymodel.galaxy import SkyModel
from skymodel.sightlines.ray.geometry import Observer


@dataclass(frozen=True)
class Verdict:
    """The verdicts of all pairs.

    Parameters
    ----------
    pairs
        One for each pair, halo by halo.
    emission
        What an encounter radiates; its chi is not used in the fits.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].
    """

    pairs: tuple[PairVerdict, ...]
    emission: NuggetEmission
    line_intensity: float

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

        rows = [row for pair in self.pairs for row in _rows(pair)]
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
            "chi_error": {name: fits.neglecting_window.chi_error for name, fits in some.items()},
            "p_value": {name: fits.neglecting_window.p_value for name, fits in some.items()},
            "references": {name: found for name in names if (found := reference(name))},
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
    "chi": "chi >= 0 that fits COMPTEL's points with W = 1; its error is in the meta data",
    "chi_with_window": "chi that fits them with W, 1/W larger",
    "chi_square": "of either fit, two degrees of freedom",
    "background": "background under the model",
}


def _rows(pair: PairVerdict) -> list[tuple[Any, ...]]:
    window, circle = pair.window.numerator, pair.window.denominator
    means = (circle.value, circle.error, window.value, window.error, pair.window.value, pair.window.error)
    return [
        (
            pair.dark_matter,
            pair.electrons,
            *means,
            pair.same_window.value,
            fits.neglecting_window.chi,
            fits.with_window.chi,
            fits.with_window.chi_square,
            name,
        )
        for name, fits in pair.fits.items()
    ]


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
    rtol: float = 1e-4,
    progress: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Return the verdict on the ratio claim over every pair of a halo and an electron density.

    Parameters
    ----------
    halos, electrons
        Densities by name; by default the published ones of :mod:`skymodel.comparison.ratio.candidates`.
    emission
        What an encounter radiates.
    observer, r_max, s_max
        Where it is seen from, and where sight lines end [kpc]: one of the two, by default r_max = 60.
    band
        The band that is compared with the 511 keV line in one window.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].
    rtol
        Tolerance of W.
    progress
        Called with (pairs done, pairs in all) after each.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> found = verdict({"nfw": NFW(r_s=20)}, {"disk": ExponentialDisk(R_d=2.6, z_d=0.3)})
    >>> print(f"{found.window_factors[0]:.3f} {found.pairs[0].fits['none'].neglecting_window.chi:.5f}")
    0.381 0.02893
    """
    halos, electrons = halos or default_halos(), electrons or default_electrons()
    shining = emission or NuggetEmission()
    template = continuum_template(shining, comptel(), line_intensity=line_intensity)
    pairs: list[PairVerdict] = []
    for halo_name, halo in halos.items():
        for electron_name, density in electrons.items():
            model = SkyModel(halo, density, shining, observer or Observer(), r_max=r_max, s_max=s_max)
            pairs.append(judge((halo_name, electron_name), model, template, band=band, rtol=rtol))
            if progress:
                progress(len(pairs), len(halos) * len(electrons))
    return Verdict(tuple(pairs), shining, line_intensity)
