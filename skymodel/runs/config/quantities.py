"""Quantities as a configuration writes them: text with a mandatory unit in a file, a float of one fixed unit inside.

``Annotated[float, WithUnit("kpc", above=0)]`` reads "8.2 kpc", "8200 pc" or a Quantity, refuses a bare number and a
wrong dimension, and is written back as "8.2 kpc".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from astropy import units
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from profiles.contract.fields import in_plain
from profiles.tables.unitwords import spelled


@dataclass(frozen=True)
class WithUnit:
    """The unit and the range of a configured number.

    Parameters
    ----------
    unit
        Unit of the float inside, and of the text written back.
    above, at_least
        Exclusive and inclusive lower bound, in `unit`.
    """

    unit: str
    above: float | None = None
    at_least: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to read and write through this object."""
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Tell an editor what is written: a text with a unit."""
        return {"type": "string", "description": f"a number with its unit, in any unit of [{self.unit}]"}

    def read(self, value: Any) -> float:
        """Return the number in `unit` of a text with a unit or of a Quantity.

        Raises
        ------
        ValueError
            If the unit is missing, unknown or of another dimension, or if the number is out of range.

        Examples
        --------
        >>> WithUnit("kpc", above=0).read("8200 pc")
        8.2
        """
        quantity = self._quantity(value)
        try:
            quantity.to(self.unit)  # mass is no energy here
            number = in_plain(quantity, units.Unit(self.unit))
        except units.UnitConversionError:
            raise ValueError(f"{value} has the wrong dimension; give it in [{self.unit}]") from None
        self._check(number)
        return number

    def write(self, number: float | None) -> str | None:
        """Return the text that reads back as `number`."""
        return None if number is None else f"{number!r} {self.unit}"

    def _quantity(self, value: Any) -> units.Quantity:
        if isinstance(value, str):
            value = self._parse(value)
        if not isinstance(value, units.Quantity) or value.unit == units.dimensionless_unscaled:
            raise ValueError(f"{value} has no unit; write for example '{self._example(value)} {self.unit}'")
        # Photons are counted, not measured: "ph cm-2 s-1 sr-1" is accepted and means "cm-2 s-1 sr-1".
        return value / units.ph if units.ph in value.unit.bases else value

    def _parse(self, text: str) -> units.Quantity:
        try:
            return units.Quantity(spelled(text))
        except (TypeError, ValueError):
            raise ValueError(
                f"'{text}' is not a number with a unit; write for example '{self._example(text)} {self.unit}'"
            ) from None

    @staticmethod
    def _example(value: Any) -> str:
        try:
            return f"{float(value):g}"
        except (TypeError, ValueError):
            return "1"

    def _check(self, number: float) -> None:
        bounds = [(">", self.above), (">=", self.at_least)]
        inside = math.isfinite(number) and not (self.above is not None and number <= self.above)
        if not inside or (self.at_least is not None and number < self.at_least):
            text = " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
            raise ValueError(f"{number:g} {self.unit} is out of range; allowed: a finite number {text}".rstrip())
