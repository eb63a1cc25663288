"""What COMPTEL's points ask of a configuration: chi for its spectrum and its W, without making a map.

The spectra are the configuration's own and the paper's three; each is fitted above every background, with W = 1 as in
the paper and with the W of the two densities. A run has the same table, with the W of interstellar electrons beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from profiles.contract.shown import Shown
from skymodel.runs.config.emission import uniform_nuggets
from skymodel.runs.config.fields import FieldsConfig
from skymodel.runs.fits.table import default_spectra, fit_table
from skymodel.runs.one.probe import require_densities
from skymodel.sightlines.means import Ratio, window_factor
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

if TYPE_CHECKING:
    from skymodel.runs.config.model import RunConfig

PAPERS = "paper: W = 1"  # what the table calls the paper's window factor


@dataclass(frozen=True, repr=False)
class FitResult(Shown):
    """What COMPTEL's points ask of a configuration.

    Parameters
    ----------
    config
        The validated configuration.
    window
        W, mean of J in COMPTEL's window over that in the INTEGRAL circle, with the bound of its numerical error.
    table
        QTable as of :func:`~skymodel.runs.fits.table.fit_table`; ``W_of`` is :data:`PAPERS` or :attr:`own`.
    """

    config: RunConfig
    window: Ratio
    table: Any

    def __repr__(self) -> str:
        """Return the label, W and how many fits there are."""
        factor = f"W = {self.window.value:.6g} with error {self.window.error:.1g}"
        return f"<FitResult {self.config.label or 'without a label'}: {factor}, {len(self.table)} fits>"

    @property
    def own(self) -> str:
        """What the table calls the configuration's window factor."""
        return own_factor(self.config)

    @property
    def notes(self) -> tuple[str, ...]:
        """What of the configuration the fit does not look at."""
        varying = self.config.fields != FieldsConfig()
        return ("what varies over the Galaxy (fields) is left out: chi is one number, W that of the product",) * varying


def own_factor(config: RunConfig) -> str:
    """Return what tables of chi call the W of a configuration."""
    return f"this run ({config.tracer_name})"


def fit(config: RunConfig, *, rtol: float = 1e-4) -> FitResult:
    """Return the fits of COMPTEL's points by a configuration.

    Parameters
    ----------
    config
        The model, for example ``load_config("paper")``.
    rtol
        Relative tolerance of W.

    Raises
    ------
    ValueError
        If a density misbehaves, a sight line diverges or the tolerance cannot be met.

    Examples
    --------
    >>> from skymodel import load_config
    >>> found = fit(load_config(None, electrons={"type": "exponential_disk", "R_d": "2.6 kpc", "z_d": "0.3 kpc"}))
    >>> row = found.table[[str(name) == found.own for name in found.table["W_of"]]][0]
    >>> print(f"W = {row['W']:.3f}, chi = {row['chi']:.4f} +- {row['chi_error']:.4f}")
    W = 0.381, chi = 0.0759 +- 0.0114
    """
    require_densities(config)
    model = config.model()
    window = window_factor(model.pair, numerator=COMPTEL_WINDOW, denominator=INTEGRAL_CIRCLE, rtol=rtol, **model.lines)
    factors = {PAPERS: 1.0, own_factor(config): window.value}
    return FitResult(config, window, chi_table(config, factors))


def chi_table(config: RunConfig, window_factors: Mapping[str, float]) -> Any:
    """Return the QTable of chi for a configuration's spectrum and the paper's, its own first.

    Parameters
    ----------
    config
        Its emission, anchor and ``fit`` are used.
    window_factors
        W by what it belongs to.
    """
    return fit_table(
        _spectra(config),
        window_factors=window_factors,
        correlation=config.fit.correlation,
        weighting=config.fit.weighting,
        line_intensity=config.anchor.line_intensity,
        relative_error=config.anchor.relative_error,
    )


def _spectra(config: RunConfig) -> dict[str, Any]:
    """Return the paper's spectra, and the configuration's own before them unless it is one of them."""
    papers, own = default_spectra(uniform_nuggets(config.emission).mu), config.emission.build()
    same = any(_at_unit_chi(own) == _at_unit_chi(each) for each in papers.values())
    return papers if same else {f"this run: {config.emission.type}": own, **papers}


def _at_unit_chi(spectrum: Any) -> Any:
    """Return a spectrum as tables of chi count it: at chi = 1, in the paper's convention where it has one."""
    named = [each.name for each in fields(spectrum)] if is_dataclass(spectrum) else []
    return replace(spectrum, **{name: value for name, value in _AS_PRINTED.items() if name in named})


_AS_PRINTED = {"chi": 1.0, "convention": "paper"}
