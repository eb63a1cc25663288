"""Which map of a file is meant: ``file.fits[SKYMAP][1 MeV]``.

Brackets narrow what the file holds, one after the other. A name is that of a map, a table or a column; an energy one of
a cube's; a number that of the HDU where it comes first, and counts planes from 0 after another bracket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from astropy import units

from profiles.contract.spelling import nearest
from skymodel.sky.reading.layouts import Plane

_BRACKETS = re.compile(r"(?P<file>.*?)(?P<choices>(?:\s*\[[^\[\]]*\])+)$", re.DOTALL)
_SHOWN = 8


class Address(NamedTuple):
    """A file, and what the brackets behind it say."""

    file: str
    choices: tuple[str, ...] = ()


def parsed(text: str | Path) -> Address:
    """Return the parts of an address.

    Examples
    --------
    >>> parsed("cube.fits[SKYMAP][1 MeV]")
    Address(file='cube.fits', choices=('SKYMAP', '1 MeV'))
    """
    found = _BRACKETS.fullmatch(str(text))
    if found is None or not found["file"] or Path(text).exists():
        return Address(str(text))
    return Address(found["file"], tuple(part.strip() for part in re.findall(r"\[([^\[\]]*)\]", found["choices"])))


def chosen(planes: Sequence[Plane], address: Address) -> Plane:
    """Return the plane that an address means: the first map of the file where it says nothing.

    Raises
    ------
    ValueError
        If it means none, or more than one; the message lists what there is.
    """
    if not address.choices:
        return _first(planes, address)
    left = [plane for plane in planes]
    for place, choice in enumerate(address.choices):
        narrowed = _narrowed(left, choice, first=place == 0)
        if not narrowed:
            raise ValueError(_nothing(left, choice, address))
        left = narrowed
    if len(left) > 1:
        raise ValueError(f"{_text(address)} is {len(left)} maps; choose one: {_listed(left)}")
    return left[0]


def _first(planes: Sequence[Plane], address: Address) -> Plane:
    """Return the first map, unless it is one energy of many: which of these is meant cannot be guessed."""
    first = planes[0]
    cube = [plane for plane in planes if plane.table.name == first.table.name and plane.energy is not None]
    if first.energy is not None and len(cube) > 1:
        raise ValueError(f"'{address.file}' holds {len(cube)} energies; choose one: {_listed(cube)}")
    return first


def _narrowed(planes: list[Plane], choice: str, *, first: bool) -> list[Plane]:
    if re.fullmatch(r"\d+", choice):
        number = int(choice)
        if first:
            return [plane for plane in planes if plane.table.number == number]
        return planes[number : number + 1]
    if (energy := _energy(choice)) is not None:
        return [plane for plane in planes if plane.energy is not None and plane.energy.holds(energy)]
    exact = [plane for plane in planes if choice == plane.name and choice != plane.table.name]
    return exact or [plane for plane in planes if choice.upper() in _names(plane)]


def _names(plane: Plane) -> tuple[str, ...]:
    return plane.name.upper(), plane.table.name.upper(), plane.column.upper()


def _energy(text: str) -> float | None:
    """Return the energy [MeV] that a text means, None if it means none."""
    if not re.match(r"[+-]?[\d.]", text):
        return None
    try:
        return float(units.Quantity(text).to_value("MeV"))
    except (ValueError, TypeError):
        return None


def _nothing(planes: Sequence[Plane], choice: str, address: Address) -> str:
    shown = choice[:60]
    hint = nearest(choice, (plane.name for plane in planes))
    return f"'{address.file}' holds no map {shown!r}; {hint}it holds {_listed(planes)}"


def _listed(planes: Sequence[Plane]) -> str:
    """Return the names of planes with their energies; where they do not tell them apart, the HDUs too."""
    tables = {plane.table.name: plane.table.number for plane in planes}
    apart = all(tables[plane.table.name] == plane.table.number for plane in planes)
    named = [plane for plane in planes if not plane.name.endswith("_ERROR")] or list(planes)
    shown = [(plane.name if apart else f"[{plane.table.number}] {plane.name}") + _band(plane) for plane in named]
    more = f", ... {len(shown)} in all" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _band(plane: Plane) -> str:
    if plane.energy is None:
        return ""
    low, high = plane.energy
    return f" [{low:g} MeV]" if low == high else f" [{low:g} to {high:g} MeV]"


def _text(address: Address) -> str:
    return f"'{address.file}'" + "".join(f"[{choice}]" for choice in address.choices)
