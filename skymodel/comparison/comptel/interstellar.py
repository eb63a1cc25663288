"""The interstellar level in the MeV bands: photon intensities of published GALPROP models in COMPTEL's window."""

from __future__ import annotations

import numpy as np

from profiles.contract.spelling import options
from skymodel.comparison.comptel.backgrounds import power_law_integral
from skymodel.datafiles import data_path
from skymodel.emission.event.bands import Band

_FILE = "galprop_tsuji2023_box_averages.ecsv"
_WINDOW = "|l|<30,|b|<5"


def interstellar_intensity(band: Band, model: str = "Orlando_DRE") -> float:
    """Return the mean photon intensity [cm-2 s-1 sr-1] of a band in COMPTEL's window.

    Between the energies of the table the intensity is a power law; its steps of up to ten per cent where two of the
    table's bands meet stay.

    Parameters
    ----------
    band
        Within 0.1 to 100 MeV.
    model
        One of the table's.

    Raises
    ------
    ValueError
        If the table has not the model, or not the energies.
    """
    from astropy.table import QTable

    table = QTable.read(data_path(_FILE), format="ascii.ecsv")
    models = list(dict.fromkeys(str(name) for name in table["model"]))
    if model not in models:
        raise ValueError(f"no interstellar model {model!r}{options(model, models)}")
    rows = table[(table["model"] == model) & (table["region"] == _WINDOW)]
    pieces = [rows[rows["band"] == name] for name in dict.fromkeys(rows["band"])]  # where they meet, each has its own
    energies = [np.asarray(piece["E"].value) for piece in pieces]
    lowest, highest = min(energy[0] for energy in energies), max(energy[-1] for energy in energies)
    if not lowest <= band.low < band.high <= highest:
        raise ValueError(f"band {band.name}: {band.low} to {band.high} MeV; allowed: within {lowest} to {highest}")
    return sum(
        power_law_integral(max(band.low, energy[0]), min(band.high, energy[-1]), energy, energy * piece["I"].value)
        for energy, piece in zip(energies, pieces, strict=True)
        if max(band.low, energy[0]) < min(band.high, energy[-1])
    )
