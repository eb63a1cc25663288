"""The page of a fit: what COMPTEL's points ask for in three sentences, the figure, the table, settings, files."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import yaml

from skymodel.output.figures.names import background_name
from skymodel.output.numbers import number, two_digits
from skymodel.output.report.page import Page, Section, render
from skymodel.output.report.sections import ending, fits_section
from skymodel.output.report.text import densities
from skymodel.runs.one.chi import FitResult

_LIKELY = 0.05  # p from which a fit is counted among those that the points allow


def report(result: FitResult, picture: bytes, files: Mapping[str, str]) -> str:
    """Return the page of a fit.

    Parameters
    ----------
    result
        What :func:`skymodel.runs.one.chi.fit` returned.
    picture
        The figure of its table as PNG.
    files
        SHA-256 digests by name of the other files of the folder.
    """
    config = result.config
    pair = f"{densities(config.dark_matter)} times {densities(config.electrons)}"
    page = Page(
        kind="skymodel fit",
        title=config.label or pair,
        subtitle=pair if config.label else "",
        verdict=verdict(result),
        sections=tuple(_sections(result, picture, files)),
    )
    return render(page)


def verdict(result: FitResult) -> tuple[str, ...]:
    """Return what COMPTEL's points ask for in three sentences, their numbers from the table."""
    return _window(result), _own_spectrum(result), _allowed(result)


def _window(result: FitResult) -> str:
    factor = number(float(result.window.value), float(result.window.error)).replace("+-", "±")
    return (
        f"The mean of the two densities' J in COMPTEL's window is W = {factor} of that in INTEGRAL's circle: whatever "
        f"the spectrum, χ must be {1 / float(result.window.value):.4g} times what it is for the paper's W = 1."
    )


def _own_spectrum(result: FitResult) -> str:
    rows = [row for row in _with_own_window(result) if str(row["spectrum"]) == str(result.table["spectrum"][0])]
    rows = [row for row in rows if str(row["counting"]) == str(rows[0]["counting"])]
    plain, best = rows[0], max(rows, key=lambda row: float(row["p"]))
    what = f"With this W and the spectrum {plain['spectrum']}, '{plain['counting']}' counting,"
    if not np.isfinite(plain["chi"]):
        return f"{what} nothing shines in COMPTEL's bins: no χ can be asked for."
    return f"{what} the points ask for {_told(plain)}; the best of the backgrounds leaves {_told(best)}."


def _allowed(result: FitResult) -> str:
    rows = [row for row in _with_own_window(result) if str(row["counting"]) == "consistent"]
    kept = [row for row in rows if float(row["p"]) > _LIKELY and np.isfinite(row["chi"])]
    count = f"{len(kept)} of {len(rows)} pairs of a spectrum and a background leave p above {_LIKELY:g}"
    if not kept:
        return f"{count}: as they stand, the points refuse all."
    low, high = (pick(float(row["chi"]) for row in kept) for pick in (min, max))
    spread = f"{low:.3f}" if len(kept) == 1 else f"{low:.3f} to {high:.3f}"
    return f"{count}; their χ, with this W and photons counted, is {spread}."


def _with_own_window(result: FitResult) -> list[Any]:
    return [row for row in result.table if str(row["W_of"]) == result.own]


def _told(row: Any) -> str:
    chi = two_digits(float(row["chi"]), float(row["chi_error_measured"])).replace("+-", "±")
    fit = f"chi-square {float(row['chi_square']):.1f} for {int(row['dof'])}, p = {float(row['p']):.2g}"
    return f"χ = {chi} ({background_name(str(row['background']))}: {fit})"


def _sections(result: FitResult, picture: bytes, files: Mapping[str, str]) -> Iterator[Section]:
    yield fits_section(
        result.table,
        result.notes,
        picture=base64.b64encode(picture).decode("ascii"),
        alt="The chi that COMPTEL's points ask for, with errors, a panel for each spectrum, a row for each background.",
        caption="Errors are those of the points and of the anchor together. 'paper' counting: as printed, "
        "'consistent': photons counted; chi square is the same for both, and for any W.",
    )
    text = yaml.safe_dump(result.config.resolved(), sort_keys=False, allow_unicode=True, width=100)
    yield Section("settings", "Settings of this fit", "Settings", code=text, summary="The resolved configuration")
    yield from ending(files)
