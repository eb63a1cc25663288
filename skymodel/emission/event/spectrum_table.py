"""A spectrum given as a table: a user's background or rival, read with its units, interpolated, never extrapolated.

The table has one column of energies and one of intensities, per MeV or times k^2; their units tell which. Between two
rows the spectrum is a power law.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units
from numpy.typing import ArrayLike

from profiles.contract.arrays import Floats
from skymodel.emission.event.bands import Band
from skymodel.emission.event.inputs import photon_energy

E2I_UNIT = units.Unit("MeV cm-2 s-1 sr-1")
PER_ENERGY = units.Unit("cm-2 s-1 sr-1 MeV-1")


@dataclass(frozen=True)
class SpectrumTable:
    """A tabulated spectrum.

    Parameters
    ----------
    energies
        Photon energies ``(n,)`` [MeV], increasing, at least two.
    e2i
        k^2 dPhi/(dOmega dk) ``(n,)`` [MeV cm-2 s-1 sr-1], above 0.
    name
        What figures call it.

    Examples
    --------
    >>> flat = SpectrumTable(np.array([1.0, 10.0, 100.0]), np.array([0.01, 0.01, 0.02]), "mine")
    >>> print(f"{flat(5.0):.3f} {flat.log_mean(Band('X', 2.0, 5.0)):.3f}")
    0.010 0.010
    """

    energies: Floats
    e2i: Floats
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse gaps, wrong orders and numbers that are none."""
        k, values = np.asarray(self.energies, dtype=np.float64), np.asarray(self.e2i, dtype=np.float64)
        if k.ndim != 1 or k.shape != values.shape or k.size < 2:
            raise ValueError(f"{self._label}: {k.shape} energies, {values.shape} values; allowed: two rows or more")
        gaps = np.flatnonzero(~(np.isfinite(k) & np.isfinite(values) & (values > 0)))
        if gaps.size:
            raise ValueError(f"{self._label}: row {gaps[0]} is missing or not above 0; fill it, or leave the row out")
        if not (k[0] > 0 and np.all(np.diff(k) > 0)):
            raise ValueError(f"{self._label}: the energies do not increase; sort the rows and drop repeated ones")
        object.__setattr__(self, "energies", k)
        object.__setattr__(self, "e2i", values)

    @property
    def _label(self) -> str:
        return f"spectrum table {self.name!r}"

    def __call__(self, k: ArrayLike) -> Floats:
        """Return k^2 dPhi/(dOmega dk) [MeV cm-2 s-1 sr-1] at photon energies `k` [MeV] within the table."""
        k = photon_energy(k)
        self._require_covered(np.min(k), np.max(k))
        return np.asarray(np.exp(np.interp(np.log(k), np.log(self.energies), np.log(self.e2i))))[()]

    def log_mean(self, band: Band) -> float:
        """Return the mean of k^2 dPhi/(dOmega dk) over ln k in a band within the table, exactly.

        Parameters
        ----------
        band
            The energy band.
        """
        self._require_covered(band.low, band.high)
        inside = self.energies[(self.energies > band.low) & (self.energies < band.high)]
        nodes = np.concatenate([[band.low], inside, [band.high]])
        values, step = self(nodes), np.diff(np.log(nodes))
        rise = np.diff(np.log(values))
        flat = np.abs(rise) < 1e-9
        growth = np.where(flat, 1.0, np.expm1(rise) / np.where(flat, 1.0, rise))
        return float(values[:-1] * growth @ step / np.log(band.high / band.low))

    def _require_covered(self, low: float, high: float) -> None:
        first, last = self.energies[0], self.energies[-1]
        if low < first * (1 - 1e-12) or high > last * (1 + 1e-12):
            raise ValueError(
                f"{self._label} reaches from {first:g} to {last:g} MeV; {low:g} to {high:g} MeV lies beyond it"
            )


def read_spectrum(path: str | Path, *, energy: str = "E", intensity: str | None = None) -> SpectrumTable:
    """Return the spectrum in an ECSV table.

    Parameters
    ----------
    path
        The file.
    energy
        Name of the column of energies, with a unit of energy.
    intensity
        Name of the column of intensities, with a unit that converts to MeV cm-2 s-1 sr-1 (k^2 times the intensity) or
        to cm-2 s-1 sr-1 MeV-1. By default the first column that does.

    Raises
    ------
    ValueError
        If a column is missing, has no unit or another one, or the table has gaps.
    """
    from astropy.table import QTable

    table = QTable.read(Path(path), format="ascii.ecsv")
    label = f"spectrum table '{Path(path).name}'"
    k = _column(table, energy, [units.MeV], label)[0]
    names = [intensity] if intensity else [name for name in table.colnames if name != energy and _spectral(table[name])]
    if not names:
        raise ValueError(f"{label}: no column converts to [{E2I_UNIT}] or [{PER_ENERGY}]; columns: {table.colnames}")
    values, unit = _column(table, names[0], [E2I_UNIT, PER_ENERGY], label)
    return SpectrumTable(k, values if unit == E2I_UNIT else k * k * values, Path(path).stem)


def _spectral(column: Any) -> bool:
    unit = getattr(column, "unit", None)
    return unit is not None and any(unit.is_equivalent(target) for target in (E2I_UNIT, PER_ENERGY))


def _column(table: Any, name: str, targets: list[Any], label: str) -> tuple[Floats, Any]:
    if name not in table.colnames:
        raise ValueError(f"{label}: no column {name!r}; columns: {', '.join(table.colnames)}")
    column = table[name]
    for target in targets:
        if getattr(column, "unit", None) is not None and column.unit.is_equivalent(target):
            plain = column.filled(np.nan) if hasattr(column, "filled") else column
            return np.asarray(plain.to_value(target), dtype=np.float64), target
    allowed = " or ".join(f"[{target}]" for target in targets)
    raise ValueError(f"{label}: column {name!r} has the unit [{getattr(column, 'unit', None)}]; give it in {allowed}")
