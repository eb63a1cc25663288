"""The predicted spectrum over COMPTEL's points and a published background."""

from __future__ import annotations

from typing import Any

import numpy as np

from skymodel.datafiles import data_path
from skymodel.output.figures.style import COLOURS, PAGE, figure

_UNIT = "MeV cm-2 s-1 sr-1"
_COMPTEL = "comptel_strong1999_fig3_l30_b5.ecsv"
_GALPROP = "galprop_tsuji2023_box_averages.ecsv"
_MODEL, _WINDOW = "Ackermann", "|l|<30,|b|<5"
_ENERGIES, _INTENSITIES = (0.3, 40.0), (2e-4, 0.5)  # shown: MeV, and in _UNIT
_CONVENTIONS = {"paper": COLOURS[0], "consistent": COLOURS[2]}


def spectrum(table: Any, axes: Any) -> Any:
    """Draw a run's spectrum table on Axes, over COMPTEL's points and GALPROP's model, and return the Axes."""
    draw_comptel(axes)
    _draw_background(axes)
    energy = table["E"].to_value("MeV")
    for column, (colour, name, counting) in _models(table).items():
        for suffix, dashes, meaning in (("", "-", "$W = 1$"), ("_with_window", "--", "with $W$")):
            values = table[f"{column}{suffix}"].to_value(_UNIT)
            shown = np.where(values > 0, values, np.nan)
            axes.plot(energy, shown, dashes, color=colour, label=f"{name}, {meaning}{counting}")
    axes.set(xscale="log", yscale="log", xlim=_ENERGIES, ylim=_INTENSITIES)
    axes.set_xlabel("photon energy $k$ [MeV]")
    axes.set_ylabel(r"$k^2\,d\Phi/(d\Omega\,dk)$ [MeV cm$^{-2}$ s$^{-1}$ sr$^{-1}$]")
    axes.set_xticks([0.3, 0.5, 1, 2, 5, 10, 20, 40], ["0.3", "0.5", "1", "2", "5", "10", "20", "40"])
    axes.tick_params(axis="x", which="minor", labelbottom=False)
    return axes


def _models(table: Any) -> dict[str, tuple[str, str, str]]:
    """Return the columns to draw, each with its colour, name and counting; a rival's spectrum is counted in one way."""
    if "E2I" in table.colnames:
        return {"E2I": (COLOURS[0], "rival", "")}
    return {f"E2I_{name}": (colour, "nuggets", f", '{name}' counting") for name, colour in _CONVENTIONS.items()}


def spectrum_figure(table: Any, label: str = "") -> Any:
    """Return the figure of a run's spectrum table."""
    made = figure(PAGE * 0.75, 4.1, label)
    axes = spectrum(table, made.subplots())
    axes.set_title("COMPTEL window, |l| < 30 deg, |b| < 5 deg")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, columnspacing=1.0)
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
    name: str | None = "GALPROP of Ackermann et al. 2012 (Tsuji et al. 2023)"
    for band in dict.fromkeys(chosen["band"]):
        rows = chosen[chosen["band"] == band]
        axes.plot(rows["E"].to_value("MeV"), rows["E2I"].to_value(_UNIT), ":", color="black", label=name)
        name = None
