"""The predicted spectrum of COMPTEL's window in both counting conventions, with and without the window factor.

A model that knows no conventions has one set of columns, ``E2I`` and ``E2I_with_window``.

The paper neglects that its two instruments look at different parts of the sky, W = 1; the columns ``..._with_window``
count it: the line intensity there is W times that of the anchor's region.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.event.annihilation import photon_range
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.nuggets.model import CONVENTIONS, NuggetEmission

UNIT = "MeV cm-2 s-1 sr-1"


HIGHEST = 100.0  # MeV, of a spectrum that has no end of its own below


def energies(emission: SpectralModel) -> Floats:
    """Return photon energies [MeV], even in log from 0.1 MeV to the highest, and crowded at the two edges.

    The edges are the electron mass, below which there is ortho-positronium, and the highest energy of a direct photon.
    """
    top = _highest(emission)
    towards = np.geomspace(1e-6, 3e-2, 16)
    return np.unique(
        np.concatenate(
            [
                np.geomspace(0.1, top, 201),
                ELECTRON_MASS * (1 - towards),
                ELECTRON_MASS * (1 + towards[:1]),
                top * (1 - towards),
            ]
        )
    )


def _highest(emission: SpectralModel) -> float:
    """Return the highest energy [MeV] of the table: the spectrum's own end if it has one."""
    match emission:
        case NuggetEmission(mu):
            return float(photon_range(mu).high)
        case ElectrosphereEmission(sphere):
            return float(photon_range(sphere.mu_0).high)
    return HIGHEST


def _variants(emission: SpectralModel) -> dict[str, SpectralModel]:
    """Return the model by the end of its columns' names: once for each convention, if it has any."""
    if isinstance(emission, NuggetEmission | ElectrosphereEmission):
        return {f"_{convention}": replace(emission, convention=convention) for convention in CONVENTIONS}
    return {"": emission}


def spectrum_table(
    emission: SpectralModel, line_intensity: float, window: Bounded, *, relative_error: float = 0.0
) -> Any:
    """Return a QTable of k^2 dPhi/dk over photon energies [MeV].

    Parameters
    ----------
    emission
        Its `convention`, if it has one, is not used: both are tabulated.
    line_intensity
        The anchor [cm-2 s-1 sr-1].
    window
        Mean of J in COMPTEL's window over that in the anchor's region, and its error.
    relative_error
        Measured error of the line intensity over its value.
    """
    from astropy import units
    from astropy.table import QTable

    energy = energies(emission)
    table = QTable({"E": energy * units.MeV})
    table["E"].info.description = "photon energy k"
    for ending, model in _variants(emission).items():
        e2i, counted = energy**2 * model.spectrum(energy, line_intensity), ending.replace("_", ", convention ")
        columns = {
            f"E2I{ending}": (e2i, f"k^2 dPhi/dk of the continuum, W = 1{counted}"),
            f"E2I{ending}_with_window": (window.value * e2i, f"the same times W{counted}"),
            f"E2I{ending}_with_window_error": (window.error * e2i, "bound of its numerical error, from that of W"),
            f"E2I{ending}_error_measured": (relative_error * e2i, "error of the W = 1 column from the anchor's"),
            f"E2I{ending}_with_window_error_measured": (
                relative_error * window.value * e2i,
                "error of the column with W from the anchor's",
            ),
        }
        for name, (values, description) in columns.items():
            table[name] = values * units.Unit(UNIT)
            table[name].info.description = description
    return table
