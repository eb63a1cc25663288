"""How maps add, subtract, multiply and divide: pixel by pixel, with their units and both kinds of error.

A numerical error is a bound, and bounds add; a measured error is a standard deviation, and those of two maps add in
quadrature, taken as independent. They stay apart. A pixel that is masked in either map is masked in the result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.pixelmap import Map, changed

PLAIN = units.dimensionless_unscaled


def operand(other: Any, like: Map) -> Map | None:
    """Return a number, a Quantity, a number with a bound, or a map as a map that combines with another; else None.

    Parameters
    ----------
    other
        What stands beside the map in an expression.
    like
        The map.

    Raises
    ------
    ValueError
        If a map has another resolution.
    """
    if isinstance(other, units.UnitBase):
        other = 1.0 * other
    if isinstance(other, type(like)):
        if other.nside != like.nside:
            raise ValueError(
                f"maps of nside {like.nside} and {other.nside} do not combine; bring one to the other: .regrid(nside)"
            )
        return other
    if isinstance(other, Bounded):
        return _constant(other.value, other.error, other.unit, like)
    if isinstance(other, units.Quantity):
        return _constant(other.value, 0.0, other.unit, like) if other.isscalar else None
    if isinstance(other, int | float | np.number) and not isinstance(other, bool):
        return _constant(other, 0.0, PLAIN, like)
    return None


def _constant(value: Any, error: float, unit: Any, like: Map) -> Map:
    return changed(
        like,
        values=np.broadcast_to(np.float64(value), like.values.shape),
        error=np.array(error),
        measured=np.array(0.0),
        unit=unit,
        name="",
    )


def added(first: Map, second: Map, sign: float = 1.0) -> Map:
    """Return first + sign * second, in the unit of the first.

    Raises
    ------
    ValueError
        If the units do not convert.
    """
    other = second if second.unit == first.unit else _alike(second, first)
    return _made(
        first,
        other,
        first.values + sign * other.values,
        first.error + other.error,
        _quadrature(first.measured, other.measured),
        first.unit,
    )


def _alike(second: Map, first: Map) -> Map:
    """Return what is to be added to a map in the unit of the map."""
    if second.unit.is_equivalent(first.unit):
        made: Map = second.to(first.unit)
        return made
    number = not second.name and np.ptp(second.values) == 0
    given = f"{second.values[0]:g} {second.unit}".rstrip() if number else called(second)
    if number and second.unit == PLAIN:
        raise ValueError(f"{given} has no unit, {called(first)} has one; write {given} * m.unit, where m is the map")
    raise ValueError(f"{given} and {called(first)} do not add; allowed: maps and Quantities in units that convert")


def called(sky: Map) -> str:
    """Return what messages call a map: its name, if it has one, and its unit."""
    name = f"the map {sky.name!r}" if sky.name else "the map"
    return f"{name} in [{sky.unit}]" if str(sky.unit) else f"{name} without a unit"


def multiplied(first: Map, second: Map) -> Map:
    """Return the product; units multiply."""
    a, b = np.abs(first.values), np.abs(second.values)
    error = a * second.error + first.error * (b + second.error)
    measured = _quadrature(b * first.measured, a * second.measured)
    return _made(first, second, first.values * second.values, error, measured, first.unit * second.unit)


def divided(first: Map, second: Map) -> Map:
    """Return the quotient; the error is infinite where the divisor may be zero within its bound, masked where it is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = first.values / second.values
        least = np.abs(second.values) - second.error
        error = np.where(least > 0, (first.error + np.abs(value) * second.error) / least, np.inf)
        measured = _quadrature(first.measured, value * second.measured) / np.abs(second.values)
    return _made(first, second, value, error, measured, first.unit / second.unit, dark=second.values == 0)


def _quadrature(first: Floats, second: Floats) -> Floats:
    return np.hypot(first, second)


def _made(first: Map, second: Map, value: Floats, error: Floats, measured: Floats, unit: Any, dark: Any = False) -> Map:
    hidden = first.masked | second.masked | dark
    kept = [np.where(hidden, UNSEEN, column) for column in (value, error)] if np.any(hidden) else [value, error]
    name = first.name or second.name
    return changed(
        first,
        values=kept[0],
        error=kept[1],
        measured=np.where(hidden, 0.0, measured),
        unit=unit,
        name=name,
        meta=first.meta,
    )
