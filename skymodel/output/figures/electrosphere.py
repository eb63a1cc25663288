"""The computed electrosphere drawn: chemical potential, potential, turning points, and the spectra that follow."""

from __future__ import annotations

from typing import Any

import numpy as np

from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.emission.electrosphere.solved_spectrum import SolvedElectrosphereEmission
from skymodel.output.figures.spectrum import draw_comptel
from skymodel.output.figures.style import COLOURS, PAGE, figure

ELECTRONS = {"bound in the Galaxy, 0.26 eV": 2.6e-7, "8 keV plasma, 12 keV": 0.012, "1 MeV": 1.0}  # kinetic, MeV
_INTENSITY = r"$k^2\,d\Phi/(d\Omega\,dk)$ [MeV cm$^{-2}$ s$^{-1}$ sr$^{-1}$], $W = 1$"
SPEED = 0.22  # c, rms of the 8 keV plasma


def electrosphere_figure(mu_0: float = 20.0, temperature: float = 0.001, label: str = "") -> Any:
    """Return the figure of an electrosphere.

    Parameters
    ----------
    mu_0, temperature
        Of the electrosphere [MeV].
    label
        Small print at the foot.
    """
    star = SolvedElectrosphere(mu_0, temperature)
    made = figure(PAGE, 3.7, label)
    left, right = made.subplots(1, 2)
    _structure(left, star)
    _spectra(right, star)
    return made


def _structure(axes: Any, star: SolvedElectrosphere) -> None:
    near_the_end = star.thickness * (1 - np.geomspace(0.01, 1e-8, 200))  # where slow electrons turn
    z = np.concatenate([np.geomspace(0.1, 0.989 * star.thickness, 600), near_the_end])
    axes.plot(z, star.mu(z), color="black", label=r"$\mu$, computed")
    axes.plot(z, star.mu_0 / (1 + z), ":", color="0.4", label="(A.1)")
    axes.plot(z, star.potential(z), color=COLOURS[0], label="potential energy of an electron")
    for colour, (name, energy) in zip(COLOURS[1:], ELECTRONS.items(), strict=False):
        axes.plot([star.turning_point(energy)], [energy], "o", color=colour, markersize=4, label=f"turns: {name}")
    axes.set(xscale="log", yscale="log", xlim=(0.1, 2 * star.thickness), ylim=(1e-7, 2 * star.mu_0))
    axes.set(xlabel="height $z$ [$z_0$]", ylabel="energy [MeV]")
    axes.legend(fontsize=6, loc="lower left")


def _spectra(axes: Any, star: SolvedElectrosphere) -> None:
    draw_comptel(axes)
    k = np.geomspace(0.3, 1.05 * star.mu_0, 400)
    for formation, dashes in (("resonant", "-"), ("radiative", "--")):
        for barrier, colour in ((False, COLOURS[0]), (True, COLOURS[1])):
            model = SolvedElectrosphereEmission(star, SPEED, barrier, formation)  # type: ignore[arg-type]
            values = k**2 * model.direct_spectrum(k)
            name = f"{formation}, {'with' if barrier else 'without'} the barrier: $\\chi$ = {model.chi:.1e}"
            axes.plot(k, np.where(values > 0, values, np.nan), dashes, color=colour, label=name)
    axes.set(xscale="log", yscale="log", xlim=(k[0], k[-1]), ylim=(1e-9, 1e11))
    axes.set(xlabel="photon energy $k$ [MeV]", ylabel=_INTENSITY)
    axes.legend(fontsize=6, loc="upper left")
