"""What the fields of a density hold: each declares its unit and range, which makes the fields the schema.

Annotate a field with one of the types below, or with ``Annotated[float, Kind(...)]``. A Quantity given for it is
converted, a number out of range refused, and a configuration must state the unit.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, replace
from decimal import Decimal
from numbers import Real
from typing import Annotated, Any, get_type_hints

from astropy import units

MASS_DENSITY = units.Unit("GeV cm-3")
NUMBER_DENSITY = units.Unit("cm-3")


@dataclass(frozen=True)
class Kind:
    """What a field of a density holds: its unit, its open or closed range, whether it is the amplitude.

    Parameters
    ----------
    unit
        Unit of the plain float ("" for a pure number).
    above, at_least, below
        Exclusive lower bound, inclusive lower bound, exclusive upper bound.
    amplitude
        Whether the density is proportional to this field, which then carries the density's unit.
    """

    unit: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    amplitude: bool = False

    def require(self, owner: str, name: str, value: Any) -> None:
        """Raise ValueError unless `value`, when it is a plain number, is finite and within the range."""
        if not isinstance(value, Real):
            return
        number = float(value)
        inside = (
            number - number == 0
            and (self.above is None or number > self.above)
            and (self.at_least is None or number >= self.at_least)
            and (self.below is None or number < self.below)
        )
        if not inside:
            raise ValueError(f"{owner}.{name} = {value} {self.unit}".rstrip() + f"; allowed: {self._range()}")

    def _range(self) -> str:
        bounds = [("> ", self.above), (">= ", self.at_least), ("< ", self.below)]
        text = " and ".join(f"{sign}{bound:g}" for sign, bound in bounds if bound is not None)
        return f"a finite number {text}".rstrip()


MassDensity = Annotated[float, Kind("GeV cm-3", at_least=0.0, amplitude=True)]
NumberDensity = Annotated[float, Kind("cm-3", at_least=0.0, amplitude=True)]
Mass = Annotated[float, Kind("Msun", at_least=0.0)]
SurfaceDensity = Annotated[float, Kind("Msun kpc-2", at_least=0.0)]
Length = Annotated[float, Kind("kpc", above=0.0)]
Coordinate = Annotated[float, Kind("kpc")]
LengthOrZero = Annotated[float, Kind("kpc", at_least=0.0)]
Angle = Annotated[float, Kind("deg")]
Positive = Annotated[float, Kind("", above=0.0)]
Number = Annotated[float, Kind("")]
InnerSlope = Annotated[float, Kind("", below=3.0)]  # a steeper centre holds infinite mass


@functools.cache
@functools.cache
def field_kinds(cls: type) -> dict[str, Kind]:
    """Return the kind of each field of a density class, by name; fields without a kind are left out."""
    found: dict[str, Kind] = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        kinds = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Kind)]
        if kinds:
            found[name] = kinds[0]
    return found


def in_plain(value: units.Quantity, target: Any) -> float:
    """Return the number of a Quantity in another unit, mass and energy being one; powers of ten cost no digit.

    Examples
    --------
    >>> in_plain(20.8 * units.pc, units.kpc), in_plain(9 * units.keV, units.MeV)
    (0.0208, 0.009)
    """
    number = float(value.to_value(target, equivalencies=units.mass_energy()))
    factor = float((1.0 * value.unit).to_value(target, equivalencies=units.mass_energy()))
    power = round(math.log10(factor)) if factor > 0 else 0
    if power and math.isfinite(number) and abs(factor * 10.0**-power - 1) < 1e-14:
        return float(Decimal(repr(float(value.value))).scaleb(power))
    return number


def require_given(owner: str, name: str, kind: Any, value: Any) -> None:
    """Raise ValueError unless what a constructor was given, a number or a Quantity, is in the range of a field's type.

    Examples
    --------
    >>> require_given("DwekBar", "mass", Mass, 2e10 * units.Msun)
    """
    (found,) = kind.__metadata__
    given = value if isinstance(value, units.Quantity) else units.Quantity(value, found.unit)
    known = found.unit if given.unit == units.Unit(found.unit) else str(given.unit)
    replace(found, unit=known).require(owner, name, float(given.value))


def convert(value: units.Quantity, targets: list[Any], label: str) -> tuple[float, Any]:
    """Return the number and the first of the target units [mass and energy being one] that fits a Quantity."""
    for target in targets:
        try:
            return in_plain(value, target), target
        except units.UnitConversionError:
            continue
    allowed = " or ".join(dict.fromkeys(f"[{target}]" for target in targets))
    raise ValueError(f"{label} = {value} has the wrong dimension; give it in {allowed.replace('[]', 'no unit')}")
