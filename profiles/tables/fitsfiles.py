"""Opening a stranger's FITS file: whatever is wrong with it ends in one line, in bounded time and memory.

Before astropy sees a file, its structure is walked: each header must end, name the size of its data, and the data must
be there. So a truncated file, a header that lies and a pipe are refused with the file, the HDU and the card; what
astropy still stumbles over is reported with the HDU it happened in.
"""

from __future__ import annotations

import gzip
import io
import math
import os
import re
import stat
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

_BLOCK = 2880  # FITS pads headers and data to multiples of this many bytes
_MOST_HEADER = 2**24  # bytes of one header: a resolved configuration of a thousand components takes 1 MB
_MOST_UNPACKED = 2**30  # bytes of an unpacked .gz file, which is held in memory
_MOST_HDUS = 10_000
_BYTES = {"L": 1, "B": 1, "A": 1, "I": 2, "J": 4, "E": 4, "K": 8, "D": 8, "C": 8, "P": 8, "M": 16, "Q": 16}  # of TFORM
_BITPIX = (8, 16, 32, 64, -32, -64)
_PACKED = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip", b"\x1f\x9d": "compress"}
_EXPECTED = (ValueError, OSError)  # which say what is wrong by themselves


@contextmanager
def open_fits(path: str | Path) -> Iterator[Any]:
    """Yield the HDUs of a FITS file, plain or gzipped.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    OSError
        If there is no such file, or it may not be read.
    ValueError
        If it is no regular file, no FITS file, truncated, or its headers contradict it.
    """
    from astropy.io import fits

    source = _source(path)
    with _quiet(), guarded(f"'{path}'"):
        hdus = fits.open(source, memmap=isinstance(source, str), mode="readonly")
    try:
        with _quiet(), guarded(f"'{path}'"):  # astropy reads on while it is asked
            yield hdus
    finally:
        with _quiet():
            hdus.close()


@contextmanager
def guarded(label: str) -> Iterator[None]:
    """Turn whatever a library makes of a damaged file into a ValueError that begins with `label`."""
    try:
        yield
    except _EXPECTED as error:
        if label in str(error) or isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise ValueError(f"{label} cannot be read: {_brief(error)}") from error
    except Exception as error:  # astropy raises anything on a mutilated file, KeyError to struct.error
        raise ValueError(f"{label} cannot be read: {type(error).__name__}: {_brief(error)}") from error


def require_file(path: str | Path) -> int:
    """Return the size [bytes] of a regular file.

    Raises
    ------
    OSError, ValueError
        If it is not there, or is a folder, a pipe or a device, which might never end.
    """
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(f"'{path}' is a folder; give a file")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError(f"'{path}' is a pipe or a device; give a regular file")
    return found.st_size


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns of cards that it can read nevertheless
        yield


def _source(path: str | Path) -> str | io.BytesIO:
    """Return what astropy is to open: the path, or the unpacked bytes; its structure is sound."""
    size = require_file(path)
    with open(path, "rb") as stream:
        start = stream.read(8)
        stream.seek(0)
        if start[:2] != b"\x1f\x8b":
            _require_plain(path, start)
            _walk(stream, size, path)
            return str(path)
    content = _unpacked(path)
    _walk(content, len(content.getbuffer()), path)
    content.seek(0)
    return content


def _require_plain(path: str | Path, start: bytes) -> None:
    packer = next((name for magic, name in _PACKED.items() if start.startswith(magic)), None)
    if packer is not None:
        raise ValueError(f"'{path}' is packed by {packer}; unpack it first, or pack it with gzip")
    if not start.startswith(b"SIMPLE"):
        raise ValueError(f"'{path}' is no FITS file: it does not begin with the card SIMPLE")


def _unpacked(path: str | Path) -> io.BytesIO:
    too_large = f"'{path}' unpacks to more than {_MOST_UNPACKED / 2**30:g} GiB; unpack it first (gunzip)"
    if os.stat(path).st_size > _MOST_UNPACKED:
        raise ValueError(too_large)
    try:
        with gzip.open(path) as stream:
            content = stream.read(_MOST_UNPACKED + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"'{path}' is a damaged gzip file: {error}") from error
    if len(content) > _MOST_UNPACKED:
        raise ValueError(too_large)
    _require_plain(path, content[:8])
    return io.BytesIO(content)


