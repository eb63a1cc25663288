"""The maps of an ensemble beside its rows: one zarr group for each part, read together as one xarray Dataset.

``maps-000000000000-000000000512.zarr`` holds the draws 0 <= i < 512. It is written beside and renamed before the rows
of the same draws are; maps whose rows are not there are not counted, and written again. Needs the extra ``maps``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from skymodel.output.files.parts import maps_name, parts
from skymodel.output.files.whole import to_disk, whole
from skymodel.runs.many.maps import Maps

_ATTRIBUTES = {
    "J": {"units": "GeV cm-6 kpc", "long_name": "line-of-sight integral of n_DM rho n_e, mean over the pixel"},
    "J_error": {"units": "GeV cm-6 kpc", "long_name": "absolute error of J"},
    "intensity_per_J": {"units": "cm-2 s-1 sr-1 / (GeV cm-6 kpc)", "long_name": "band intensity / J"},
    "intensity_per_J_error": {"units": "cm-2 s-1 sr-1 / (GeV cm-6 kpc)", "long_name": "its absolute error"},
}


def require_xarray() -> Any:
    """Return the module xarray.

    Raises
    ------
    ValueError
        If it, zarr or dask is not installed.
    """
    try:
        import dask.array  # noqa: F401  # parts are opened without being read
        import xarray
        import zarr  # noqa: F401  # xarray's engine
    except ImportError as error:
        raise ValueError(
            f"maps of an ensemble need the extra 'maps': pip install 'skymodel[maps]' ({error})"
        ) from error
    return xarray


def add_maps(folder: Path, maps: Maps) -> None:
    """Keep the maps of a batch; those of an earlier try at it are replaced."""
    with whole(folder / maps_name(maps.first, maps.first + len(maps.J))) as draft:
        _write(dataset(maps), draft)
        to_disk(draft)


def dataset(maps: Maps) -> Any:
    """Return the maps of a batch as an xarray Dataset with units and the frame of its pixels."""
    content = {
        name: (("draw", "pixel" if name.startswith("J") else "band"), getattr(maps, name), attributes)
        for name, attributes in _ATTRIBUTES.items()
    }
    return require_xarray().Dataset(
        content,
        coords={"draw": maps.first + np.arange(len(maps.J)), "band": list(maps.layout.bands)},
        attrs={"pixelisation": "HEALPix", "nside": maps.layout.nside, "ordering": "RING", "frame": "galactic"},
    )


def _write(content: Any, path: Path) -> None:
    whole = {name: {"chunks": content[name].shape} for name in _ATTRIBUTES}
    content.to_zarr(path, mode="w", zarr_format=2, consolidated=False, encoding=whole)


def open_maps(folder: str | Path) -> Any:
    """Return the maps of an ensemble's folder as one xarray Dataset, opened but not read.

    Variables ``J`` and ``J_error`` with the dimensions (draw, pixel), ``intensity_per_J`` and its error with (draw,
    band); ``sky.J * sky.intensity_per_J`` are the bands' intensities. A draw that failed is nan.

    Parameters
    ----------
    folder
        What ``skymodel ensemble --maps`` wrote to.

    Raises
    ------
    ValueError
        If the folder holds no maps, or the extra ``maps`` is not installed.

    Examples
    --------
    >>> from skymodel import open_maps
    >>> open_maps("draws")["J"].mean("draw")  # doctest: +SKIP
    """
    xarray, folder = require_xarray(), Path(folder)
    found, reached = [], 0
    for first, last, _ in parts(folder):
        path = folder / maps_name(first, last)
        if last > reached and path.is_dir():
            part = xarray.open_zarr(path, consolidated=False)
            found.append(part.isel(draw=slice(max(reached - first, 0), None)))
            reached = last
    if not found:
        raise ValueError(f"'{folder}' holds no maps; make them with skymodel ensemble --maps")
    return xarray.concat(found, dim="draw", data_vars="minimal", coords="minimal", compat="override", join="override")
