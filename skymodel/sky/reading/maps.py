"""The doors: one map of a file, or all of them, as Galactic, RING ordered SkyMaps.

What a file does not say about itself (unit, frame) is refused until the caller says it; what it says is followed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from profiles.tables.fitsfiles import open_fits
from profiles.tables.unitwords import plain, read_unit
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.reading.addresses import Address, chosen, parsed
from skymodel.sky.reading.columns import Table
from skymodel.sky.reading.energies import energies
from skymodel.sky.reading.frames import frame_named, to_galactic
from skymodel.sky.reading.layouts import Plane, columns, is_healpix, multi_order, nside, values
from skymodel.sky.skymap import SkyMap

_NAMELESS = ("", "XTENSION")  # the second is what healpy and HERMES call every table
_ERROR = "_ERROR"
_LARGEST = 2**31  # bytes of all maps of a file together


def read_map(address: str | Path, *, unit: Any = None, frame: str | None = None) -> SkyMap:
    """Return one HEALPix map of a FITS file, in Galactic coordinates.

    Parameters
    ----------
    address
        The file, and in brackets which of its maps: ``file.fits[LINE_511]``, ``cube.fits[SKYMAP][1 MeV]``,
        ``file.fits[2]`` for the HDU 2; the first map where there are no brackets.
    unit
        Unit of the numbers, where the file states none or one that is not understood; "" for pure numbers.
    frame
        "galactic", "icrs" or "ecliptic" (G, C, E), where the file does not say it.

    Returns
    -------
    SkyMap
        Masked where the file holds no value. Its errors are those of the map ``<NAME>_ERROR``, nan without one. A map
        of another frame is turned, its flux kept.

    Raises
    ------
    ValueError
        If the file holds no such map, does not say unit or frame, or is damaged; the message says where.

    Examples
    --------
    >>> import healpy, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     healpy.write_map(f"{folder}/a.fits", np.arange(12.0), coord="G", column_units="ph cm-2 s-1 sr-1")
    ...     sky = read_map(f"{folder}/a.fits")
    >>> sky.name, str(sky.unit), float(sky.values[11])
    ('a', '1 / (s sr cm2)', 11.0)
    """
    where = parsed(address)
    with open_fits(where.file) as hdus:
        plane, planes = _chosen(hdus, where)
        beside = next((other for other in planes if other.name == plane.name + _ERROR), None)
        sky = _with_error(plane, beside, unit, frame)
    return replace(sky, name=Path(where.file).stem) if sky.name.upper() in _NAMELESS else sky


def read_maps(path: str | Path, *, unit: Any = None, frame: str | None = None) -> dict[str, SkyMap]:
    """Return all HEALPix maps of a FITS file by name.

    A map alone in its HDU has the HDU's name, others ``<HDU>_<COLUMN>``; where a name is used again, the number of the
    HDU is put behind it, ``xtension#2``. A map ``<NAME>_ERROR`` becomes the error of ``<NAME>``.

    Parameters
    ----------
    path
        The file.
    unit, frame
        As for :func:`read_map`.

    Raises
    ------
    ValueError
        As :func:`read_map` does.

    Examples
    --------
    >>> from skymodel import read_maps
    >>> sorted(read_maps("skymodel-run-001/maps.fits"))  # doctest: +SKIP
    ['CONTINUUM_1_20', 'J', 'LINE_511']
    """
    with open_fits(path) as hdus:
        planes, refusals = _planes(hdus, str(path))
        if refusals:
            raise refusals[0]
        size = sum(8 * 12 * nside(plane.table) ** 2 for plane in planes)
        if size > _LARGEST:
            raise ValueError(
                f"'{path}' holds {len(planes)} maps of {size / 2**30:.3g} GiB; read them one by one: read_map"
            )
        by_name = {plane.name: plane for plane in planes}
        return {
            plane.name: _with_error(plane, by_name.get(plane.name + _ERROR), unit, frame)
            for plane in _without_errors(planes)
        }


def _chosen(hdus: Any, where: Address) -> tuple[Plane, list[Plane]]:
    """Return the plane that is meant and all others; a table that contradicts itself harms only who asks for it."""
    planes, refusals = _planes(hdus, where.file)
    if refusals and not where.choices:
        raise refusals[0]
    try:
        return chosen(planes if where.choices else _without_errors(planes), where), planes
    except ValueError:
        if refusals:
            raise refusals[0] from None
        raise


def _planes(hdus: Any, path: str) -> tuple[list[Plane], list[ValueError]]:
    """Return all planes of a file, no two of one name, and why the other tables hold none."""
    from astropy.io import fits

    tables = [Table(hdu, path, number) for number, hdu in enumerate(hdus) if isinstance(hdu, fits.BinTableHDU)]
    creator = " ".join(str(hdus[0].header.get(card, "")) for card in ("SOFTWARE", "CREATOR", "ORIGIN"))
    found: dict[str, Plane] = {}
    refusals = []
    for table in tables:
        try:
            planes = list(_of_table(table, tables, creator)) if is_healpix(table) else []
        except ValueError as error:
            refusals.append(error)
            continue
        for plane in planes:
            name = plane.name if plane.name not in found else f"{plane.name}#{table.number}"
            found[name] = replace(plane, name=name)
    if not found and not refusals:
        raise ValueError(f"'{path}' holds no HEALPix map (a binary table with NSIDE and ORDERING in its header)")
    return list(found.values()), refusals


def _of_table(table: Table, tables: Sequence[Table], creator: str) -> Iterator[Plane]:
    held = list(columns(table))
    extension = table.name or "MAP"
    for (column, element), energy in zip(held, energies(table, len(held), tables, creator), strict=True):
        name = extension if len(held) == 1 else f"{extension}_{column}" + ("" if element is None else f"_{element}")
        yield Plane(name, table, column, element, energy)


def _without_errors(planes: Sequence[Plane]) -> list[Plane]:
    names = {plane.name for plane in planes}
    return [plane for plane in planes if not (plane.name.endswith(_ERROR) and plane.name[: -len(_ERROR)] in names)]


def _with_error(plane: Plane, beside: Plane | None, unit: Any, frame: str | None) -> SkyMap:
    stated = _unit(plane, unit)
    _require_spread(plane, stated)
    numbers, plain_unit = plain(values(plane), stated)
    error = np.array(np.nan) if beside is None else _errors(beside, numbers, stated, plain_unit, unit)
    masked = ~np.isfinite(numbers)
    if error.ndim:
        error = np.where(masked, UNSEEN, error)
    sky = SkyMap(np.where(masked, UNSEEN, numbers), error, plain_unit, name=plane.name, meta=_meta(plane))
    return to_galactic(sky, _frame(plane.table, frame))


def _require_spread(plane: Plane, unit: Any) -> None:
    """Refuse a multi-order map of what adds up, as counts do: a coarse pixel's value is not that of each part of it."""
    if multi_order(plane.table) and units.sr not in getattr(unit, "physical_unit", unit).bases:
        raise ValueError(
            f"{plane.table.label} is a multi-order map (NUNIQ) in [{unit}]; allowed: a density per sr; flatten it first"
        )


