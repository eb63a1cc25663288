"""The first screen of a run: what an astronomer wants to know at once, in 80 columns; the rest is in files and report.

Densities and what the electrons stand for, the window factor, fluxes with both errors, the chi that COMPTEL asks for,
and where the files are. Without UTF-8 it is plain ASCII, without a terminal plain text.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from skymodel.output.numbers import number, with_both_errors
from skymodel.runs.config.densities import told

if TYPE_CHECKING:
    from skymodel.runs.one.result import RunResult

WIDTH = 80
_LABEL = 13  # columns of what stands at the left of each line
_REGION = 20  # columns of a region's name; a longer one has a line of its own
_BAND = 19
_MOST_REGIONS, _MOST_BANDS = 6, 4  # more are in fluxes.ecsv


def first_screen(result: RunResult, folder: Path, given: Mapping[str, Any] | None = None, width: int = WIDTH) -> str:
    """Return the lines of the first screen.

    Parameters
    ----------
    result
        What :func:`skymodel.run` returned.
    folder
        Where its files are.
    given
        The densities as the user wrote them; by default as they resolve.
    width
        Columns.
    """
    lines = [
        *_model(result, given or result.config.resolved(), width),
        "",
        *_window(result, width),
        "",
        *_fluxes(result),
        "",
        *_chi(result),
    ]
    return "\n".join([*lines, "", *_files(result, folder, width)])


_CHI = ("background", "chi", "chi_with_window", "chi_square")


def summary(result: RunResult, folder: Path) -> dict[str, Any]:
    """Return the numbers of the first screen as plain mappings and lists, for ``--json``."""
    own = _own(result)
    return {
        "folder": str(folder),
        "label": result.config.label,
        "tracer": result.config.tracer_name,
        "W": {"value": float(own[0]["W"]), "error": float(own[0]["W_error"])},
        "fluxes": [plain_row(row) for row in result.fluxes],
        "ratios": [plain_row(row) for row in result.ratios],
        "chi": [
            {name: _number(row[name]) for name in ("background", "chi", "chi_with_window", "chi_square")} for row in own
        ],
        "correlations": [] if result.correlations is None else [plain_row(row) for row in result.correlations],
        "statement": result.statement,
        "seconds": {name: round(seconds, 3) for name, seconds in result.timings.items()},
    }


def plain_row(row: Any) -> dict[str, Any]:
    """Return a row of a table as JSON can hold it; nan and infinities are null."""
    return {name: _number(row[name]) for name in row.colnames}


def _number(value: Any) -> Any:
    plain = value.value if hasattr(value, "unit") else value
    if isinstance(plain, str | np.str_):
        return str(plain)
    found = plain.item() if hasattr(plain, "item") else plain
    return None if isinstance(found, float) and not np.isfinite(found) else found


def _model(result: RunResult, given: Mapping[str, Any], width: int) -> Iterator[str]:
    if result.config.label:
        yield from _wrapped("", result.config.label, width)
    yield from _wrapped("dark matter", told(given["dark_matter"]), width)
    yield from _wrapped("electrons", f"{told(given['electrons'])}; tracer: {result.config.tracer_name}", width)


def _window(result: RunResult, width: int) -> Iterator[str]:
    own, table = _own(result)[0], result.ratio
    yield from _wrapped(
        "W",
        f"{number(float(own['W']), float(own['W_error']))}, mean of J in COMPTEL's window over that in the INTEGRAL "
        "circle",
        width,
    )
    for tracer in dict.fromkeys(str(name) for name in table["tracer"][len(_own(result)) :]):
        rows = [row for row in table[len(_own(result)) :] if str(row["tracer"]) == tracer]
        factors = [float(row["W"]) for row in rows]
        pairs = len({(str(row["dark_matter"]), str(row["electrons"])) for row in rows})
        yield from _wrapped("", f"{pairs} published pairs, {tracer}: {min(factors):.3f} to {max(factors):.3f}", width)
    for row in result.ratios[:1]:
        yield from _wrapped("ratio", f"{number(float(row['ratio']), float(row['ratio_error']))}, {row['name']}", width)


def _fluxes(result: RunResult) -> Iterator[str]:
    table = result.fluxes
    yield f"{'fluxes':<{_LABEL}}[cm-2 s-1], each with its measured and its numerical error"
    regions = list(dict.fromkeys(str(name) for name in table["region"]))
    bands = list(dict.fromkeys(str(name) for name in table["band"]))
    shown = [*regions[: _MOST_REGIONS - 1], *regions[_MOST_REGIONS - 1 :][-1:]]
    for region in shown:
        rows = [row for row in table if str(row["region"]) == region][:_MOST_BANDS]
        if len(region) > _REGION:
            yield f"  {region}"
            region = ""
        for row in rows:
            value = with_both_errors(*(float(row[f"flux{end}"].value) for end in ("", "_error_measured", "_error")))
            band = str(row["band"])
            if len(band) > _BAND:  # a cut name could be another's
                yield f"  {region:<{_REGION + 1}}{band}"
                region = band = ""
            yield f"  {region:<{_REGION + 1}}{band:<{_BAND + 1}}{value}"
            region = ""
    if len(regions) > len(shown) or len(bands) > _MOST_BANDS:
        yield f"  all {len(regions)} regions and {len(bands)} bands are in fluxes.ecsv"


def _chi(result: RunResult) -> Iterator[str]:
    yield f"{'chi':<{_LABEL}}that COMPTEL's points ask for      W = 1    with W    chi-square"
    for row in _own(result):
        numbers = f"{float(row['chi']):>10.4f}{float(row['chi_with_window']):>10.4f}{float(row['chi_square']):>14.1f}"
        yield f"  background {str(row['background'])[:24]:<30}{numbers}"


def _files(result: RunResult, folder: Path, width: int) -> Iterator[str]:
    for note in result.fluxes.meta.get("notes", []):
        yield from _wrapped("note", note, width)
    if result.correlations is not None:
        yield from _wrapped("alike", f"{len(result.correlations)} pairs of maps in correlations.ecsv", width)
    yield from _wrapped("claims", f"{result.claims.summary}: claims.txt says which, and why", width)
    page = folder / "report.html"
    what = "report.html, " if page.exists() else ""
    yield from _wrapped("written to", f"{folder}: {what}verdict.txt, maps.fits, fluxes.ecsv and more", width)


def _own(result: RunResult) -> Sequence[Any]:
    """Return the rows of the configured pair, which is the table's first: one for each background."""
    table = result.ratio
    pair = (table["dark_matter"][0], table["electrons"][0])
    return [row for row in table if (row["dark_matter"], row["electrons"]) == pair]


def _wrapped(label: str, text: str, width: int) -> Iterator[str]:
    if not label:
        yield from textwrap.wrap(text, width)
        return
    room = max(20, width - _LABEL)
    for line in textwrap.wrap(text, room, break_on_hyphens=False):
        yield f"{label:<{_LABEL}}{line}"
        label = ""
