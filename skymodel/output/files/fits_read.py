"""HEALPix maps from FITS files, ours and those of healpy, gammapy and others, as RING ordered Galactic SkyMaps.

Nested maps are reordered, parts of the sky are filled with UNSEEN, photons are dropped from units. A file that does
not say its frame or unit is refused until the caller says it; another frame is refused, because turning a map
interpolates it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from skymodel.sky.healpix import UNSEEN, require_nside
from skymodel.sky.skymap import SkyMap

_GALACTIC = ("G", "GAL", "GALACTIC")
_PLURAL = re.compile(r"\bphotons\b")  # which astropy does not know


def read_maps(path: str | Path, *, unit: Any = None, galactic: bool = False) -> dict[str, SkyMap]:
    """Return the HEALPix maps of a FITS file by name.

    Parameters
    ----------
    path
        The file.
    unit
        Unit of the maps for which the file names none; "" for pure numbers.
    galactic
        Whether maps for which the file names no frame are Galactic.

    Returns
    -------
    dict
        Name to map. An HDU ``<NAME>_ERROR`` becomes the error of ``<NAME>``; without one the errors are nan: not known.
        A column alone in its HDU is named by the HDU, else ``<HDU>_<COLUMN>``.

    Raises
    ------
    ValueError
        If the file holds no HEALPix map, or one in another frame, of unknown unit, frame or ordering.
    """
    from astropy.io import fits

    found: dict[str, SkyMap] = {}
    with _open(path) as hdus:
        for hdu in hdus:
            if isinstance(hdu, fits.BinTableHDU) and _is_healpix(hdu.header):
                found.update(_hdu_maps(hdu, str(path), unit, galactic))
    if not found:
        raise ValueError(f"'{path}' holds no HEALPix map (a binary table with NSIDE and ORDERING in its header)")
    return dict(_with_errors(found))


def read_config(path: str | Path) -> dict[str, Any]:
    """Return the configuration that made a file.

    Raises
    ------
    ValueError
        If the file carries none.
    """
    with _open(path) as hdus:
        text = hdus[0].header.get("CONFIG")
    if text is None:
        raise ValueError(f"'{path}' carries no configuration (the card CONFIG of its primary header)")
    config: dict[str, Any] = json.loads(text)
    return config


def _open(path: str | Path) -> Any:
    from astropy.io import fits

    try:
        return fits.open(path)
    except OSError as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise ValueError(f"'{path}' is no FITS file: {error}") from error


def _is_healpix(header: Any) -> bool:
    return "NSIDE" in header and (header.get("PIXTYPE") == "HEALPIX" or "ORDERING" in header)


def _hdu_maps(hdu: Any, path: str, unit: Any, galactic: bool) -> Iterator[tuple[str, SkyMap]]:
    header = hdu.header
    extension = header.get("EXTNAME", "MAP")
    label = f"{path}[{extension}]"
    _require_galactic(header, label, galactic)
    pixels = next((name for name in hdu.columns.names if name.upper() in ("PIXEL", "PIX")), None)
    columns = [column for column in hdu.columns if column.name != pixels]
    for column in columns:
        name = extension if len(columns) == 1 else f"{extension}_{column.name}"
        values = _full_sky(hdu, column.name, pixels, label)
        yield name, SkyMap(values, np.array(np.nan), _unit(column, header, label, unit), name=name, meta=_meta(header))


def _require_galactic(header: Any, label: str, galactic: bool) -> None:
    frame = header.get("COORDSYS")
    if frame is None and not galactic:
        raise ValueError(
            f"{label} does not name its frame (COORDSYS); say that it is Galactic, if it is: galactic=True"
        )
    if frame is not None and str(frame).strip().upper() not in _GALACTIC:
        raise ValueError(
            f"{label} has COORDSYS = {frame!r}; allowed: 'G' (Galactic); turn it first with healpy.Rotator, which "
            "interpolates"
        )


def _full_sky(hdu: Any, column: str, pixels: str | None, label: str) -> Floats:
    """Return a column as a RING ordered map of the whole sky, UNSEEN where the file holds nothing."""
    import healpy

    nside = require_nside(hdu.header["NSIDE"])
    values = np.asarray(hdu.data[column], dtype=np.float64).ravel()
    if pixels is not None:
        sparse, values = values, np.full(12 * nside**2, UNSEEN)
        values[np.asarray(hdu.data[pixels], dtype=np.int64).ravel()] = sparse
    if values.size != 12 * nside**2:
        raise ValueError(f"{label}: {values.size} numbers in {column!r}; NSIDE = {nside} wants {12 * nside**2}")
    ordering = str(hdu.header.get("ORDERING", "")).strip().upper()
    if ordering not in ("RING", "NESTED", "NEST"):
        raise ValueError(f"{label} has ORDERING = {hdu.header.get('ORDERING')!r}; allowed: 'RING' or 'NESTED'")
    return values if ordering == "RING" else np.asarray(healpy.reorder(values, n2r=True), dtype=np.float64)


def _unit(column: Any, header: Any, label: str, fallback: Any) -> units.UnitBase:
    """Return the unit of a column, photons left out: they are counted, not measured."""
    index = _index(header, column.name)
    text = next((header[key] for key in (f"TUNIT{index}", "BUNIT") if key in header), fallback)
    if text is None:
        raise ValueError(f"{label} does not name the unit of {column.name!r} (TUNIT, BUNIT); give it: unit='...'")
    try:
        return _without_photons(units.Unit(_PLURAL.sub("ph", str(text))))
    except ValueError as error:
        raise ValueError(f"{label} has the unit {text!r}, which is not understood: {error}") from error


def _index(header: Any, column: str) -> int:
    return next(i for i in range(1, header["TFIELDS"] + 1) if header.get(f"TTYPE{i}") == column)


def _without_photons(unit: units.UnitBase) -> units.UnitBase:
    kept = [(base, power) for base, power in zip(unit.bases, unit.powers, strict=True) if base != units.ph]
    return units.CompositeUnit(unit.scale, [base for base, _ in kept], [power for _, power in kept])


def _meta(header: Any) -> Mapping[str, Any]:
    edges = {name.lower(): header[name] for name in ("E_MIN", "E_MAX") if name in header}
    return {**edges, **json.loads(header.get("MAPMETA", "{}"))}


def _with_errors(found: Mapping[str, SkyMap]) -> Iterator[tuple[str, SkyMap]]:
    """Yield the maps; one called <NAME>_ERROR becomes the error of <NAME>."""
    for name, sky in found.items():
        owner = name.removesuffix("_ERROR")
        if owner != name and owner in found:
            continue
        beside = found.get(f"{name}_ERROR")
        yield name, sky if beside is None else replace(sky, error=beside.to(sky.unit).values)
