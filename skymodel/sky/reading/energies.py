"""Where in photon energy the planes of a table lie: the HDU of its bands, or cards of its header."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from skymodel.sky.reading.columns import Table
from skymodel.sky.reading.layouts import Energy

_EDGES = ("E_MIN", "E_MAX")
_CENTRES = ("ENERGY", "ENERGIES", "E", "MEV")
_UNSAID = {"EBOUNDS": "keV"}  # the OGIP standard's unit; that of the others' is MeV
_IN_WORDS = re.compile(r"\b([kMGT]?eV|J|erg)\b")


def energies(table: Table, count: int, tables: Sequence[Table], creator: str) -> list[Energy | None]:
    """Return where each of the `count` planes of a table lies, None where the file does not say.

    Parameters
    ----------
    table
        Whose planes.
    tables
        All tables of the file.
    creator
        What the file's primary header says about who wrote it; HERMES's energies are in joules.
    """
    bands = next((other for other in _candidates(table, tables) if other.rows == count), None)
    if bands is not None and (found := _from_bands(bands)):
        return list(found)
    own = _from_cards(table, creator)
    return [own if count == 1 else None] * count


def _candidates(table: Table, tables: Sequence[Table]) -> list[Table]:
    """Return the tables that may hold the bands, the one that the header names first."""
    named = [table.text("BANDSHDU"), f"{table.name}_BANDS", "ENERGIES", "EBOUNDS"]
    return [other for name in named if name for other in tables if other.name.upper() == name.upper()]


def _from_bands(bands: Table) -> list[Energy]:
    low, high = (_column(bands, (name,)) for name in _EDGES)
    if low is None or high is None:
        low = high = _column(bands, _CENTRES)
    if low is None or high is None:
        return []
    return [_energy(bands, float(a), float(b)) for a, b in zip(low, high, strict=True)]


def _column(bands: Table, names: tuple[str, ...]) -> Floats | None:
    name = next((column for column in bands.columns if column.upper() in names and bands.holds_numbers(column)), None)
    if name is None:
        return None
    unit = bands.hdu.columns[name].unit or _UNSAID.get(bands.name.upper(), "MeV")
    try:
        values = np.asarray(bands.numbers(name) * units.Unit(unit).to("MeV"))
    except (ValueError, TypeError):
        return None
    return values if values.size == bands.rows else None


def _from_cards(table: Table, creator: str) -> Energy | None:
    edges = [table.card(name) for name in _EDGES]
    if all(_is_number(edge) for edge in edges):
        scale = _unit(table, "E_MIN", "MeV")
        return _energy(table, *(float(edge) * scale for edge in edges))
    at = table.card("ENERGY")
    if not _is_number(at):
        return None
    scale = _unit(table, "ENERGY", "J" if "HERMES" in creator.upper() else "")
    return _energy(table, float(at) * scale, float(at) * scale) if scale else None


def _is_number(card: Any) -> bool:
    return isinstance(card, int | float) and not isinstance(card, bool)


def _energy(table: Table, low: float, high: float) -> Energy:
    if not (0 <= low <= high and low < math.inf):
        raise ValueError(f"{table.label}: energies from {low:g} to {high:g} MeV; allowed: 0 <= low <= high")
    return Energy(low, high)


def _unit(table: Table, card: str, default: str) -> float:
    """Return how many MeV the unit is in a card's comment, or else the default; 0 without either."""
    comment: Any = table.hdu.header.comments[card]
    word = _IN_WORDS.search(str(comment))
    name = word[1] if word else default
    return float(units.Unit(name).to("MeV")) if name else 0.0
