"""What a run's page says in words and tables: the verdict in three sentences, and its tables as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from skymodel.output.console import number
from skymodel.output.figures.names import density_name, map_name, region_name
from skymodel.output.report.page import Column, Rows

if TYPE_CHECKING:
    from skymodel.runs.one.run import RunResult

BIBTEX = """@article{LawsonZhitnitsky2008,
  author  = {Lawson, Kyle and Zhitnitsky, Ariel R.},
  title   = {Diffuse cosmic gamma-rays at 1--20 MeV: a trace of the dark matter?},
  journal = {Journal of Cosmology and Astroparticle Physics},
  year    = {2008},
  eprint  = {0704.3064},
  archivePrefix = {arXiv}
}"""
_INTENSITY = "cm⁻² s⁻¹ sr⁻¹"
_FLUX = "cm⁻² s⁻¹"


def verdict(result: RunResult) -> tuple[str, str, str]:
    """Return the verdict on the ratio claim in three plain sentences, their numbers from the run's tables."""
    table = result.ratio
    own, others = table[0], [float(w) for w in table["W"]]
    band = map_name(result.config.emission.continuum.name)
    w = number(float(own["W"]), float(own["W_error"]))
    fit = next(row for row in table if str(row["background"]) == "none")
    return (
        f"In one and the same window the claim holds: {band} carries {float(own['band_ratio_same_window']):.4g} "
        f"photons for "
        "each photon of the 511 keV line, for every pair of densities, because both are numbers times one integral.",
        f"Across the two instruments' windows it fails: the mean over COMPTEL's window is W = {w} of that in the "
        f"INTEGRAL "
        f"circle for this model, and {min(others):.2f} to {max(others):.2f} over published densities; the paper sets "
        f"W = 1.",
        f"COMPTEL's points then ask for χ = {float(fit['chi_with_window']):.4f} instead of {float(fit['chi']):.4f} (no "
        f"background, chi-square {float(fit['chi_square']):.1f}), counting photons as the paper does.",
    )


def densities(density: Any) -> str:
    """Return what a density is, in a few words: "NFW", "the sum of 4 densities"."""
    parts = getattr(density, "parts", None)
    if parts and type(density).__name__ == "Sum":
        return f"the sum of {len(parts)} densities"
    inner = getattr(density, "density", None)
    return densities(inner) if inner is not None else type(density).__name__


def flux_rows(table: Any) -> Rows:
    """Return the fluxes as text, numbers with their errors."""
    measured = "mean_error_measured" in table.colnames
    columns = [Column("region"), Column("band"), Column("mean", _INTENSITY, True), Column("flux", _FLUX, True)]
    columns += [Column("measured", _FLUX, True)] if measured else []
    rows = []
    for row in table:
        cells = [region_name(str(row["region"])), map_name(str(row["band"]))]
        cells += [number(_float(row[name]), _float(row[f"{name}_error"])) for name in ("mean", "flux")]
        cells += [f"± {_float(row['flux_error_measured']):.1e}"] if measured else []
        rows.append((*cells, f"{float(row['share_of_sky']):.4f}"))
    return Rows((*columns, Column("share of sky", "", True)), rows)


def ratio_rows(table: Any) -> Rows:
    """Return the pairs of densities with W and the chi that COMPTEL asks for without a background."""
    tracer = "tracer" in table.colnames
    columns = [Column("dark matter"), Column("electrons"), *([Column("tracer")] if tracer else [])]
    columns += [Column("W", "", True), Column("χ, W = 1", "", True), Column("χ with W", "", True)]
    rows = []
    for row in table:
        if str(row["background"]) != "none":
            continue
        names = [density_name(str(row[side])) for side in ("dark_matter", "electrons")]
        names += [str(row["tracer"])] if tracer else []
        chi = [f"{float(row[name]):.4f}" for name in ("chi", "chi_with_window")]
        rows.append((*names, f"{float(row['W']):.4f}", *chi))
    return Rows(tuple(columns), rows)


def claim_rows(table: Any) -> Rows:
    """Return the paper's statements with what was computed and the verdict."""
    columns = (Column("verdict"), Column("where"), Column("statement"), Column("computed"), Column("value", "", True))
    rows = [
        (str(row["verdict"]), str(row["where"]), str(row["statement"]), str(row["quantity"]), _value(row["value"]))
        for row in table
    ]
    return Rows(columns, rows)


def citation() -> tuple[str, ...]:
    """Return how this framework and what it computes are cited."""
    from importlib.metadata import version

    return (
        f"The skymodel developers, skymodel {version('skymodel')}: sky maps and line-of-sight forward modelling of "
        f"products of "
        "densities. The model: Lawson & Zhitnitsky 2007, arXiv:0704.3064. The densities and data carry their own "
        "references: skymodel profiles NAME, and the headers of the tables.",
    )


def _float(value: Any) -> float:
    return float(np.asarray(getattr(value, "value", value)))


def _value(value: Any) -> str:
    here = _float(value)
    return f"{here:.4g}" if math.isfinite(here) else "not computed"
