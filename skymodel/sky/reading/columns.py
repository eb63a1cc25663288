"""The numbers of a FITS binary table: scaled, and nan wherever the file says that there is no value.

No value is what equals TNULL, BAD_DATA or UNSEEN, or is not finite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats, Ints
from profiles.tables.fitsfiles import guarded
from skymodel.sky.healpix import UNSEEN

_SINGLE = 1e-5  # relative: a sentinel written in single precision still equals its card


@dataclass(frozen=True)
class Table:
    """A binary table of a file.

    Parameters
    ----------
    hdu
        astropy's.
    file
        Path of the file.
    number
        Of the HDU, the primary being 0.
    """

    hdu: Any
    file: str
    number: int

    @property
    def name(self) -> str:
        """EXTNAME."""
        with guarded(f"'{self.file}', HDU {self.number}: the card EXTNAME"):
            return str(self.hdu.header.get("EXTNAME", "")).strip()

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"'{self.file}', HDU {self.number}" + (f" ({self.name})" if self.name else "")

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in order."""
        with guarded(self.label):
            return [str(name) for name in self.hdu.columns.names]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.hdu.header["NAXIS2"])

    def card(self, name: str) -> Any:
        """Return the value of a header card, None where there is none."""
        with guarded(f"{self.label}: the card {name}"):
            return self.hdu.header.get(name)

    def text(self, name: str) -> str | None:
        """Return a card as text without blanks around, None where there is none."""
        value = self.card(name)
        return None if value is None else str(value).strip()

    def whole(self, name: str) -> int | None:
        """Return a card that holds a whole number, None where there is none.

        Raises
        ------
        ValueError
            If the card holds anything else.
        """
        value = self.card(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise ValueError(f"{self.label}: {name} = {str(value)[:40]!r}; allowed: a whole number")
        return int(value)

    def holds_numbers(self, column: str) -> bool:
        """Whether a column holds real numbers, or true and false."""
        form = str(self.hdu.columns[column].format).lstrip("0123456789")
        return form[:1] in tuple("LBIJKED")

    def numbers(self, column: str) -> Floats:
        """Return a column as float64, flattened; nan where there is no value.

        Raises
        ------
        ValueError
            If it holds no numbers, or cannot be read.
        """
        about, raw = self._raw(column)
        if raw.dtype.kind in "iu":
            values = raw.astype(np.float64) * float(about.bscale or 1) + float(about.bzero or 0)
            bad = np.zeros(raw.shape, dtype=bool) if about.null in (None, "") else raw == int(about.null)
        else:
            values = raw.astype(np.float64) * float(about.bscale or 1) + float(about.bzero or 0)
            bad = ~np.isfinite(values)
        for sentinel in (UNSEEN, self._sentinel()):
            bad |= np.abs(values - sentinel) <= _SINGLE * abs(sentinel)
        return np.where(bad, np.nan, values)

    def integers(self, column: str) -> Ints:
        """Return a column of whole numbers, flattened, exactly.

        Raises
        ------
        ValueError
            If it holds anything else.
        """
        about, raw = self._raw(column)
        if raw.dtype.kind in "iu" and not about.bscale:
            return np.asarray(raw.astype(np.int64) + int(about.bzero or 0))
        values = self.numbers(column)
        if not np.array_equal(values, np.round(values)):
            raise ValueError(f"{self.label}: the column {column!r} holds numbers that are not whole")
        return values.astype(np.int64)

    def _raw(self, column: str) -> tuple[Any, Any]:
        """Return astropy's description of a column, and its numbers as the file has them, flattened."""
        if not self.holds_numbers(column):
            raise ValueError(f"{self.label}: the column {column!r} holds no numbers")
        with guarded(f"{self.label}: the column {column!r}"):
            about, rows = self.hdu.columns[column], self.hdu.data.view(np.ndarray)
            raw = rows[rows.dtype.names[self.columns.index(column)]].ravel()
            logical = str(about.format).lstrip("0123456789").startswith("L")
        return about, np.where(raw == ord("T"), 1.0, np.where(raw == ord("F"), 0.0, np.nan)) if logical else raw

    def _sentinel(self) -> float:
        value = self.card("BAD_DATA")
        return float(value) if isinstance(value, int | float) and np.isfinite(value) else UNSEEN
