"""FITS files of full-sky maps, written in pieces: the memory needed does not grow with the map.

Each column of numbers is a binary table of its own (the layout that healpy, gammapy, mhealpy and astropy all read).
The file is laid out first, pieces are put where they belong, and checksums are summed up on the way; it is written
beside its final name and renamed when it is whole. Nothing in it depends on when or where it was written.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from skymodel.output.files.whole import whole

_BLOCK = 2880  # FITS pads headers and data to multiples of this many bytes
_ONES = 0xFFFFFFFF
_PUNCTUATION = frozenset(range(0x3A, 0x41)) | frozenset(range(0x5B, 0x61))  # not allowed in CHECKSUM


@dataclass(frozen=True)
class Layer:
    """One column of numbers, in an HDU of its own.

    Parameters
    ----------
    name
        EXTNAME.
    column
        Name of the column.
    rows
        How many numbers.
    unit
        FITS-style unit.
    cards
        Further header cards, a value or (value, comment) each.
    """

    name: str
    column: str
    rows: int
    unit: str = ""
    cards: Mapping[str, Any] = field(default_factory=dict)


def write_layers(
    path: str | Path, layers: Sequence[Layer], pieces: Iterable[NDArray[Any]], primary: Mapping[str, Any]
) -> None:
    """Write layers of one length, piece by piece.

    Parameters
    ----------
    path
        The file; replaced as a whole if it exists.
    layers
        The HDUs, in order.
    pieces
        Arrays ``(len(layers), n)`` of successive numbers; the n of all pieces sum to the layers' length.
    primary
        Header cards of the primary HDU.

    Raises
    ------
    ValueError
        If the pieces do not fill the layers; no file is left.
    """
    with replacing(Path(path)) as stream:
        write_primary(stream, primary)
        slots = [_Slot(layer, stream) for layer in layers]
        for piece in pieces:
            if len(piece) != len(slots):
                raise ValueError(f"a piece holds {len(piece)} layers; allowed: {len(slots)}")
            for slot, numbers in zip(slots, piece, strict=True):
                slot.write(numbers)
        for slot in slots:
            slot.close()


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Yield a stream beside `path` that takes its place when all went well and vanishes otherwise."""
    with whole(path) as draft, draft.open("w+b") as stream:
        yield stream


def write_primary(stream: IO[bytes], cards: Mapping[str, Any]) -> None:
    """Write an empty primary HDU with some header cards."""
    from astropy.io import fits

    header = fits.PrimaryHDU().header
    header["EXTEND"] = (True, "the maps are in the extensions")
    header.update(_given(cards))
    stream.write(_with_checksum(header, 0))


class _Slot:
    """Where one layer lies in the file, and how far it is filled."""

    def __init__(self, layer: Layer, stream: IO[bytes]) -> None:
        self._layer, self._stream = layer, stream
        self._filled = self._sum = 0
        self._start = stream.seek(0, io.SEEK_END)
        self._header = _table_header(layer)
        stream.write(_with_checksum(self._header, 0))
        self._data = stream.tell()
        stream.truncate(self._data + _padded(8 * layer.rows))

    def write(self, numbers: NDArray[Any]) -> None:
        raw = np.ascontiguousarray(numbers, dtype=">f8")
        if self._filled + raw.size > self._layer.rows:
            raise ValueError(f"{self._layer.name}: more numbers came than the {self._layer.rows} of the layer")
        self._stream.seek(self._data + 8 * self._filled)
        self._stream.write(raw.tobytes())
        self._sum = _ones_sum(raw.view(">u4"), self._sum)
        self._filled += raw.size

    def close(self) -> None:
        if self._filled != self._layer.rows:
            raise ValueError(f"{self._layer.name}: {self._filled} numbers came; allowed: {self._layer.rows}")
        self._stream.seek(self._start)
        self._stream.write(_with_checksum(self._header, self._sum))


def _table_header(layer: Layer) -> Any:
    from astropy.io import fits

    column = fits.Column(name=layer.column, format="D", array=np.empty(0))
    header = fits.BinTableHDU.from_columns([column]).header
    header["EXTNAME"] = (layer.name, "name of the map")  # astropy's own `name` would lose the case
    header["NAXIS2"] = layer.rows
    header.set("TUNIT1", layer.unit, after="TFORM1")
    header.update(_given(layer.cards))
    return header


def _given(cards: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cards.items() if value is not None}


def _with_checksum(header: Any, data_sum: int) -> bytes:
    """Return the header's bytes with DATASUM and CHECKSUM, as the FITS standard (4.0, appendix J) has them."""
    header["DATASUM"] = (str(data_sum), "data unit checksum")
    header["CHECKSUM"] = ("0" * 16, "HDU checksum")
    text = header.tostring().encode("ascii")
    header["CHECKSUM"] = (_encoded(_ones_sum(np.frombuffer(text, ">u4"), data_sum)), "HDU checksum")
    return bytes(header.tostring().encode("ascii"))


def _ones_sum(words: NDArray[Any], start: int) -> int:
    """Return the 32-bit sum with the carries added back in."""
    total = start + int(words.sum(dtype=np.uint64))
    while total > _ONES:
        total = (total & _ONES) + (total >> 32)
    return total


def _encoded(total: int) -> str:
    """Return the 16 characters that bring the sum over the HDU to all ones: each byte is spread over four letters."""
    letters = np.zeros((4, 4), dtype=int)
    for place, byte in enumerate((_ONES - total).to_bytes(4, "big")):
        four = np.full(4, byte // 4 + ord("0"))
        four[0] += byte % 4
        for pair in (four[:2], four[2:]):
            while _PUNCTUATION & set(pair.tolist()):
                pair += (1, -1)
        letters[:, place] = four
    text = "".join(chr(letter) for letter in letters.ravel())
    return text[-1] + text[:-1]  # the value starts at byte 12 of its card, one short of a word


def _padded(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
