"""The predicted spectrum of COMPTEL's window in both counting conventions, with and without the window factor.

The paper neglects that its two instruments look at different parts of the sky, W = 1; the columns ``..._with_window``
count it: the line intensity there is W times that of the anchor's region.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.emission.event.annihilation import photon_range
from skymodel.emission.event.constants import ELECTRON_MASS
from skymodel.emission.nuggets.model import CONVENTIONS, NuggetEmission

UNIT = "MeV cm-2 s-1 sr-1"


def energies(emission: NuggetEmission) -> Floats:
    """Return photon energies [MeV], even in log from 0.1 MeV to the highest, and crowded at the two edges.

    The edges are the electron mass, below which there is ortho-positronium, and the highest energy of a direct photon.
    """
    top = float(photon_range(emission.mu).high)
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


def spectrum_table(
    emission: NuggetEmission, line_intensity: float, window: tuple[float, float], *, relative_error: float = 0.0
) -> Any:
    """Return a QTable of k^2 dPhi/dk over photon energies [MeV].

    Parameters
    ----------
    emission
        Its `convention` is not used: both are tabulated.
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
    for convention in CONVENTIONS:
        e2i = energy**2 * replace(emission, convention=convention).spectrum(energy, line_intensity)
        columns = {
            f"E2I_{convention}": (e2i, f"k^2 dPhi/dk of the continuum, convention {convention}, W = 1"),
            f"E2I_{convention}_with_window": (window[0] * e2i, f"the same times W, convention {convention}"),
            f"E2I_{convention}_with_window_error": (window[1] * e2i, "bound of its numerical error, from that of W"),
            f"E2I_{convention}_error_measured": (relative_error * e2i, "error of the W = 1 column from the anchor's"),
            f"E2I_{convention}_with_window_error_measured": (
                relative_error * window[0] * e2i,
                "error of the column with W from the anchor's",
            ),
        }
        for name, (values, description) in columns.items():
            table[name] = values * units.Unit(UNIT)
            table[name].info.description = description
    return table
