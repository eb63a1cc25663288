"""COMPTEL's points against a background alone and against background plus nuggets: pulls and chi-squares.

The background curve of the paper's figure 1 (its reference 24) was not found in numbers; published GALPROP models stand
in, and they differ by more than COMPTEL's errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.backgrounds import background, background_curve, background_names
from skymodel.comparison.comptel.spectra import comptel
from skymodel.emission.event.bands import Band
from skymodel.emission.event.origins import SpectralModel
from skymodel.emission.event.spectrum_table import SpectrumTable

UNIT = "MeV cm-2 s-1 sr-1"


class Background(NamedTuple):
    """A background: its curve in pieces (energies [MeV], k^2 intensity), and its mean in each of COMPTEL's bins."""

    name: str
    pieces: tuple[tuple[Floats, Floats], ...]
    bins: Floats


def galprop_backgrounds() -> tuple[Background, ...]:
    """Return the shipped models of COMPTEL's window, the steps of their tables smoothed in what is drawn."""
    found = []
    for name in background_names()[1:]:
        curve = background_curve(name)
        found.append(Background(f"GALPROP {name}", ((curve.energies, curve.e2i),), background(name, comptel())))
    return tuple(found)


def own_background(table: SpectrumTable) -> Background:
    """Return a user's table as a background; it must reach over all of COMPTEL's bins.

    Parameters
    ----------
    table
        For example from :func:`~skymodel.emission.event.spectrum_table.read_spectrum`.
    """
    bins = np.array([table.log_mean(Band("bin", *edges)) for edges in comptel().bins])
    return Background(table.name, ((table.energies, table.e2i),), bins)


@dataclass(frozen=True)
class Confrontation:
    """COMPTEL's points against a background alone and against background plus nuggets.

    Parameters
    ----------
    background
        The background.
    nuggets
        Mean over ln k of the nuggets' k^2 intensity in each bin [MeV cm-2 s-1 sr-1].
    """

    background: Background
    nuggets: Floats

    def pulls(self, with_nuggets: bool) -> Floats:
        """Return (point - model) / error of each bin; the errors are systematic, so they are not independent."""
        model = self.background.bins + (self.nuggets if with_nuggets else 0.0)
        return np.asarray((np.array(comptel().intensity) - model) / np.array(comptel().error))

    def chi_square(self, with_nuggets: bool) -> float:
        """Return the sum of the squared pulls."""
        return float(np.sum(self.pulls(with_nuggets) ** 2))


def confront(model: SpectralModel, backgrounds: Sequence[Background], window: float = 1.0) -> list[Confrontation]:
    """Return COMPTEL's points against each background, with and without nuggets.

    Parameters
    ----------
    model
        What the nuggets radiate.
    backgrounds
        The backgrounds.
    window
        Window factor; 1 as in the paper.
    """
    nuggets = window * np.array([model.log_mean(Band("bin", *edges)) for edges in comptel().bins])
    return [Confrontation(entry, nuggets) for entry in backgrounds]


def confrontation_table(model: SpectralModel, backgrounds: Sequence[Background], windows: Sequence[float]) -> Any:
    """Return a QTable: a row for each window factor, background and bin, with pulls and chi-squares.

    Parameters
    ----------
    model
        What the nuggets radiate.
    backgrounds
        The backgrounds.
    windows
        Window factors.
    """
    from astropy import units
    from astropy.table import QTable

    names = "W background E_lo E_hi point error background_mean nuggets pull_without pull_with chi2_without chi2_with"
    rows: list[tuple[Any, ...]] = []
    for window in windows:
        for entry in confront(model, backgrounds, window):
            scores = entry.chi_square(False), entry.chi_square(True)
            columns = comptel().intensity, comptel().error, entry.background.bins, entry.nuggets
            pulls = entry.pulls(False), entry.pulls(True)
            rows += [
                (window, entry.background.name, *edges, *numbers, *scores)
                for edges, *numbers in zip(comptel().bins, *columns, *pulls, strict=True)
            ]
    table = QTable(rows=rows, names=names.split())
    for name in ("E_lo", "E_hi"):
        table[name].unit = units.MeV
    for name in ("point", "error", "background_mean", "nuggets"):
        table[name].unit = units.Unit(UNIT)
    table.meta["note"] = "errors are dominated by systematics: chi-squares compare models, they are no probabilities"
    return table
