"""Reading a density cube from a FITS image, a NumPy archive or a zarr group; each must state its units."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats


class Cube(NamedTuple):
    """A cube as it stands in its file.

    Parameters
    ----------
    axes
        The three coordinate arrays [`length_unit`].
    values
        The densities ``(nx, ny, nz)`` [`unit`].
    length_unit, unit
        Units.
    """

    axes: list[Floats]
    values: Floats
    length_unit: str
    unit: str


def read_cube(file: str) -> Cube:
    """Return the cube in a file.

    Raises
    ------
    ValueError
        If the file is not there or does not state its units.
    """
    if not Path(file).exists():
        raise ValueError(f"no grid at {file!r}; give a FITS, .npz or zarr file")
    return _read_fits(file) if file.endswith((".fits", ".fits.gz", ".fit")) else _read_arrays(file)


def _read_fits(file: str) -> Cube:
    from astropy.io import fits

    with fits.open(file) as hdus:
        image = next((hdu for hdu in hdus if hdu.data is not None and np.ndim(hdu.data) == 3), None)
        if image is None:
            raise ValueError(f"{file} holds no three-dimensional image")
        header, data = image.header, np.array(image.data, dtype=float)
    for key in ("BUNIT", "CUNIT1", "CUNIT2", "CUNIT3"):
        if not header.get(key):
            raise ValueError(f"{file}: the keyword {key} is missing; a grid must state its units")
    axes = [
        ((np.arange(header[f"NAXIS{i}"]) + 1 - header.get(f"CRPIX{i}", 1)) * header[f"CDELT{i}"] + header[f"CRVAL{i}"])
        * units.Unit(header[f"CUNIT{i}"]).to("kpc")
        for i in (1, 2, 3)
    ]
    return Cube(axes, data.transpose(2, 1, 0), "kpc", str(header["BUNIT"]))  # FITS counts its axes from the last


def _read_arrays(file: str) -> Cube:
    content: dict[str, Any]
    if file.endswith(".npz"):
        with np.load(file, allow_pickle=False) as archive:
            content = {name: archive[name] for name in archive.files}
    else:
        import zarr

        group = zarr.open_group(file, mode="r")
        content = {**dict(group.attrs), **{name: np.asarray(array[...]) for name, array in group.arrays()}}
    for name in ("x", "y", "z", "values", "unit", "length_unit"):
        if name not in content:
            kind = "unit" if "unit" in name else "array"
            raise ValueError(f"{file}: the {kind} {name!r} is missing; it holds {', '.join(sorted(content))}")
    axes = [np.asarray(content[name], dtype=float) for name in "xyz"]
    return Cube(axes, np.asarray(content["values"], dtype=float), str(content["length_unit"]), str(content["unit"]))
