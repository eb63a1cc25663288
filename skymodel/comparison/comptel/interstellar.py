"""The interstellar level in the MeV bands: photon intensities of published GALPROP models in COMPTEL's window."""

from __future__ import annotations

import numpy as np

from profiles.contract.arrays import Floats
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
        raise ValueError(f"no interstellar model {model!r}; known: {', '.join(models)}")
    rows = table[(table["model"] == model) & (table["region"] == _WINDOW)]
    energy, intensity = np.asarray(rows["E"].value), np.asarray(rows["I"].value)
    order = np.argsort(energy, kind="stable")  # two entries where bands meet, each side's own
    energy, intensity = energy[order], intensity[order]
    if not energy[0] <= band.low < band.high <= energy[-1]:
        raise ValueError(
            f"band {band.name}: {band.low} to {band.high} MeV; allowed: within {energy[0]} to {energy[-1]}"
        )
    return _photons(np.log(energy), np.log(intensity), np.log(band.low), np.log(band.high))


def _photons(x: Floats, y: Floats, low: float, high: float) -> float:
    """Return the integral of e^y e^x dx between two points, y straight between those of the table."""
    total = 0.0
    for left, right, bottom, top in zip(x[:-1], x[1:], y[:-1], y[1:], strict=True):
        start, stop = max(left, low), min(right, high)
        if stop <= start:
            continue
        slope = (top - bottom) / (right - left) + 1
        begin = bottom + left + slope * (start - left)
        growth = stop - start if slope == 0 else np.expm1(slope * (stop - start)) / slope
        total += float(np.exp(begin) * growth)
    return total
