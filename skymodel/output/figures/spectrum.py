"""The predicted spectrum over COMPTEL's points and a published background."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from skymodel.datafiles import data_path
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.output.figures.names import region_name
from skymodel.output.figures.style import COLOURS, PAGE, figure

_UNIT = "MeV cm-2 s-1 sr-1"
_COMPTEL = "comptel_strong1999_fig3_l30_b5.ecsv"
_GALPROP = "galprop_tsuji2023_box_averages.ecsv"
_INTENSITY = r"cm$^{-2}$ s$^{-1}$ sr$^{-1}$"
_MODEL, _WINDOW = "Ackermann", "|l|<30,|b|<5"
_ENERGIES = 0.3, 40.0  # shown [MeV]
_SEEN, _FLOOR, _DECADES = 0.01, 1e-9, 6  # COMPTEL's level and a dark model's in _UNIT; decades shown at most
_CONVENTIONS = {"paper": "-", "consistent": "--"}


def spectrum(table: Any, axes: Any, line: float = math.nan) -> Any:
    """Draw a run's spectrum table on Axes, over COMPTEL's points and GALPROP's model, and return the Axes.

    Parameters
    ----------
    table
        Curves with and without W; where it has them, their measured errors too, drawn as bands.
    axes
        What is drawn on.
    line
        Mean intensity of the 511 keV line in the window [cm-2 s-1 sr-1], told beside its mark; none where nan.
    """
    draw_comptel(axes)
    _draw_background(axes)
    energy, brightest, faintest = table["E"].to_value("MeV"), _FLOOR, math.inf
    for column, (dashes, name, counting) in _models(table).items():
        for suffix, colour, meaning in (("", COLOURS[1], "$W = 1$"), ("_with_window", COLOURS[0], "with $W$")):
            values = table[f"{column}{suffix}"].to_value(_UNIT)
            shown = np.where(values > 0, values, np.nan)
            axes.plot(energy, shown, dashes, color=colour, label=f"{name}, {meaning}{counting}")
            inside = values[(energy > _ENERGIES[0]) & (energy < _ENERGIES[1]) & (values > 0)]
            brightest = max(brightest, float(inside.max(initial=0.0)))
            faintest = min(faintest, float(np.percentile(inside, 5)) if inside.size else math.inf)
            if (error := f"{column}{suffix}_error_measured") in table.colnames:
                spread = table[error].to_value(_UNIT)
                axes.fill_between(energy, shown - spread, shown + spread, color=colour, alpha=0.25, linewidth=0)
    if math.isfinite(line):
        text = f"511 keV line with $W$: {line:.3g} {_INTENSITY}"
        axes.axvline(ELECTRON_MASS, color=COLOURS[3], linewidth=1.0, label=text)
    low = max(min(faintest / 2, _SEEN), brightest * 10.0**-_DECADES)
    axes.set(xscale="log", yscale="log", xlim=_ENERGIES, ylim=(low, max(2.5 * brightest, 3 * _SEEN)))
    axes.set_xlabel("photon energy $k$ [MeV]")
    axes.set_ylabel(r"$k^2\,d\Phi/(d\Omega\,dk)$ [MeV cm$^{-2}$ s$^{-1}$ sr$^{-1}$]")
    axes.set_xticks([0.3, 0.5, 1, 2, 5, 10, 20, 40], ["0.3", "0.5", "1", "2", "5", "10", "20", "40"])
    axes.tick_params(axis="x", which="minor", labelbottom=False)
    return axes


def _models(table: Any) -> dict[str, tuple[str, str, str]]:
    """Return the columns to draw, each with its dashes, name and counting; a rival's spectrum is counted in one way."""
    if "E2I" in table.colnames:
        return {"E2I": ("-", "rival", "")}
    return {f"E2I_{name}": (dashes, "nuggets", f", '{name}' counting") for name, dashes in _CONVENTIONS.items()}


def spectrum_figure(table: Any, label: str = "", line: float = math.nan) -> Any:
    """Return the figure of a run's spectrum table; see :func:`spectrum` for the line."""
    made = figure(PAGE, 4.6, label)
    axes = spectrum(table, made.subplots(), line)
    axes.set_title(region_name("comptel_window"))
    made.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2, columnspacing=1.0)
    return made


def draw_comptel(axes: Any) -> None:
    """Draw the published bands: each edge is a power law inside its bin, so a straight line here."""
    from astropy.table import QTable

    name: str | None = "COMPTEL with systematics (Strong et al. 1999)"
    for row in QTable.read(data_path(_COMPTEL), format="ascii.ecsv"):
        low = [row[f"E2I_band_low_at_{edge}"].to_value(_UNIT) for edge in ("Elo", "Ehi")]
        high = [row[f"E2I_band_high_at_{edge}"].to_value(_UNIT) for edge in ("Elo", "Ehi")]
        edges = [row["E_lo"].to_value("MeV"), row["E_hi"].to_value("MeV")]
        axes.fill_between(edges, low, high, color="0.75", edgecolor="0.4", linewidth=0.6, label=name, zorder=0)
        name = None


def _draw_background(axes: Any) -> None:
    """Draw the model's bands one by one: each is a power-law fit of its own, and they do not quite join."""
    from astropy.table import QTable

    table = QTable.read(data_path(_GALPROP), format="ascii.ecsv")
    chosen = table[(table["model"] == _MODEL) & (table["region"] == _WINDOW)]
    name: str | None = "GALPROP of Ackermann et al. 2012 (Tsuji et al. 2023),\nbands fitted apart, not quite joined"
    for band in dict.fromkeys(chosen["band"]):
        rows = chosen[chosen["band"] == band]
        axes.plot(rows["E"].to_value("MeV"), rows["E2I"].to_value(_UNIT), ":", color="black", label=name)
        name = None
