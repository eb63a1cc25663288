"""Which pixels and planes a HEALPix table holds, by the conventions in use.

Pixels are implicit (all, or FIRSTPIX to LASTPIX), explicit (the first column, as healpy has it), SPARSE (PIX, CHANNEL,
VALUE; what is not stored is zero, as gammapy has it) or multi-order (NUNIQ). A plane is a column, an element of a
column of vectors (GALPROP's), or a channel of a sparse table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Ints
from skymodel.sky.healpix import require_nside
from skymodel.sky.reading.columns import Table

_INDEX = ("PIXEL", "PIX", "PIX_INDEX", "PIXEL_INDEX", "HPX_INDEX", "IPIX", "HPXPIXEL", "INDEX")
_LARGEST = 2**29  # bytes of a map of the whole sky that any file may fill: nside 2048
_MOST = 10_000  # maps in one column: more are a wrong NSIDE, and each has a name and an energy of its own
_PER_BYTE = 64  # beyond that, bytes of map for each byte of table


class Energy(NamedTuple):
    """Where in photon energy [MeV] a plane lies: a band from low to high, or one energy."""

    low: float
    high: float

    def holds(self, energy: float) -> bool:
        """Whether an energy [MeV] is meant: inside the band, or the same to 1e-3."""
        close = 1e-3 * self.low
        return self.low - close <= energy <= self.high + close


@dataclass(frozen=True)
class Plane:
    """One map of a table.

    Parameters
    ----------
    name
        Unlike any other plane's of the file.
    table
        Where it is.
    column
        Name of the column.
    element
        Which element of each vector, or which channel; None for a plain column.
    energy
        Where in energy it lies, if the file says so.
    """

    name: str
    table: Table
    column: str
    element: int | None = None
    energy: Energy | None = None


def is_healpix(table: Table) -> bool:
    """Whether a table says that it holds a HEALPix map."""
    sized = table.card("NSIDE") is not None or table.card("ORDER") is not None or multi_order(table)
    return sized and (table.text("PIXTYPE") == "HEALPIX" or _ordering(table) != "")


def nside(table: Table) -> int:
    """Return the resolution; of a multi-order table that of its finest pixels.

    Raises
    ------
    ValueError
        If the header does not say it, or a map of it would take much more memory than the table.
    """
    found = _nside(table)
    size, stored = 8 * 12 * found**2, table.rows * int(table.hdu.header["NAXIS1"])
    if size > max(_LARGEST, _PER_BYTE * stored):
        raise ValueError(
            f"{table.label}: nside {found} is a map of {size / 2**30:.3g} GiB, of which the table holds {table.rows} "
            "rows; degrade it first"
        )
    return found


def _nside(table: Table) -> int:
    if multi_order(table):
        return int(2 ** _unique(table)[0].max())
    given, order = table.whole("NSIDE"), table.whole("ORDER")
    if given is None and order is not None and 0 <= order <= 29:
        given = 2**order
    if given is None:
        raise ValueError(f"{table.label} does not say its resolution (the card NSIDE)")
    try:
        return require_nside(given)
    except ValueError as error:
        raise ValueError(f"{table.label}: {error}") from None


def nested(table: Table) -> bool:
    """Whether the pixels are counted in the NESTED scheme.

    Raises
    ------
    ValueError
        If the header says neither RING nor NESTED.
    """
    ordering = _ordering(table)
    if ordering not in ("RING", "NESTED", "NEST", "NUNIQ"):
        raise ValueError(f"{table.label} has ORDERING = {ordering!r}; allowed: 'RING', 'NESTED' or 'NUNIQ'")
    return ordering != "RING"


def multi_order(table: Table) -> bool:
    """Whether the pixels are of several sizes, numbered by NUNIQ."""
    return _ordering(table) == "NUNIQ"


def columns(table: Table) -> Iterator[tuple[str, int | None]]:
    """Yield each plane of a table: its column, and which element or channel of it."""
    if _scheme(table) == "SPARSE" and _sparse(table, "CHANNEL") is not None:
        value = _sparse(table, "VALUE")
        if value is None:
            raise ValueError(f"{table.label}: INDXSCHM = 'SPARSE' wants the columns PIX, CHANNEL and VALUE")
        channels = np.unique(table.integers(_required(table, "CHANNEL")))
        yield from ((value, int(channel)) for channel in channels)
        return
    index, size = _index(table), _stored(table)
    for name in table.columns:
        if name == index or not table.holds_numbers(name):
            continue
        length = _length(table, name)
        if length == size:
            yield name, None
        elif size and length % size == 0 and 0 < length <= _MOST * size:
            yield from ((name, element) for element in range(length // size))
        else:
            raise ValueError(
                f"{table.label}: {length} numbers in the column {name!r}, for {size} pixels of nside {nside(table)}; "
                f"allowed: whole maps, up to {_MOST:,}"
            )


def values(plane: Plane) -> Floats:
    """Return a plane over the whole sky ``(12 nside^2,)`` in its file's frame, RING ordered, nan where nothing is.

    Raises
    ------
    ValueError
        If pixel numbers are out of range or come twice.
    """
    import healpy

    table = plane.table
    if multi_order(table):
        return _multi_order(plane)
    resolution = nside(table)
    pixels, numbers, elsewhere = _held(plane, resolution)
    _require_pixels(pixels, resolution, table)
    whole = np.full(12 * resolution**2, elsewhere)
    whole[pixels] = numbers
    return np.asarray(healpy.reorder(whole, n2r=True) if nested(table) else whole, dtype=np.float64)


def _held(plane: Plane, resolution: int) -> tuple[Ints, Floats, float]:
    """Return the pixels that a plane holds, their values, and the value of those that it does not hold."""
    table = plane.table
    numbers = table.numbers(plane.column)
    if _scheme(table) == "SPARSE":
        pixels = table.integers(_required(table, "PIX"))
        if plane.element is not None:
            mine = table.integers(_required(table, "CHANNEL")) == plane.element
            pixels, numbers = pixels[mine], numbers[mine]
        return pixels, numbers, 0.0
    index = _index(table)
    first = 0 if index else (table.whole("FIRSTPIX") or 0)
    pixels = table.integers(index) if index else first + np.arange(_stored(table))
    if plane.element is not None:
        numbers = numbers.reshape(pixels.size, -1)[:, plane.element]
    return pixels, numbers, np.nan


def _require_pixels(pixels: Ints, resolution: int, table: Table) -> None:
    npix = 12 * resolution**2
    outside = pixels[(pixels < 0) | (pixels >= npix)]
    if outside.size:
        raise ValueError(
            f"{table.label}: {outside.size} pixel numbers are out of range, the first {outside[0]}; allowed: 0 to "
            f"{npix - 1} at nside {resolution}"
        )
    sorted_pixels = np.sort(pixels)
    twice = sorted_pixels[1:][sorted_pixels[1:] == sorted_pixels[:-1]]
    if twice.size:
        raise ValueError(f"{table.label}: {twice.size} pixel numbers come more than once, the first {twice[0]}")


def _ordering(table: Table) -> str:
    return (table.text("ORDERING") or "").upper()


def _scheme(table: Table) -> str:
    return (table.text("INDXSCHM") or "").upper()


def _sparse(table: Table, name: str) -> str | None:
    return next((column for column in table.columns if column.upper() == name), None)


def _required(table: Table, name: str) -> str:
    found = _sparse(table, name)
    if found is None:
        raise ValueError(f"{table.label}: INDXSCHM = 'SPARSE' wants the column {name}; it has {table.columns}")
    return found


def _index(table: Table) -> str | None:
    """Return the column of pixel numbers; None where they are implicit."""
    scheme, first = _scheme(table), table.columns[0] if table.columns else ""
    if scheme == "SPARSE":
        return _required(table, "PIX")
    if scheme == "EXPLICIT" or multi_order(table):
        return first
    partial = (table.text("OBJECT") or "").upper() == "PARTIAL" and table.card("LASTPIX") is None
    return first if first.upper() in _INDEX or (scheme == "" and partial) else None


def _stored(table: Table) -> int:
    """Return how many pixels a table holds values of."""
    index = _index(table)
    if index is not None:
        return _length(table, index)
    npix = 12 * nside(table) ** 2
    first, last = table.whole("FIRSTPIX"), table.whole("LASTPIX")
    if first is None or last is None or not 0 <= first <= last < npix:
        return npix
    return last - first + 1


def _length(table: Table, column: str) -> int:
    repeat = "".join(c for c in str(table.hdu.columns[column].format).partition(" ")[0] if c.isdigit())
    return table.rows * int(repeat or 1)


def _unique(table: Table) -> tuple[Ints, Ints]:
    """Return the orders and the NESTED numbers of the pixels of a multi-order table: uniq = 4^(order + 1) + number."""
    uniq = table.integers(table.columns[0])
    if uniq.size == 0 or uniq.min() < 4:
        raise ValueError(f"{table.label}: the column {table.columns[0]!r} holds no NUNIQ pixels, which are 4 or more")
    order = (np.frexp(uniq.astype(np.float64))[1] - 1) // 2 - 1
    return order.astype(np.int64), uniq - (4 << (2 * order.astype(np.int64)))


def _multi_order(plane: Plane) -> Floats:
    """Return a multi-order plane at its finest resolution; a coarse pixel's value holds for all that it contains."""
    import healpy

    table = plane.table
    order, number = _unique(table)
    resolution = nside(table)
    numbers, finest = table.numbers(plane.column), int(order.max())
    whole = np.full(12 * resolution**2, np.nan)
    filled = np.zeros(whole.size, dtype=bool)
    for level in np.unique(order):
        mine = order == level
        _require_pixels(number[mine], 2 ** int(level), table)
        places = number[mine]
        blocks, seen = (part.reshape(12 * 4 ** int(level), 4 ** (finest - int(level))) for part in (whole, filled))
        if seen[places].any():
            raise ValueError(f"{table.label}: multi-order pixels overlap")
        blocks[places], seen[places] = numbers[mine][:, None], True
    return np.asarray(healpy.reorder(whole, n2r=True), dtype=np.float64)
