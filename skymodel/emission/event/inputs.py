"""What may enter the formulas: numbers or Quantities come in, checked float arrays come out.

Each function raises a ValueError that names the parameter, the offending value and what is allowed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units
from numpy.typing import ArrayLike

from profiles.contract.arrays import Bools, Floats
from skymodel.emission.event.constants import ELECTRON_MASS


def plain(value: Any, unit: str, name: str) -> Floats:
    """Return `value`, a number, an array or a Quantity, as floats in `unit`."""
    if not isinstance(value, units.Quantity):
        return np.asarray(value, dtype=np.float64)
    try:
        return np.asarray(value.to_value(unit), dtype=np.float64)
    except units.UnitConversionError:
        raise ValueError(f"{name} is given in [{value.unit}]; give it in [{unit}] or a unit that converts") from None


def _require(good: Bools, values: Floats, name: str, allowed: str) -> Floats:
    if not np.all(good):
        culprit = np.ravel(values)[int(np.argmin(np.ravel(good)))]
        raise ValueError(f"{name} = {culprit}; allowed: {allowed}")
    return values


def photon_energy(k: Any) -> Floats:
    """Return photon energies [MeV], all finite."""
    energies = plain(k, "MeV", "photon energy k")
    return _require(np.isfinite(energies), energies, "photon energy k", "finite numbers [MeV]")


def above_mass(energy: Any, name: str = "mu") -> Floats:
    """Return positron energies or chemical potentials [MeV], all above the electron mass."""
    energies = plain(energy, "MeV", name)
    good = np.isfinite(energies) & (energies > ELECTRON_MASS)
    return _require(good, energies, name, f"finite numbers above the electron mass, {ELECTRON_MASS} MeV")


def not_negative(value: ArrayLike, name: str, unit: str = "") -> Floats:
    """Return numbers that are finite and at least 0."""
    numbers = plain(value, unit, name)
    return _require(np.isfinite(numbers) & (numbers >= 0), numbers, name, f"finite numbers >= 0 {unit}".strip())


def positive(value: ArrayLike, name: str, unit: str = "") -> Floats:
    """Return numbers that are finite and above 0."""
    numbers = plain(value, unit, name)
    return _require(np.isfinite(numbers) & (numbers > 0), numbers, name, f"finite numbers > 0 {unit}".strip())


def within(value: ArrayLike, name: str, low: float, high: float, meaning: str) -> Floats:
    """Return numbers from `low` to `high`; `meaning` explains the range in the error."""
    numbers = plain(value, "", name)
    return _require((numbers >= low) & (numbers <= high), numbers, name, f"{low:g} to {high:g}, {meaning}")


def fraction(value: ArrayLike, name: str) -> Floats:
    """Return numbers from 0 to 1; a measured fraction above 1 (1.08 +- 0.03, say) is to be given as 1."""
    numbers = plain(value, "", name)
    return _require((numbers >= 0) & (numbers <= 1), numbers, name, "numbers from 0 to 1")