def _errors(beside: Plane, numbers: Floats, stated: Any, plain_unit: Any, unit: Any) -> Floats:
    """Return errors in the unit of the map; those of a map in dex say by which factor it may be wrong."""
    errors, own = values(beside), _unit(beside, unit)
    if errors.shape != numbers.shape:
        raise ValueError(f"{beside.table.label}: {errors.size} errors for a map of {numbers.size} pixels")
    if stated is not plain_unit:
        factor = plain(errors, type(stated)())[0]
        return np.asarray(numbers * (np.maximum(factor, 1 / factor) - 1))
    try:
        return np.asarray(errors * own.to(plain_unit), dtype=np.float64)
    except ValueError:
        raise ValueError(f"{beside.table.label}: errors in [{own}] of a map in [{plain_unit}]") from None


def _unit(plane: Plane, given: Any) -> Any:
    """Return the unit of a plane: its column's, its table's, or the one given."""
    table = plane.table
    number = table.columns.index(plane.column) + 1
    text = next((found for card in (f"TUNIT{number}", "BUNIT") if (found := table.text(card)) is not None), None)
    if text is None and given is None:
        raise ValueError(
            f"{table.label} does not name the unit of {plane.column!r} (TUNIT, BUNIT); give it: unit='...'"
        )
    if text is None or (text == "" and given is not None):
        return read_unit(given)
    try:
        return read_unit(text)
    except ValueError as error:
        if given is None:
            raise ValueError(f"{table.label}: {error}; or give it: unit='...'") from error
        return read_unit(given)


def _frame(table: Table, given: str | None) -> str:
    text = next((found for card in ("COORDSYS", "COORDTYPE") if (found := table.text(card))), given)
    if text is None:
        raise ValueError(
            f"{table.label} does not name its frame (COORDSYS); say it: frame='galactic', 'icrs' or 'ecliptic'"
        )
    try:
        return frame_named(text)
    except ValueError as error:
        raise ValueError(f"{table.label}: {error}") from None


def _meta(plane: Plane) -> Mapping[str, Any]:
    """Return what travels with a map: what we wrote beside it, and where in energy it lies."""
    found: dict[str, Any] = {}
    if plane.energy is not None:
        low, high = plane.energy
        found = {"energy": low} if low == high else {"e_min": low, "e_max": high}
    return {**found, **_ours(plane.table)}


def _ours(table: Table) -> dict[str, Any]:
    try:
        content = json.loads(table.text("MAPMETA") or "{}")
    except (json.JSONDecodeError, RecursionError):
        raise ValueError(f"{table.label}: the card MAPMETA is no JSON") from None
    if not isinstance(content, dict):
        raise ValueError(f"{table.label}: the card MAPMETA is no JSON mapping")
    return content
