"""Reading a density cube: a FITS image, arrays x, y, z and values, or a table with a row for each point."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats, Ints
from profiles.tables.arrayfiles import Arrays, Column, is_fits, read_arrays
from profiles.tables.imagefiles import read_image_cube
from profiles.tables.unitwords import plain, read_unit

_DENSITY = ("values", "density", "rho", "n", "value")
_SINGLE = 2 * float(np.finfo(np.float32).eps)
_ON_LATTICE = 1e-6  # of a step: coordinates written with few digits are still the same


class Cube(NamedTuple):
    """A cube as it stands in its file.

    Parameters
    ----------
    axes
        The three coordinate arrays [kpc], each rising.
    values
        The densities ``(nx, ny, nz)`` [`unit`].
    unit
        A plain unit.
    turn
        Orthogonal matrix ``(3, 3)`` whose columns are the cube's own axes in the Galaxy; None for the Galaxy's own.
    """

    axes: tuple[Floats, Floats, Floats]
    values: Floats
    unit: units.UnitBase
    turn: Floats | None = None


def read_cube(file: str, *, unit: str | None = None, length_unit: str | None = None) -> Cube:
    """Return the cube in a file.

    Parameters
    ----------
    file
        FITS image or table, ``.npz``, ``.npy``, ``.h5``, text table (``.csv``, ``.ecsv``, ``.dat``, ``.txt``) or zarr
        folder.
    unit, length_unit
        Units of the densities and of the coordinates, where the file does not say them.

    Raises
    ------
    ValueError
        If the file is not there, is damaged, holds no cube or does not state its units.
    """
    if not Path(file).exists():
        raise ValueError(f"no grid at {file!r}; give a FITS, .npz, .h5 or text file, or a zarr folder")
    image = read_image_cube(file, unit) if is_fits(file) else None
    if image is not None:
        values, plain_unit = plain(image.values, read_unit(image.unit))
        return Cube(image.axes, values, plain_unit, image.turn)
    return _of_arrays(file, read_arrays(file), unit, length_unit)


def _of_arrays(file: str, found: Arrays, unit: str | None, length_unit: str | None) -> Cube:
    columns = {name.lower(): column for name, column in found.columns.items()}
    for name in "xyz":
        if name not in columns:
            cure = "; name its columns in the first line, '# x y z values'" if "col1" in columns else ""
            raise ValueError(
                f"{file}: the array {name!r} is missing; it holds {', '.join(found.columns) or 'none'}{cure}"
            )
    density = next((name for name in _DENSITY if name in columns), None) or next(
        (name for name in columns if name not in "xyz"), None
    )
    if density is None:
        raise ValueError(f"{file}: the array 'values' is missing; it holds {', '.join(found.columns)}")
    asked = columns[density].unit or found.said.get("unit") or unit
    if asked is None:
        raise ValueError(f"{file}: the unit 'unit' is missing for {density!r}; state it in the file, or give unit=...")
    values, plain_unit = plain(np.asarray(columns[density].values), read_unit(asked))
    said = found.said.get("length_unit") or length_unit
    axes = [_in_kpc(file, name, columns[name], said) for name in "xyz"]
    if values.ndim == 1:
        x, y, z, values = _lattice(file, axes, values)
        return Cube((x, y, z), values, plain_unit)
    return Cube((axes[0], axes[1], axes[2]), values, plain_unit)


def _in_kpc(file: str, name: str, column: Column, said: str | None) -> Floats:
    unit = column.unit or said
    if unit is None:
        raise ValueError(
            f"{file}: the unit 'length_unit' is missing for {name!r}; state it in the file, or give length_unit=..."
        )
    return np.asarray(settled(column.values) * read_unit(unit).to("kpc"), dtype=np.float64)


def settled(axis: Any) -> Floats:
    """Return coordinates as float64; those of single precision that are regular to it are made so.

    Examples
    --------
    >>> float(np.ptp(np.diff(settled(np.linspace(-4, 4, 41, dtype=np.float32))))) < 1e-14
    True
    """
    given = np.asarray(axis, dtype=np.float64)
    if given.ndim != 1 or given.size < 3 or not np.array_equal(given, given.astype(np.float32)):
        return given
    even = np.linspace(given[0], given[-1], given.size)
    return even if np.abs(even - given).max() <= _SINGLE * np.abs(given).max() else given


def _lattice(file: str, places: list[Floats], values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the axes and the cube of points that fill a lattice, in any order."""
    kept = np.isfinite(values)
    axes, index = [], []
    for place in places:
        axis, own = _axis(place)
        axes.append(axis)
        index.append(own)
    shape = tuple(len(axis) for axis in axes)
    flat = np.ravel_multi_index(tuple(index), shape)
    if len(np.unique(flat)) != flat.size or flat.size != int(np.prod(shape)) or not kept.all():
        raise ValueError(
            f"{file}: {int(kept.sum())} points with values on a lattice of {' x '.join(map(str, shape))}; "
            "allowed: each point once"
        )
    cube = np.empty(shape)
    cube.flat[flat] = values
    return axes[0], axes[1], axes[2], cube


def _axis(place: Floats) -> tuple[Floats, Ints]:
    """Return the distinct coordinates, and which of them each point has."""
    found = np.unique(place)
    step = np.diff(found)
    own = np.concatenate([[0], np.cumsum(step > _ON_LATTICE * max(float(np.max(step, initial=0.0)), 1e-300))])
    axis = found[np.unique(own, return_index=True)[1]]
    return axis, own[np.searchsorted(found, place)]
