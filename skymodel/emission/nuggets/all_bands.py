"""One nugget, all bands: the 511 keV line, 1-20 MeV, 8 keV and > 100 MeV with one normalisation, beside measurements.

The line fixes the number of electrons that meet antimatter. The protons that come with them, one for each electron,
leave about 2 GeV each in the nugget: the paper's authors let it come out thermally, as X-rays; what comes out promptly
would shine above 100 MeV. So each band has its energy for each encounter, and a measured intensity says which share of
that may come out there. Nothing is fitted, and the window of COMPTEL and EGRET counts as the circle (W = 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skymodel.datafiles import data_entries
from skymodel.emission.event.bands import CONTINUUM_1_20
from skymodel.emission.event.constants import ELECTRON_MASS, PROTON_MASS
from skymodel.emission.nuggets.encounters import Encounters
from skymodel.emission.nuggets.model import PAPER_LINE_INTENSITY, NuggetEmission

WINDOW_OF_B = (2e24, 8e25)  # Flambaum et al. 2024, arXiv:2405.17775, abstract


@dataclass(frozen=True)
class BandOfNugget:
    """A band of the nuggets.

    Parameters
    ----------
    band
        Its name.
    energy
        Released into it for each electron that annihilates at low energy, at most [MeV].
    predicted
        Energy intensity in the INTEGRAL circle if all of it came out [MeV cm-2 s-1 sr-1].
    measured
        Measured or limiting energy intensity there [MeV cm-2 s-1 sr-1]; nan if there is none.
    reference, status
        Of the measurement.
    """

    band: str
    energy: float
    predicted: float
    measured: float
    reference: str
    status: str

    @property
    def share(self) -> float:
        """The share of the energy that the measurement allows; 1 or more allows all."""
        return self.measured / self.predicted if self.predicted > 0 else np.inf


def all_bands(
    emission: NuggetEmission | None = None, *, line_intensity: float = PAPER_LINE_INTENSITY
) -> tuple[BandOfNugget, ...]:
    """Return the bands with one normalisation.

    Parameters
    ----------
    emission
        Gives chi, mu and the positronium fraction; photons are counted.
    line_intensity
        Mean 511 keV intensity in the INTEGRAL circle [cm-2 s-1 sr-1].

    Examples
    --------
    >>> for entry in all_bands():
    ...     print(f"{entry.band}: {entry.energy:.3g} MeV an encounter, share allowed {entry.share:.2g}")
    511 keV line: 0.255 MeV an encounter, share allowed 1
    1-20 MeV: 1.4 MeV an encounter, share allowed 0.74
    8 keV: 1.88e+03 MeV an encounter, share allowed 0.0021
    > 100 MeV: 1.88e+03 MeV an encounter, share allowed 0.0026
    """
    model = emission or NuggetEmission()
    counted = NuggetEmission(model.mu, model.chi, "consistent", model.positronium_fraction)
    atoms = line_intensity * (2 / (4 - 3 * model.positronium_fraction))  # annihilations at low energy
    continuum = counted.log_mean(CONTINUUM_1_20, line_intensity) * np.log(CONTINUUM_1_20.high / CONTINUUM_1_20.low)
    protons = 2 * PROTON_MASS
    energies = {
        "line": line_intensity * ELECTRON_MASS / atoms,
        "continuum": continuum / atoms,
        "xray": protons,
        "gamma": protons,
    }
    entries = data_entries("all_bands.yaml").items()
    return tuple(_band(key, energies[key], atoms, line_intensity, entry) for key, entry in entries)


def _band(key: str, energy: float, atoms: float, line_intensity: float, entry: Mapping[str, Any]) -> BandOfNugget:
    measured = line_intensity * ELECTRON_MASS if key == "line" else float(entry["intensity"])
    return BandOfNugget(entry["band"], energy, energy * atoms, measured, entry["reference"], entry["status"])


def implied_baryon_numbers(
    mean_j: Mapping[str, float], *, line_intensity: float = PAPER_LINE_INTENSITY, encounters: Encounters | None = None
) -> dict[str, float]:
    """Return the B that the line implies for each tracer.

    Parameters
    ----------
    mean_j
        Mean of J in the INTEGRAL circle [kpc GeV cm-6] by tracer.
    line_intensity
        The line's mean intensity there [cm-2 s-1 sr-1].
    encounters
        What the absolute normalisation assumes.

    Examples
    --------
    >>> found = implied_baryon_numbers({"stars too": 1693.0, "gas": 33.9})
    >>> print(" ".join(f"{name}: {number:.1e}" for name, number in found.items()))
    stars too: 7.6e+20 gas: 6.1e+15
    """
    assumed = encounters or Encounters()
    return {name: assumed.implied_baryon_number(value, line_intensity) for name, value in mean_j.items()}


def bands_table(
    emission: NuggetEmission | None = None,
    *,
    line_intensity: float = PAPER_LINE_INTENSITY,
    mean_j: Mapping[str, float] | None = None,
) -> Any:
    """Return the QTable of :func:`all_bands`; the implied B of each tracer and its published window in the meta data.

    Parameters
    ----------
    emission, line_intensity
        As for :func:`all_bands`.
    mean_j
        Mean of J in the INTEGRAL circle by tracer.
    """
    from astropy.table import QTable

    found = all_bands(emission, line_intensity=line_intensity)
    columns = ("band", "energy", "predicted", "measured", "reference", "status")
    table = QTable({name: [getattr(entry, name) for entry in found] for name in columns})
    table["energy"].unit = "MeV"
    for name in ("predicted", "measured"):
        table[name].unit = "MeV cm-2 s-1 sr-1"
    table["share_allowed"] = [entry.share for entry in found]
    table["energy"].info.description = "energy that an encounter releases into the band, at most"
    table.meta["published_window_of_B"] = list(WINDOW_OF_B)
    table.meta["implied_B"] = implied_baryon_numbers(mean_j or {}, line_intensity=line_intensity)
    return table