class _Cards(NamedTuple):
    """What the structure of an HDU hangs on: values of cards as they are written, and a label for messages."""

    number: dict[str, str]
    label: str

    def whole(self, name: str, at_least: int) -> int:
        text = self.number.get(name)
        if text is None:
            raise ValueError(f"{self.label}: the card {name} is missing")
        if not re.fullmatch(r"[+-]?\d{1,18}", text) or int(text) < at_least:
            raise ValueError(f"{self.label}: {name} = {text[:40]}; allowed: a whole number >= {at_least}")
        return int(text)


def _walk(stream: IO[bytes], size: int, path: str | Path) -> None:
    """Raise ValueError unless each header ends and all data that the headers announce are in the file."""
    start = number = 0
    while start < size and number < _MOST_HDUS:
        label = f"'{path}', HDU {number}"
        text = _header(stream, start, size, label)
        if text is None:  # what follows the last HDU is none of ours, but astropy would read on in it
            if size - start > _MOST_HEADER:
                raise ValueError(f"'{path}' has {size - start} bytes after its last HDU; cut them off")
            return
        cards = _Cards(_structure(text, label), label)
        if text.startswith(b"XTENSION= 'BINTABLE'"):
            _require_room(cards)
        begin, data = start + len(text), _data_size(cards)
        if begin + data > size:
            raise ValueError(
                f"{label}: its header announces {data} bytes of data (NAXIS1, NAXIS2, ...) but {max(size - begin, 0)} "
                "are there; the file is truncated, or its header wrong"
            )
        start = begin + -(-data // _BLOCK) * _BLOCK
        number += 1


def _header(stream: IO[bytes], start: int, size: int, label: str) -> bytes | None:
    stream.seek(start)
    found = bytearray()
    while len(found) < min(_MOST_HEADER, size - start):
        block = stream.read(_BLOCK)
        if not found and not block.startswith((b"SIMPLE", b"XTENSION")):
            return None
        found += block
        if any(block[at : at + 8] == b"END     " for at in range(0, len(block), 80)):
            if not found.isascii():
                raise ValueError(f"{label}: its header holds bytes that are no ASCII")
            return bytes(found)
    raise ValueError(f"{label}: its header does not end (no card END in {len(found)} bytes)")


def _structure(text: bytes, label: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(text), 80):
        card = text[at : at + 80].decode("ascii")
        name, mark, value = card[:8].rstrip(), card[8:10], card[10:].partition("/")[0].strip()
        if mark == "= " and re.fullmatch(r"BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|TFORM\d+|GROUPS", name):
            found.setdefault(name, value)
        if mark == "= " and name == "EXTNAME" and not value.startswith("'"):
            raise ValueError(f"{label}: EXTNAME = {value[:40]}; allowed: a text")
    return found


def _data_size(cards: _Cards) -> int:
    bits = cards.whole("BITPIX", -64)
    if bits not in _BITPIX:
        raise ValueError(f"{cards.label}: BITPIX = {bits}; allowed: {', '.join(map(str, _BITPIX))}")
    if "TFIELDS" in cards.number and cards.whole("TFIELDS", 0) > 999:  # the standard's limit; astropy would count on
        raise ValueError(f"{cards.label}: TFIELDS = {cards.number['TFIELDS']}; allowed: at most 999")
    axes = cards.whole("NAXIS", 0)
    if axes > 999:
        raise ValueError(f"{cards.label}: NAXIS = {axes}; allowed: at most 999")
    lengths = [cards.whole(f"NAXIS{axis}", 0) for axis in range(1, axes + 1)]
    if axes and lengths[0] == 0 and "GROUPS" in cards.number:
        raise ValueError(f"{cards.label} holds random groups, which no map or grid is")
    extra = cards.whole("PCOUNT", 0) if "PCOUNT" in cards.number else 0
    groups = cards.whole("GCOUNT", 1) if "GCOUNT" in cards.number else 1
    return abs(bits) // 8 * groups * (extra + math.prod(lengths)) if axes else 0


def _require_room(cards: _Cards) -> None:
    """Raise ValueError if a table's columns do not fit in its rows: their elements would be counted to the end."""
    taken = 0
    for name, form in cards.number.items():
        found = re.match(r"'\s*(\d{0,18})([XLBAIJEKDCPMQ])", form)
        if name.startswith("TFORM") and found is not None:
            repeat = int(found[1] or 1)
            taken += -(-repeat // 8) if found[2] == "X" else repeat * _BYTES[found[2]]
    if taken > (room := cards.whole("NAXIS1", 0)):
        raise ValueError(f"{cards.label}: its columns (TFORM1, ...) take {taken} bytes of rows of NAXIS1 = {room}")


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
