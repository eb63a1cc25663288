"""The page of an ensemble: the verdict, how W is distributed and where its spread comes from, tables, settings."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml

from profiles.contract.arrays import Rows as Draws
from skymodel.output.figures.style import COLOURS
from skymodel.output.report.charts import finish_legend, frame
from skymodel.output.report.page import Column, Page, Rows, Section, render
from skymodel.output.report.sections import ending
from skymodel.output.report.text import any_rows
from skymodel.runs.many.ensemble import EnsembleConfig

_BINS, _LEAST = 60, 8  # of the distributions


@dataclass(frozen=True)
class Summary:
    """What an ensemble's folder holds beside its parts.

    Parameters
    ----------
    draws
        The rows.
    quantiles, causes
        Tables of :mod:`skymodel.runs.many.sensitivity`.
    verdict
        In words.
    corner
        The corner figure as PNG.
    """

    draws: Draws
    quantiles: Any
    causes: Any
    verdict: str
    corner: bytes


def report(config: EnsembleConfig, summary: Summary, files: Mapping[str, str]) -> str:
    """Return the page of an ensemble.

    Parameters
    ----------
    config
        What was drawn.
    summary
        What was found.
    files
        SHA-256 digests by name of the other files of the folder.
    """
    label = str(config.model.get("label") or "")
    count = summary.quantiles.meta["draws"]
    return render(
        Page(
            kind="skymodel ensemble",
            title=label or f"{count} galaxies from {len(config.priors)} priors",
            subtitle=f"{count} galaxies from {len(config.priors)} priors, {config.sampling} sampling" if label else "",
            verdict=sentences(summary.verdict),
            sections=tuple(_sections(config, summary, files)),
        )
    )


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; a point within a number or an abbreviation ends none.

    Examples
    --------
    >>> sentences("W = 0.27 here. The claim fails: 1 is far. In one window it holds.")
    ('W = 0.27 here.', 'The claim fails: 1 is far.', 'In one window it holds.')
    """
    return tuple(re.split(r"(?<=[.])\s+(?=[A-Z])", text.strip()))


def _sections(config: EnsembleConfig, summary: Summary, files: Mapping[str, str]) -> Iterator[Section]:
    yield Section(
        "window",
        "The ratio over all draws",
        "Ratio",
        chart=_distribution(summary, "W", "window factor W"),
        alt="Histogram of the window factor W over all draws, with its median and 95 % range.",
        caption="Window factor W: mean of J in COMPTEL's window over that in the INTEGRAL circle. Full line: the "
        "median; dashed: the middle 95 %; dotted, if within the picture: the paper's 1.",
    )
    chi = f"chi_with_window_{config.background_labels[0]}"
    yield Section(
        "chi",
        "The chi that COMPTEL asks for",
        "χ",
        chart=_distribution(summary, chi, f"χ with this W (background: {config.background_labels[0]})"),
        alt="Histogram of the implied chi over all draws.",
    )
    yield Section(
        "corner",
        "Draws and predictions",
        "Corner",
        picture=base64.b64encode(summary.corner).decode("ascii"),
        alt="Corner figure of W, chi and the parameters that were drawn.",
    )
    words = "How much of the spread of W each parameter explains."
    yield Section(
        "causes", "Where the spread comes from", "Causes", (words,), table=any_rows(summary.causes), copy=True
    )
    yield Section("quantiles", "Quantiles", "Quantiles", table=any_rows(summary.quantiles), copy=True)
    if reasons := summary.quantiles.meta["failures"]:
        rows = Rows((Column("draws", "", True), Column("reason")), [(str(n), why) for why, n in reasons.items()])
        yield Section("failures", "Draws that failed", "Failures", table=rows)
    text = yaml.safe_dump(config.resolved(), sort_keys=False, allow_unicode=True, width=100)
    yield Section("settings", "Settings", "Settings", code=text, summary="The resolved configuration")
    yield from ending(files)


def _distribution(summary: Summary, name: str, label: str) -> Any:
    """Return the histogram of a predicted number with its quantiles."""
    from bokeh.models import HoverTool, Span

    values = summary.draws[name][summary.draws["failure"] == ""]
    values = values[np.isfinite(values)]
    count, edges = np.histogram(values, bins=int(np.clip(np.sqrt(values.size), _LEAST, _BINS)))
    chart = frame(label, "draws", height=320)
    bars = chart.quad(
        left=edges[:-1], right=edges[1:], bottom=0, top=count, color=COLOURS[0], alpha=0.7, legend_label="draws"
    )
    row = next(row for row in summary.quantiles if str(row["quantity"]) == name)
    for level, dash in (("q2.5", "dashed"), ("q50", "solid"), ("q97.5", "dashed")):
        chart.add_layout(Span(location=float(row[level]), dimension="height", line_dash=dash, line_width=2))
    if name == "W" and edges[0] <= 1.0 <= edges[-1]:
        chart.add_layout(Span(location=1.0, dimension="height", line_dash="dotted", line_width=2))
    chart.add_tools(HoverTool(renderers=[bars], tooltips=[("from", "@left"), ("to", "@right"), ("draws", "@top")]))
    return finish_legend(chart)
