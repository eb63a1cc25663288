"""The paper's figure 1 computed anew, and the figure it lacks: how the spectrum depends on the electrons' speed.

The background curve of the paper's figure 1 (its reference 24) was not found in numbers; four published GALPROP models
stand in, and they differ by more than COMPTEL's errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.confrontation import Background, Confrontation, confront, galprop_backgrounds
from skymodel.comparison.comptel.spectra import comptel
from skymodel.datafiles import data_path
from skymodel.emission.claims import flatness, speed_of_flatness
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.speed import thermal_speed
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.nuggets.model import CONVENTIONS
from skymodel.output.figures.spectrum import draw_comptel
from skymodel.output.figures.style import COLOURS, MARKERS, PAGE, figure

UNIT = "MeV cm-2 s-1 sr-1"
SPEEDS = (1e-3, 0.01, 0.1, 0.3, 1.0)
_WARM_GAS_KEV = 8000 * 8.617333262e-8  # Boltzmann's constant [keV/K], CODATA 2018
_EGRET = "egret_strong1999_fig3_l30_b5.ecsv"
_MARKS = ("-", ":", "-.")  # of speeds, which colours stand for on the left
_ENERGIES, _INTENSITIES = (0.6, 300.0), (1.5e-3, 0.07)  # shown: MeV, and in UNIT
_INTENSITY_LABEL = r"$k^2\,d\Phi/(d\Omega\,dk)$ [MeV cm$^{-2}$ s$^{-1}$ sr$^{-1}$]"


def figure_one(
    model: ElectrosphereEmission, window: float, backgrounds: Sequence[Background] | None = None, label: str = ""
) -> Any:
    """Return the paper's figure 1: W = 1 on the left as in the paper, W as computed on the right; residuals below.

    Parameters
    ----------
    model
        The electrosphere with the speed of its electrons.
    window
        Window factor of the pair of densities.
    backgrounds
        By default the shipped ones.
    label
        Small print at the foot.
    """
    entries = galprop_backgrounds() if backgrounds is None else tuple(backgrounds)
    made = figure(PAGE, 5.2, label)
    panels = made.subplots(2, 2, sharex=True, sharey="row", height_ratios=(3, 1))
    titles = {1.0: "$W = 1$, as the paper assumes", window: f"$W = {window:.3f}$, as computed"}
    for column, factor in zip(panels.T, (1.0, window), strict=True):
        _spectra(column[0], model, entries, factor)
        _residuals(column[1], confront(model, entries, factor))
        column[0].set_title(titles[factor])
    panels[0, 0].set_ylabel(_INTENSITY_LABEL)
    panels[1, 0].set_ylabel("residual [errors]")
    made.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return made


def _spectra(axes: Any, model: SpectralModel, backgrounds: Sequence[Background], window: float) -> None:
    draw_comptel(axes)
    _draw_egret(axes)
    k = np.geomspace(_ENERGIES[0], 61.0, 400)
    axes.plot(k, _positive(window * k**2 * model.direct_spectrum(k)), "--", color="black", label="nuggets alone")
    for entry, colour in zip(backgrounds, COLOURS, strict=False):
        name: str | None = f"{entry.name.replace('_', ' ')}: alone (thin), with nuggets (thick)"
        for energies, values in entry.pieces:
            fine = np.geomspace(energies[0], energies[-1], 120)
            curve = np.exp(np.interp(np.log(fine), np.log(energies), np.log(values)))
            axes.plot(fine, curve, color=colour, linewidth=0.6)
            axes.plot(fine, curve + window * fine**2 * model.direct_spectrum(fine), color=colour, label=name)
            name = None
    axes.set(xscale="log", yscale="log", xlim=_ENERGIES, ylim=_INTENSITIES)


def _draw_egret(axes: Any) -> None:
    from astropy.table import QTable

    table = QTable.read(data_path(_EGRET), format="ascii.ecsv")
    energy, low, high = (table[name].to_value("MeV") for name in ("E", "E_lo", "E_hi"))
    value, below, above = (table[name].to_value(UNIT) for name in ("E2I", "E2I_err_minus", "E2I_err_plus"))
    axes.errorbar(
        energy,
        value,
        xerr=(energy - low, high - energy),
        yerr=(below, above),
        fmt="s",
        color="0.45",
        markersize=2.5,
        linewidth=0.7,
        label="EGRET (Strong et al. 1999)",
    )


def _residuals(axes: Any, confrontations: Sequence[Confrontation]) -> None:
    centres = np.sqrt(np.prod(comptel().bins, axis=1))
    axes.axhspan(-1, 1, color="0.9", zorder=0)
    axes.axhline(0, color="0.4", linewidth=0.6)
    for number, entry in enumerate(confrontations):
        colour, shift = COLOURS[number % len(COLOURS)], 1.18 ** (number - (len(confrontations) - 1) / 2)
        style = {"color": colour, "marker": MARKERS[number % len(MARKERS)], "linestyle": "none", "markersize": 4}
        axes.plot(centres * shift, entry.pulls(False), fillstyle="none", **style)
        scores = f"$\\chi^2$: {entry.chi_square(False):.1f} $\\to$ {entry.chi_square(True):.1f}"
        axes.plot(centres * shift, entry.pulls(True), **style, label=scores)
    axes.set_xlabel("photon energy $k$ [MeV]\n(open: background alone, filled: with nuggets)")
    axes.set_xticks([1, 3, 10, 30, 100], ["1", "3", "10", "30", "100"])
    axes.tick_params(axis="x", which="minor", labelbottom=False)
    pulls = [abs(pull) for entry in confrontations for both in (False, True) for pull in entry.pulls(both)]
    reach = max(1.15 * max(pulls), axes.get_ylim()[1])  # the panel beside shares it
    axes.set_ylim(-reach, reach)
    scores = axes.legend(loc="center right", fontsize=6.5, labelcolor="linecolor", handlelength=0, handletextpad=0)
    for handle in scores.legend_handles:
        handle.set_visible(False)  # beside the points they would pass for data


def _positive(values: Floats) -> Floats:
    return np.where(values > 0, values, np.nan)


def speed_figure(model: ElectrosphereEmission, speeds: Sequence[float] = SPEEDS, label: str = "") -> Any:
    """Return the figure of the spectrum's dependence on the electrons' speed.

    Parameters
    ----------
    model
        The electrosphere; its own v_e is not used.
    speeds
        Speeds drawn [c].
    label
        Small print at the foot.
    """
    made = figure(PAGE, 3.9, label)
    left, right = made.subplots(1, 2, width_ratios=(3, 2))
    _speed_spectra(left, model, speeds)
    _speed_flatness(right, model)
    made.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return made


def _speed_spectra(axes: Any, model: ElectrosphereEmission, speeds: Sequence[float]) -> None:
    draw_comptel(axes)
    k = np.geomspace(0.6, 65.0, 500)
    for number, v_e in enumerate(speeds):
        here = replace(model, sphere=replace(model.sphere, v_e=v_e))
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(k, _positive(k**2 * here.direct_spectrum(k)), color=colour, label=f"$v_e = {v_e:g}\\,c$")
        closed = replace(here, convention="consistent")
        axes.plot(k, _positive(k**2 * closed.direct_spectrum(k)), ":", color=colour)
    axes.plot([], [], color="0.4", label="height average (A.4)")
    axes.plot([], [], ":", color="0.4", label="photons conserved")
    axes.set(xscale="log", yscale="log", xlim=(k[0], k[-1]), ylim=(2e-4, 0.1))
    axes.set(xlabel="photon energy $k$ [MeV]", ylabel=_INTENSITY_LABEL)
    axes.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    axes.tick_params(axis="x", which="minor", labelbottom=False)


def _speed_flatness(axes: Any, model: ElectrosphereEmission) -> None:
    speeds = np.geomspace(2e-3, 1.0, 60)
    for convention, dashes in zip(CONVENTIONS, ("-", ":"), strict=True):
        here = [replace(model, convention=convention, sphere=replace(model.sphere, v_e=float(v))) for v in speeds]
        axes.plot(speeds, [flatness(entry) for entry in here], dashes, color="black")
    axes.axhline(2.0, color="0.3", linestyle="--")
    axes.text(2.2e-3, 1.9, "a factor of two, as printed", color="0.3", va="top", fontsize=7)
    crossing = speed_of_flatness(model)
    marks = {"electrons at 8000 K": _WARM_GAS_KEV, "plasma of 8 keV": 8.0}
    lines = {name: float(thermal_speed(kev)) for name, kev in marks.items()}
    if np.isfinite(crossing):
        lines[f"least speed within 2: {crossing:.2f} c"] = crossing
    for number, (name, speed) in enumerate(lines.items()):
        axes.axvline(speed, color="0.5", linestyle=_MARKS[number], linewidth=1.0, label=name)
    axes.set(xscale="log", yscale="log", xlim=(1.5e-3, 1.0), ylim=(1.0, 1e4))
    axes.set(xlabel="speed of the electrons $v_e$ [c]", ylabel="largest / smallest $k^2\\Phi$, 2–20 MeV")  # noqa: RUF001
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16))
