"""Named arrays with units from a file of any kind in use: text tables, FITS tables, NumPy, HDF5, zarr.

What is asked of a file is decided in :mod:`profiles.tables.radial` and :mod:`profiles.tables.cubefiles`. A unit comes
from the file's own description, from brackets behind a name (``r [kpc]``), or from the entries ``unit`` and
``length_unit``.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from profiles.tables.fitsfiles import guarded, open_fits, require_file

_LARGEST_TEXT = 2**27  # bytes: some two million rows
_LARGEST_ARRAYS = 2**31
_WITH_UNIT = re.compile(r"\s*(?P<name>[^\[(]+?)\s*[\[(](?P<unit>[^\])]*)[\])]\s*")
# how names of columns begin: of lengths and places, of densities, of what stands beside them
_USUAL = re.compile(r"([xyzrn]|col\d+)$|[rn]_|log|lg|rad|dist|rho|dens|val|mass|vel|err|sig|n_?e$", re.IGNORECASE)
_SAID = ("unit", "length_unit")  # entries that are units and no arrays


class Column(NamedTuple):
    """One array of a file: its numbers, nan where it holds none, and its unit if the file says it."""

    values: Any
    unit: str | None


class Arrays(NamedTuple):
    """What a file holds.

    Parameters
    ----------
    columns
        Arrays by name, in the file's order.
    said
        The entries ``unit`` and ``length_unit``, where there are some.
    """

    columns: Mapping[str, Column]
    said: Mapping[str, str]


def read_arrays(file: str, asked: Collection[str] = ()) -> Arrays:
    """Return the arrays of a file; those of a text without names are ``col1``, ``col2``, ...

    Parameters
    ----------
    file
        Its path.
    asked
        Names that columns may have beside the usual ones: a remark that holds none of either is no row of names.

    Raises
    ------
    OSError
        If it is not there.
    ValueError
        If it is damaged, of no known kind, or needs a library that is not installed.
    """
    path = Path(file)
    if path.is_dir():
        return _zarr(file)
    size = require_file(file)
    reader = next((reader for endings, reader in _READERS.items() if path.name.lower().endswith(endings)), None)
    if reader is None:
        raise ValueError(f"'{file}' is of no known kind; allowed: {', '.join(KINDS)}, or a zarr folder")
    if size > (_LARGEST_TEXT if reader is _text else _LARGEST_ARRAYS):
        raise ValueError(f"'{file}' has {size / 2**30:.3g} GiB, more than is read; cut it or pack it as .npz")
    with guarded(f"'{file}'"):
        return reader(file) if reader is not _text else _text(file, asked)


def described(file: str | Path, *, sha256: str | None, **units_said: Any) -> tuple[tuple[str, str], ...]:
    """Return what a configuration says of a file besides its path: its digest, and units that it does not state.

    Raises
    ------
    ValueError
        If the file is not the one of the digest `sha256`.
    """
    path, said = Path(file), [(name, str(value)) for name, value in units_said.items() if value is not None]
    if not path.is_file():
        return tuple(said)
    require_file(file)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if sha256 is not None and sha256.removeprefix("sha256:") != digest:
        raise ValueError(f"'{file}' is no longer the file that was meant: its sha256 is {digest}, not {sha256[:80]}")
    return (*said, ("sha256", f"sha256:{digest}"))  # with its name, lest anybody takes the digits for a number


def _text(file: str, asked: Collection[str] = ()) -> Arrays:
    with open(file, "rb") as stream:
        start = stream.read(2**16)
    if b"\0" in start:
        raise ValueError(f"'{file}' is no text")
    try:
        table = _text_table(file, start.decode("utf-8", "replace").splitlines())
    except Exception as error:  # astropy's guesses fail in many ways, the message lists them all
        raise ValueError(f"'{file}' is no table that astropy reads as text: {type(error).__name__}") from error
    return _of_table(_without_remarks(table, start.decode("utf-8", "replace").splitlines(), asked))


def _text_table(file: str, start: list[str]) -> Any:
    """Return the table: below several lines of comments the last one names the columns, if it has one word for each."""
    from astropy.table import Table

    remarks = len(_remarks(start))
    if remarks > 1 and "%ECSV" not in start[0]:
        with contextlib.suppress(ValueError, IndexError):  # IndexError: its remarks are more than what was looked at
            table = Table.read(file, format="ascii.commented_header", header_start=remarks - 1)
            if all(column.dtype.kind in "iuf" for column in table.itercols()):  # else the names stand below the remarks
                return table
    try:
        return Table.read(file, format="ascii")
    except Exception:
        if not remarks:
            raise
        return Table.read(file, format="ascii.no_header")  # a remark of numbers, a date, is no row of names


def _remarks(start: list[str]) -> list[str]:
    return list(itertools.takewhile(lambda line: line.startswith("#"), start))


def _without_remarks(table: Any, start: list[str], asked: Collection[str]) -> Any:
    """Return the table, without the names that a remark gave it that has as many words as there are columns."""
    words = [re.split(r"[\s,;|]+", line.lstrip("#").strip()) for line in _remarks(start)]
    names = [*table.colnames]
    if names in words and not any(name in asked or _USUAL.match(name) or _WITH_UNIT.fullmatch(name) for name in names):
        table.rename_columns(names, [f"col{number}" for number in range(1, len(names) + 1)])
    return table


def _fits(file: str) -> Arrays:
    from astropy.io import fits
    from astropy.table import Table

    with open_fits(file) as hdus:
        for number, hdu in enumerate(hdus):
            if isinstance(hdu, fits.BinTableHDU | fits.TableHDU):
                with guarded(f"'{file}', HDU {number}"):
                    return _of_table(Table.read(hdu))
    raise ValueError(f"'{file}' holds no table")


def _of_table(table: Any) -> Arrays:
    columns = {}
    for name in table.colnames:
        column = table[name]
        if column.dtype.kind not in "iuf":
            continue
        named = _WITH_UNIT.fullmatch(name)
        unit = str(column.unit) if column.unit is not None else (named["unit"] if named else None)
        columns[named["name"] if named else name] = Column(_with_gaps(column), unit)
    said = {key: str(table.meta[key]) for key in _SAID if isinstance(table.meta.get(key), str)}
    return Arrays(columns, said)


def _with_gaps(values: Any) -> Any:
    """Return numbers as float64, nan where they are masked."""
    return np.ma.filled(np.ma.asarray(values).astype(np.float64), np.nan)


def _npy(file: str) -> Arrays:
    with open(file, "rb") as stream:
        array = np.load(stream, allow_pickle=False)
    if array.dtype.names:
        return Arrays({name: Column(_with_gaps(array[name]), None) for name in array.dtype.names}, {})
    if array.ndim == 2 and array.shape[1] in (2, 4):
        names = ("r", "density") if array.shape[1] == 2 else ("x", "y", "z", "values")
        return Arrays({name: Column(_with_gaps(array[:, i]), None) for i, name in enumerate(names)}, {})
    raise ValueError(f"'{file}' holds an array {array.shape}; allowed: named columns, (n, 2) or (n, 4)")


def _npz(file: str) -> Arrays:
    with open(file, "rb") as stream, np.load(stream, allow_pickle=False) as archive:
        return _of_mapping({name: archive[name] for name in archive.files})


def _hdf5(file: str) -> Arrays:
    h5py = _library("h5py", file)
    with h5py.File(file, "r") as content:
        found: dict[str, Any] = dict(content.attrs)
        own = {}
        for name, item in content.items():
            if isinstance(item, h5py.Dataset):
                found[name] = item[()]
                own[name] = next((item.attrs[key] for key in ("unit", "units") if key in item.attrs), None)
    return _of_mapping(found, own)


def _zarr(file: str) -> Arrays:
    zarr = _library("zarr", file)
    with guarded(f"'{file}'"):
        group = zarr.open_group(file, mode="r")
        arrays = {name: np.asarray(array[...]) for name, array in group.arrays()}
        own = {name: array.attrs.get("unit", array.attrs.get("units")) for name, array in group.arrays()}
        return _of_mapping({**dict(group.attrs), **arrays}, own)


def _of_mapping(content: Mapping[str, Any], own: Mapping[str, Any] | None = None) -> Arrays:
    said = {key: text for key in _SAID if (text := _one_text(content.get(key))) is not None}
    columns = {}
    for name, value in content.items():
        if name not in _SAID and isinstance(value, np.ndarray) and value.dtype.kind in "iuf":
            columns[_one_text(name) or str(name)] = Column(_with_gaps(value), _one_text((own or {}).get(name)))
    return Arrays(columns, said)


def _one_text(value: Any) -> str | None:
    """Return the text that a string, bytes or an array of one string holds; None for anything else."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.ravel()[0]
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return str(value) if isinstance(value, str) else None


def _library(name: str, file: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ValueError(f"'{file}' needs the library {name}: pip install 'skymodel[profiles]' ({error})") from error


_FITS = (".fits", ".fit", ".fts", ".fits.gz")
_READERS: Mapping[tuple[str, ...], Callable[[str], Arrays]] = {
    (".ecsv", ".csv", ".dat", ".txt", ".tsv", ".tab"): _text,
    _FITS: _fits,
    (".npy",): _npy,
    (".npz",): _npz,
    (".h5", ".hdf5", ".hdf"): _hdf5,
}
KINDS = [ending for endings in _READERS for ending in endings]


def is_fits(file: str) -> bool:
    """Whether a file's name is that of a FITS file."""
    return file.lower().endswith(_FITS)
