"""Units as files of many tools spell them, and numbers in dex or magnitudes made plain.

Photons are counted, not measured: they are left out, so that "ph cm-2 s-1" and "cm-2 s-1" are one unit.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats

_PLURALS = {"photons": "ph", "counts": "ct", "electrons": "electron"}  # which astropy does not know
_WORD = re.compile(rf"\b({'|'.join(_PLURALS)})\b", re.IGNORECASE)
_CMB = re.compile(r"\b([munµ]?)K_?CMB\b")  # kelvin of the CMB's thermodynamic temperature; of other kinds none is read
_FACTOR = re.compile(r"\s*[A-Za-z]+(?:(?:\^|\*\*)?\(?[+-]?\d+(?:\.\d+)?\)?)?\s*")  # one unit and its power


def read_unit(text: Any) -> Any:
    """Return the astropy unit that a text means, photons left out.

    Parameters
    ----------
    text
        A unit, or its name as FITS, OGIP, CDS and people write it; "dex(...)" and "mag(...)" are function units.

    Raises
    ------
    ValueError
        If it is not understood.

    Examples
    --------
    >>> read_unit("1/cm^2/s/sr") == read_unit("photons cm**-2 s-1 sr-1") == units.Unit("cm-2 s-1 sr-1")
    True
    >>> read_unit("uK_CMB") == units.uK
    True
    >>> read_unit("dex(ph cm-2)").physical_unit
    Unit("1 / cm2")
    """
    try:
        unit = units.Unit(spelled(text) if isinstance(text, str) else text)
    except (ValueError, TypeError) as error:
        shown = str(text)[:60]
        raise ValueError(f"the unit {shown!r} is not understood; astropy's spelling is 'cm-2 s-1 sr-1'") from error
    if isinstance(unit, units.function.FunctionUnitBase):
        return type(unit)(_without_photons(unit.physical_unit))
    return _without_photons(unit)


def plain(values: Floats, unit: Any) -> tuple[Floats, Any]:
    """Return numbers in a plain unit: those in dex, dB or magnitudes are raised to their power.

    Examples
    --------
    >>> values, unit = plain(np.array([2.0]), read_unit("dex(cm-3)"))
    >>> float(values[0]), str(unit)
    (100.0, '1 / cm3')
    """
    if not isinstance(unit, units.function.FunctionUnitBase):
        return values, unit
    with np.errstate(over="ignore"):
        return np.asarray(unit.to_physical(values), dtype=np.float64), unit.physical_unit


def spelled(text: str) -> str:
    """Return a unit's text as astropy reads it: singular words, one division."""
    found = _CMB.sub(r"\1K", _WORD.sub(lambda word: _PLURALS[word[0].lower()], text.strip()))
    over, *below = found.split("/")
    if len(below) > 1 and all(_FACTOR.fullmatch(factor) for factor in below):
        return f"{over.strip() or '1'} / ({' '.join(factor.strip() for factor in below)})"
    return found


def _without_photons(unit: units.UnitBase) -> units.UnitBase:
    if units.ph not in unit.bases:
        return unit
    kept = [(base, power) for base, power in zip(unit.bases, unit.powers, strict=True) if base != units.ph]
    return units.CompositeUnit(unit.scale, [base for base, _ in kept], [power for _, power in kept])
