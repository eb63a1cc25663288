"""Figures of an ensemble: a corner plot of what was drawn and predicted, and the bars of its sensitivity."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.arrays import Bools, Floats, Rows
from skymodel.output.figures.names import parameter_name
from skymodel.output.figures.style import COLOURS, COLUMN, PAGE, figure
from skymodel.runs.many import ensemble, priors
from skymodel.runs.many.distributions import Choice
from skymodel.runs.many.ensemble import EnsembleConfig

_FEW, _MANY = 50, 600  # draws from which contours are drawn, and shades in place of dots
_CELLS = 80  # side of the grid on which the density of draws is smoothed
_CHANCE = 1.96  # standard deviations that hold 95 % of a Gaussian
_CHI = "chi_with_window_"
_LABELS = {"W": "$W$", "share_circle": "share in circle", "share_window": "share in window"}


class _Axis(NamedTuple):
    """One variable of a corner figure: what is drawn, its range and its label."""

    values: Floats
    label: str

    @property
    def limits(self) -> tuple[float, float]:
        low, high = float(np.nanmin(self.values)), float(np.nanmax(self.values))
        margin = 0.05 * (high - low) or 0.5
        return low - margin, high + margin


def corner(config: EnsembleConfig, rows: Rows, *, most: int = 7) -> Any:
    """Return a corner figure of W, the implied chi and the numerical parameters, at most `most` columns.

    Diagonal: histograms, stacked by the options of the first choice, with median and 16 and 84 %. Below: the draws,
    dots or shades of many, and the areas that hold 68 and 95 % of them. Draws that failed are left out.
    """
    good = rows[rows["failure"] == ""]
    chosen = [_axis(config, good, name) for name in _columns(config, good)[:most]]
    groups = _groups(config, good)
    made = figure(PAGE, PAGE)
    axes = made.subplots(len(chosen), len(chosen), squeeze=False)
    for i, below in enumerate(chosen):
        for j, left in enumerate(chosen):
            panel = axes[i, j]
            if j > i:
                panel.set_visible(False)
                continue
            if i == j:
                _histogram(panel, left, groups)
            else:
                _shading(panel, left, below)
            _label(panel, left, below, bottom=i == len(chosen) - 1, first=j == 0 and i > 0)
    _legend(made, config, groups)
    return made


class _Group(NamedTuple):
    """The draws that took one option of the first choice."""

    label: str
    chosen: Bools
    colour: str


def _groups(config: EnsembleConfig, rows: Rows) -> list[_Group]:
    choices = [prior for prior in config.priors if isinstance(prior, Choice)]
    if not choices:
        return [_Group("", np.ones(rows.size, dtype=bool), COLOURS[0])]
    labels = list(choices[0].options)
    colours = [COLOURS[i % len(COLOURS)] for i in range(len(labels))]
    return [
        _Group(label, rows[choices[0].parameter] == label, colour)
        for label, colour in zip(labels, colours, strict=True)
    ]


def _legend(made: Any, config: EnsembleConfig, groups: list[_Group]) -> None:
    """Say in the empty corner what the colours are."""
    from matplotlib.patches import Patch

    if len(groups) > 1:
        title = next(prior.parameter for prior in config.priors if isinstance(prior, Choice))
        handles = [Patch(color=group.colour, label=group.label) for group in groups]
        made.legend(handles=handles, title=title, loc="upper right", fontsize=7, title_fontsize=7)


def _columns(config: EnsembleConfig, rows: Rows) -> list[str]:
    numbers = [name for name, unit in priors.columns(config.priors).items() if unit is not None]
    predicted = ["W", f"{_CHI}{config.background_labels[0]}"]
    return [name for name in [*predicted, *numbers] if np.isfinite(rows[name]).sum() > 1]


def _axis(config: EnsembleConfig, rows: Rows, name: str) -> _Axis:
    """Return a variable in a power of ten of its unit that leaves short numbers."""
    power = int(np.floor(np.log10(np.nanmedian(np.abs(rows[name])) or 1.0)))
    power = power if not -3 <= power <= 3 else 0
    unit = ensemble.column_units(config).get(name)
    parts = [f"$10^{{{power}}}$"] if power else []
    if unit is not None and str(unit):
        parts.append(units.Unit(unit).to_string("latex_inline"))
    text = _LABELS.get(name) or (
        f"$\\chi$ with $W$\nbackground: {name.removeprefix(_CHI)}" if name.startswith(_CHI) else parameter_name(name)
    )
    return _Axis(rows[name] / 10.0**power, f"{text} [{' '.join(parts)}]" if parts else text)


def _histogram(panel: Any, axis: _Axis, groups: list[_Group]) -> None:
    """Draw how a variable is distributed, its median and the middle 68 %, which the title says."""
    held = axis.values[np.isfinite(axis.values)]
    panel.set_xlim(axis.limits)
    panel.hist(
        [axis.values[group.chosen & np.isfinite(axis.values)] for group in groups],
        bins=int(np.clip(np.sqrt(held.size), 8, 30)),
        range=(float(held.min()), float(held.max())),
        color=[group.colour for group in groups],
        histtype="stepfilled",
        stacked=True,
    )
    low, middle, high = np.quantile(held, (0.16, 0.5, 0.84))
    for place, dashes in ((low, ":"), (middle, "-"), (high, ":")):
        panel.axvline(place, color="k", linestyle=dashes, linewidth=0.8)
    panel.set_title(_spread(low, middle, high), fontsize=6)
    panel.set_yticks([])


def _spread(low: float, middle: float, high: float) -> str:
    """Return a median with its distances to two quantiles, two digits of the smaller one.

    Examples
    --------
    >>> _spread(0.0717, 0.07589, 0.0826), _spread(8.111, 8.2, 8.285)
    ('$0.0759^{+0.0067}_{-0.0042}$', '$8.200^{+0.085}_{-0.089}$')
    """
    least = min(high - middle, middle - low)
    digits = max(0, 1 - math.floor(math.log10(least))) if least > 0 else 4
    return f"${middle:.{digits}f}^{{+{high - middle:.{digits}f}}}_{{-{middle - low:.{digits}f}}}$"


def _shading(panel: Any, left: _Axis, below: _Axis) -> None:
    """Draw the draws, dots or shades of many, with the smallest areas that hold 68 and 95 % of them."""
    panel.set_xlim(left.limits)
    panel.set_ylim(below.limits)
    both = np.isfinite(left.values) & np.isfinite(below.values)
    if not both.any():
        panel.text(0.5, 0.5, "never drawn\ntogether", transform=panel.transAxes, ha="center", va="center", fontsize=6)
        return
    x, y = left.values[both], below.values[both]
    if x.size < _MANY:
        panel.plot(x, y, ".", markersize=3, color="0.45", rasterized=True)
    else:
        extent = (*left.limits, *below.limits)
        panel.hexbin(x, y, gridsize=24, extent=extent, cmap="Greys", mincnt=1, linewidths=0, bins="log")
    if x.size >= _FEW:
        _contours(panel, x, y)


def _contours(panel: Any, x: Floats, y: Floats) -> None:
    """Draw where a smoothed density holds 68 and 95 % of the draws.

    It is smoothed along the principal axes, as wide as Scott's rule has it, so that a thin ridge stays one.
    """
    from scipy.ndimage import gaussian_filter

    draws = np.stack([x, y])
    centre = draws.mean(axis=1)[:, None]
    try:
        root = np.linalg.cholesky(np.cov(draws))
    except np.linalg.LinAlgError:  # all on one line, which has no area
        return
    places, width = np.linalg.solve(root, draws - centre), x.size ** (-1 / 6)
    ends = [(side.min() - 3 * width, side.max() + 3 * width) for side in places]
    counts, *edges = np.histogram2d(places[0], places[1], bins=_CELLS, range=ends)
    density = gaussian_filter(counts, [width / (edge[1] - edge[0]) for edge in edges])
    cells = tuple(np.searchsorted(edge, side) - 1 for edge, side in zip(edges, places, strict=True))
    levels = np.quantile(density[cells], (0.05, 0.32))
    grid = np.meshgrid(*((edge[1:] + edge[:-1]) / 2 for edge in edges), indexing="ij")
    back = (centre + root @ np.reshape(grid, (2, -1))).reshape(2, _CELLS, _CELLS)
    if levels[0] < levels[1]:
        panel.contour(*back, density, levels=levels, colors=[COLOURS[1]], linewidths=0.8)


def _label(panel: Any, left: _Axis, below: _Axis, *, bottom: bool, first: bool) -> None:
    panel.locator_params(axis="x", nbins=3)
    if left is not below:
        panel.locator_params(axis="y", nbins=3)
    panel.tick_params(labelsize=6, labelbottom=bottom, labelleft=first)
    if bottom:
        panel.set_xlabel(left.label, fontsize=6)
        panel.tick_params(axis="x", rotation=45)
    if first:
        panel.set_ylabel(below.label, fontsize=6)


def sensitivity_bars(causes: Any, draws: int) -> Any:
    """Return horizontal bars of which parameter the spread of W comes from; see ``sensitivity.causes``."""
    made = figure(COLUMN, 0.75 + 0.28 * len(causes))
    axis = made.subplots()
    place = np.arange(len(causes))[::-1]
    if "total" in causes.colnames:
        axis.barh(place + 0.2, causes["first"], 0.36, xerr=causes["first_error"], color=COLOURS[0], label="first order")
        axis.barh(place - 0.2, causes["total"], 0.36, xerr=causes["total_error"], color=COLOURS[1], label="total")
        axis.set_xlabel(f"Sobol index of $W$, from {draws} draws")
    else:
        chance = _CHANCE / math.sqrt(max(draws - 1, 1))
        axis.axvspan(-chance, chance, color="0.85", linewidth=0, label="what chance alone gives (95 %)")
        axis.barh(place, causes["rank_correlation"], 0.6, color=COLOURS[0])
        axis.set_xlabel(f"rank correlation with $W$, {draws} draws")
        axis.axvline(0, color="k", lw=0.6)
    axis.set_yticks(place, [parameter_name(str(name)) for name in causes["parameter"]])
    made.legend(loc="outside upper center", ncols=2)
    return made
