"""Published interstellar backgrounds (GALPROP) in COMPTEL's windows, as means over the measured bins.

Three models of Tsuji et al. (2023) are shipped as box averages in three bands, 0.1-1, 1-10 and 10-100 MeV, each an
independent power-law fit per pixel: neighbouring bands meet with steps of up to ten per cent. Inside a band k^2 I
is interpolated as a power law between neighbouring energies; at 1 and 10 MeV, where two bands meet, each side keeps
its own value. COMPTEL's bins end on these joints, so no bin contains a step.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.spectra import INTENSITY_UNIT, Measurement
from skymodel.datafiles import data_path

NO_BACKGROUND = "none"
_FILE = "galprop_tsuji2023_box_averages.ecsv"
_REGION_OF_WINDOW = {"l30_b5": "|l|<30,|b|<5", "l30_b15": "|l|<30,|b|<15", "l60_b20": "|l|<60,|b|<20"}


@functools.cache
def _table() -> Any:
    from astropy.table import QTable

    return QTable.read(data_path(_FILE), format="ascii.ecsv")


def background_names() -> tuple[str, ...]:
    """Return the names of the backgrounds: "none" and the GALPROP models, in the order of the file."""
    return (NO_BACKGROUND, *dict.fromkeys(str(name) for name in _table()["model"]))


def background(name: str, measurement: Measurement) -> Floats:
    """Return the background in the bins of a measurement.

    Parameters
    ----------
    name
        One of :func:`background_names`.
    measurement
        Its window and its bins.

    Returns
    -------
    ndarray, shape ``(bins,)``
        Mean over ln k of k^2 dPhi/dk [MeV cm-2 s-1 sr-1].

    Examples
    --------
    >>> from skymodel.comparison.comptel.spectra import comptel
    >>> background("Ackermann", comptel("l30_b5")).round(4).tolist()
    [0.0049, 0.0073, 0.0112]
    """
    if name not in background_names():
        raise ValueError(f"no background {name!r}; there are {', '.join(map(repr, background_names()))}")
    if name == NO_BACKGROUND:
        return np.zeros(len(measurement.bins))
    bands = _bands(name, _REGION_OF_WINDOW[measurement.name])
    return np.array([_mean(bands, low, high) for low, high in measurement.bins])


@functools.cache
def _bands(name: str, region: str) -> tuple[tuple[Floats, Floats], ...]:
    table = _table()
    rows = table[(table["model"] == name) & (table["region"] == region)]
    return tuple(
        (rows[chosen]["E"].to_value("MeV"), rows[chosen]["E2I"].to_value(INTENSITY_UNIT))
        for chosen in (rows["band"] == band for band in dict.fromkeys(rows["band"]))
    )


def _mean(bands: tuple[tuple[Floats, Floats], ...], low: float, high: float) -> float:
    pieces = [(max(low, e[0]), min(high, e[-1]), e, y) for e, y in bands if max(low, e[0]) < min(high, e[-1])]
    covered = sum(math.log(end / start) for start, end, _, _ in pieces)
    if not math.isclose(covered, math.log(high / low), rel_tol=1e-12):
        raise ValueError(f"the bin {low}-{high} MeV is not covered by the background's table")
    return sum(_power_law_integral(*piece) for piece in pieces) / covered


def _power_law_integral(start: float, end: float, energy: Floats, values: Floats) -> float:
    """Integrate over ln k, exactly, the curve that is a power law between tabulated energies."""
    inside = energy[(energy > start) & (energy < end)]
    nodes = np.log(np.concatenate([[start], inside, [end]]))
    logs = np.interp(nodes, np.log(energy), np.log(values))
    step, rise = np.diff(nodes), np.diff(logs)
    flat = np.abs(rise) < 1e-9  # there (exp(rise) - 1) / rise is 1 to rounding, and 0/0 must be kept out
    mean = np.where(flat, 1.0, np.expm1(rise) / np.where(flat, 1.0, rise))
    return float(np.sum(np.exp(logs[:-1]) * mean * step))
