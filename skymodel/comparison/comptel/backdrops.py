"""What lies behind the signal in COMPTEL's windows, by name or as a spectrum: fixed as published, or with a free norm.

Beside the interstellar models there are the isotropic background and the unresolved sources (``data/rivals.yaml``).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backgrounds import NO_BACKGROUND, background, background_names
from skymodel.comparison.comptel.spectra import Measurement, comptel
from skymodel.datafiles import data_entries
from skymodel.emission.nuggets.rivals import PowerLaw

ISOTROPIC, SOURCES = "isotropic", "sources"


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A background in each window: its name, and for each measurement its means over the bins or a spectrum."""

    name: str
    spectra: tuple[Any, ...]


def backdrop_names() -> tuple[str, ...]:
    """Return the names that a fit knows."""
    return (*background_names(), ISOTROPIC, SOURCES)


def backdrops(given: Any, measured: Sequence[Measurement]) -> tuple[list[Backdrop], list[Backdrop]]:
    """Return the backgrounds that are fixed, and those with a free norm.

    Parameters
    ----------
    given
        None, a name, a table, a function of k; a list of them has free norms.
    measured
        The windows.
    """
    if isinstance(given, list | tuple):
        loose = [_made(each, measured, number) for number, each in enumerate(given)]
        repeated = [each.name for each in loose if sum(each.name == other.name for other in loose) > 1]
        if repeated:
            raise ValueError(f"the background {repeated[0]!r} is given twice: two norms of one shape are degenerate")
        return [], loose
    if given is None or (isinstance(given, str) and given == NO_BACKGROUND):
        return [], []
    return [_made(given, measured, 0)], []


def _made(given: Any, measured: Sequence[Measurement], number: int) -> Backdrop:
    if not isinstance(given, str):
        name = getattr(given, "name", "") or f"background {number + 1}"
        return Backdrop(name, tuple(given for _ in measured))
    if given == ISOTROPIC:
        return Backdrop(given, tuple(isotropic() for _ in measured))
    if given == SOURCES:
        return Backdrop(given, tuple(_sources(each) for each in measured))
    if given not in background_names() or given == NO_BACKGROUND:
        known = ", ".join(map(repr, backdrop_names()[1:]))
        raise ValueError(f"no background {given!r} to fit with; there are {known}, a table, or a function of k")
    return Backdrop(given, tuple(background(given, each) for each in measured))


@functools.cache
def isotropic() -> ScaledSpectrum:
    """Return the isotropic background, a power law.

    Examples
    --------
    >>> print(f"{25 * isotropic().density(5.0):.2e}")
    2.63e-03
    """
    entry = data_entries("rivals.yaml")["isotropic"]
    return ScaledSpectrum(entry["intensity"], PowerLaw(entry["index"], entry["pivot_MeV"]))


def _sources(measured: Measurement) -> Floats:
    """Return the unresolved sources in the bins of a window: a share of what COMPTEL measures in the innermost one."""
    share = data_entries("rivals.yaml")["unresolved_sources"]["share"]
    return np.full(len(measured.bins), share * float(np.mean(comptel().intensity)))


@dataclass(frozen=True)
class ScaledSpectrum:
    """A shape times a number: dPhi/dk [cm-2 s-1 sr-1 MeV-1]."""

    level: float
    shape: PowerLaw

    def density(self, k: Any) -> Floats:
        """Return dPhi/dk at photon energies `k` [MeV]."""
        return self.level * self.shape.density(k)
