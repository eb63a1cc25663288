"""Published interstellar backgrounds (GALPROP) in COMPTEL's windows, as means over the measured bins.

Three models of Tsuji et al. (2023) are shipped as box averages in three bands, 0.1-1, 1-10 and 10-100 MeV, each an
independent power-law fit per pixel: neighbouring bands meet with steps of up to 13 per cent (:func:`steps`). Inside a
band k^2 I is a power law between neighbouring energies. COMPTEL's bins end on the joints, so no bin contains a step;
curves that are drawn across them (:func:`background_curve`) have them smoothed, and say so.

The fourth, z04LMS (GALPROP 54, digitised by Bouchet et al. 2011), is published in |l| < 30, |b| < 15 deg alone. In
other windows it is that curve times the mean ratio of the three models in the two windows: an estimate, to 10 %.
"""

from __future__ import annotations

import functools
import math
from itertools import pairwise
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.spectra import INTENSITY_UNIT, Measurement
from skymodel.datafiles import data_path
from skymodel.emission.event.bands import Band
from skymodel.emission.event.spectrum_table import SpectrumTable

NO_BACKGROUND = "none"
LOWEST = "z04LMS"
_LOWEST_FILE, _LOWEST_WINDOW = "galprop_54_z04LMS_total_bouchet2011_fig7_l30_b15.ecsv", "l30_b15"
_FILE = "galprop_tsuji2023_box_averages.ecsv"
_REGION_OF_WINDOW = {"l30_b5": "|l|<30,|b|<5", "l30_b15": "|l|<30,|b|<15", "l60_b20": "|l|<60,|b|<20"}


@functools.cache
def _table() -> Any:
    from astropy.table import QTable

    return QTable.read(data_path(_FILE), format="ascii.ecsv")


def background_names() -> tuple[str, ...]:
    """Return the names of the backgrounds: "none", the three models of one paper in its order, and "z04LMS"."""
    return (NO_BACKGROUND, *_box_models(), LOWEST)


@functools.cache
def _box_models() -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(name) for name in _table()["model"]))


def _require_known(name: str) -> None:
    if name not in background_names():
        raise ValueError(f"no background {name!r}; there are {', '.join(map(repr, background_names()))}")


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
    _require_known(name)
    if name == NO_BACKGROUND:
        return np.zeros(len(measurement.bins))
    if name == LOWEST:
        curve = background_curve(name, measurement.name)
        return np.array([curve.log_mean(Band("bin", *edges)) for edges in measurement.bins])
    bands = _bands(name, _REGION_OF_WINDOW[measurement.name])
    return np.array([_mean(bands, low, high) for low, high in measurement.bins])


def background_bands(name: str, measurement: Measurement) -> tuple[tuple[Floats, Floats], ...]:
    """Return a model's energies [MeV] and k^2 dPhi/dk [MeV cm-2 s-1 sr-1] in a window, band by band, for figures."""
    return _bands(name, _REGION_OF_WINDOW[measurement.name])


@functools.cache
def background_curve(name: str, window: str = "l30_b5") -> SpectrumTable:
    """Return the spectrum of a background in a window, the steps of the table smoothed.

    At a joint both sides are moved to their geometric mean, with a weight that falls linearly in ln k to none at the
    other end of the band. The means over COMPTEL's bins (:func:`background`) are those of the table as published.

    Parameters
    ----------
    name
        One of :func:`background_names`, but "none".
    window
        One of COMPTEL's.

    Examples
    --------
    >>> curve = background_curve("z04LMS")
    >>> print(f"{curve(5.0):.2e}")
    4.26e-03
    """
    _require_known(name)
    if name == NO_BACKGROUND:
        raise ValueError("the background 'none' has no curve; choose one of the others")
    if name == LOWEST:
        return _lowest(window)
    bands = _bands(name, _REGION_OF_WINDOW[window])
    jumps = [0.0, *(math.log(after[1][0] / before[1][-1]) for before, after in pairwise(bands)), 0.0]
    pieces = []
    for (energy, values), left, right in zip(bands, jumps[:-1], jumps[1:], strict=True):
        share = np.log(energy / energy[0]) / np.log(energy[-1] / energy[0])
        pieces.append((energy, values * np.exp((share * right - (1 - share) * left) / 2)))
    first = [slice(None)] + [slice(1, None)] * (len(pieces) - 1)  # a joint once
    energies, values = (
        np.concatenate([piece[side][cut] for piece, cut in zip(pieces, first, strict=True)]) for side in (0, 1)
    )
    return SpectrumTable(energies, values, name)


def steps(name: str, window: str = "l30_b5") -> dict[float, float]:
    """Return by how much the table of a background jumps where two of its bands meet: energy [MeV] to relative step.

    Examples
    --------
    >>> {energy: round(step, 3) for energy, step in steps("Ackermann").items()}
    {1.0: 0.108, 10.0: 0.014}
    """
    _require_known(name)
    if name in (NO_BACKGROUND, LOWEST):
        return {}
    bands = _bands(name, _REGION_OF_WINDOW[window])
    return {float(after[0][0]): float(after[1][0] / before[1][-1] - 1) for before, after in pairwise(bands)}


def _lowest(window: str) -> SpectrumTable:
    from astropy.table import QTable

    table = QTable.read(data_path(_LOWEST_FILE), format="ascii.ecsv")
    energy, values = table["E"].to_value("MeV"), table["E2I"].to_value(INTENSITY_UNIT)
    if window == _LOWEST_WINDOW:
        return SpectrumTable(energy, values, LOWEST)
    inside = energy >= 0.1  # where the three models begin
    ratios = [
        background_curve(name, window)(energy[inside]) / background_curve(name, _LOWEST_WINDOW)(energy[inside])
        for name in _box_models()
    ]
    return SpectrumTable(energy[inside], values[inside] * np.mean(ratios, axis=0), LOWEST)


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
    return sum(power_law_integral(*piece) for piece in pieces) / covered


def power_law_integral(start: float, end: float, energy: Floats, values: Floats) -> float:
    """Integrate over ln k, exactly, the curve that is a power law between tabulated energies."""
    inside = energy[(energy > start) & (energy < end)]
    nodes = np.log(np.concatenate([[start], inside, [end]]))
    logs = np.interp(nodes, np.log(energy), np.log(values))
    step, rise = np.diff(nodes), np.diff(logs)
    flat = np.abs(rise) < 1e-9  # there (exp(rise) - 1) / rise is 1 to rounding, and 0/0 must be kept out
    mean = np.where(flat, 1.0, np.expm1(rise) / np.where(flat, 1.0, rise))
    return float(np.sum(np.exp(logs[:-1]) * mean * step))
