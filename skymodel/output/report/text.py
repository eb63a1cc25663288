"""What a run's page says in words and tables: the verdict in three sentences, and its tables as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from skymodel.output.figures.names import density_name, factor_name, map_name, region_name
from skymodel.output.numbers import number
from skymodel.output.report.page import Column, Rows
from skymodel.runs.one.judgement import OWN

if TYPE_CHECKING:
    from skymodel.runs.one.result import RunResult

_INTENSITY = "cm⁻² s⁻¹ sr⁻¹"
_FLUX = "cm⁻² s⁻¹"
_SAME = 1e-6  # relative: regions whose ratios of bands differ by less differ by rounding and quadrature only


def verdict(result: RunResult) -> tuple[str, ...]:
    """Return the verdict on the ratio claim in three plain sentences, their numbers from the run's tables."""
    return _one_window(result), _two_windows(result.ratio), _chi(result.ratio)


def _one_window(result: RunResult) -> str:
    """Return whether two bands keep their ratio from region to region, as the fluxes have it."""
    line, band = "LINE_511", result.config.emission.continuum.name
    means = {(str(row["region"]), str(row["band"])): _float(row["mean"]) for row in result.fluxes}
    ratios = [
        means[region, band] / mean for (region, name), mean in means.items() if name == line and (region, band) in means
    ]
    if not ratios:
        return "This run maps no pair of bands whose ratio could be judged in one window."
    spread = max(ratios) / min(ratios) - 1
    name = map_name(band)
    if spread < _SAME:
        return (
            f"In one and the same window the claim holds: {name} carries {ratios[0]:.4g} photons for each photon of "
            f"the 511 "
            "keV line wherever one looks, because both are numbers times one integral over the two densities."
        )
    return (
        f"The microphysics of this model varies over the Galaxy, so the claim fails even in one window: {name} carries "
        f"{min(ratios):.4g} to {max(ratios):.4g} photons for each photon of the 511 keV line, by region."
    )


def _two_windows(table: Any) -> str:
    own = number(float(table["W"][0]), float(table["W_error"][0])).replace("+-", "±")
    words = (
        f"Across the two instruments' windows it fails: in COMPTEL's the mean is W = {own} of that in INTEGRAL's circle"
    )
    by_tracer: dict[str, list[float]] = {}
    for row in table:
        if str(row["dark_matter"]) != OWN:
            by_tracer.setdefault(str(row["tracer"]), []).append(float(row["W"]))
    ranges = [f"{min(ws):.2f} to {max(ws):.2f} with {tracer}" for tracer, ws in by_tracer.items()]
    published = f"; over published halos it is {' and '.join(reversed(ranges))}" if ranges else ""
    return f"{words}{published}; the paper sets W = 1."


def _chi(table: Any) -> str:
    fit = next(row for row in table if str(row["background"]) == "none")
    return (
        f"With no background COMPTEL's points ask for χ = {float(fit['chi_with_window']):.4f} with this W instead of "
        f"{float(fit['chi']):.4f} with W = 1, photons counted as the model counts them; chi-square is "
        f"{float(fit['chi_square']):.1f} for 2 degrees of freedom, and the other backgrounds are in the tables."
    )


def densities(density: Any) -> str:
    """Return what a density is, in a few words: "NFW", "the sum of 4 densities"."""
    parts = getattr(density, "parts", None)
    if parts and type(density).__name__ == "Sum":
        return f"the sum of {len(parts)} densities"
    inner = getattr(density, "density", None)
    return densities(inner) if inner is not None else type(density).__name__


def flux_rows(table: Any) -> Rows:
    """Return the fluxes as text: the number, its measured error, the bound of its numerical one."""
    columns = (
        Column("region"),
        Column("band"),
        Column("mean", _INTENSITY, True),
        Column("flux", _FLUX, True),
        Column("± measured", _FLUX, True),
        Column("± numerical", _FLUX, True),
        Column("share of sky", "", True),
    )
    rows = []
    for row in table:
        names = region_name(str(row["region"])), map_name(str(row["band"]))
        numbers = [f"{_float(row[name]):.6g}" for name in ("mean", "flux")]
        errors = [f"{_float(row[name]):.1g}" for name in ("flux_error_measured", "flux_error")]
        rows.append((*names, *numbers, *errors, f"{float(row['share_of_sky']):.4f}"))
    return Rows(columns, rows)


def fit_rows(table: Any) -> Rows:
    """Return a table of chi as text, its numbers as short as their errors allow."""
    names = [Column(name) for name in ("spectrum", "counting", "background", "W of")]
    errors = [Column("±", of, True) for of in ("points", "points, anchor")]
    numbers = [Column(name, "", True) for name in ("χ²", "dof", "p", "norm")]
    columns = (*names, Column("W", "", True), Column("χ", "", True), *errors, *numbers)
    shown = {"W": ".4g", "chi": ".4f", "chi_error": ".2g", "chi_error_measured": ".2g"}
    shown |= {"chi_square": ".1f", "dof": "d", "p": ".2g", "norm": ".3g"}
    rows = []
    for row in table:
        said = [str(row["spectrum"]), str(row["counting"]), str(row["background"]), factor_name(str(row["W_of"]))]
        rows.append((*said, *(f"{np.asarray(row[name]).item():{form}}" for name, form in shown.items())))
    return Rows(columns, rows)


def any_rows(table: Any) -> Rows:
    """Return any table of numbers and texts as text, a column for each of its own."""
    columns = [
        Column(name.replace("_", " "), str(table[name].unit or ""), _is_number(table[name])) for name in table.colnames
    ]
    rows = [tuple(_text(row[name]) for name in table.colnames) for row in table]
    return Rows(columns, rows)


def _is_number(column: Any) -> bool:
    return np.asarray(column).dtype.kind in "fiu"


def _text(value: Any) -> str:
    number_ = np.asarray(getattr(value, "value", value))
    return f"{float(number_):.6g}" if number_.dtype.kind in "fiu" else str(value)


def ratio_rows(table: Any) -> Rows:
    """Return the pairs of densities with W and the chi that COMPTEL asks for without a background."""
    columns = [Column("dark matter"), Column("electrons"), Column("tracer")]
    columns += [Column("W", "", True), Column("χ, W = 1", "", True), Column("χ with W", "", True)]
    rows = []
    for row in table:
        if str(row["background"]) != "none":
            continue
        names = [density_name(str(row[side])) for side in ("dark_matter", "electrons")] + [str(row["tracer"])]
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


def _float(value: Any) -> float:
    return float(np.asarray(getattr(value, "value", value)))


def _value(value: Any) -> str:
    here = _float(value)
    return f"{here:.4g}" if math.isfinite(here) else "not computed"
