"""Maps as FITS files that healpy, gammapy, mhealpy and astropy read alike, each with its error beside it.

A file holds, for each map, an HDU ``<NAME>`` and an HDU ``<NAME>_ERROR``, then coverage maps; the resolved
configuration is the card CONFIG of the primary header (JSON), so that a run can be repeated from the file alone. Equal
input gives equal bytes. Reading is in :mod:`skymodel.sky.reading`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from astropy import units
from numpy.typing import ArrayLike, NDArray

from skymodel.output.files.fits_stream import Layer, replacing, write_layers
from skymodel.output.files.origin import read_config
from skymodel.sky.healpix import nside_of, require_nside
from skymodel.sky.reading.maps import read_maps
from skymodel.sky.skymap import SkyMap

__all__ = ["MapHeader", "read_config", "read_maps", "write_cube", "write_map_pieces", "write_maps"]

_PIECE = 2**18  # pixels held as big-endian copies while a map is written
_CHECKSUM_TIME = "by skymodel"  # instead of a date, which would make equal maps differ


class MapHeader(NamedTuple):
    """What a map's HDU says besides its numbers.

    Parameters
    ----------
    name
        EXTNAME of the map; its errors get ``<name>_ERROR``.
    unit
        Unit of the numbers.
    meta
        Whatever travels with the map; ``e_min`` and ``e_max`` [MeV] become E_MIN and E_MAX.

    Examples
    --------
    >>> from skymodel import MapHeader
    >>> MapHeader("LINE_511", "cm-2 s-1 sr-1", {"e_min": 0.506, "e_max": 0.516}).name
    'LINE_511'
    """

    name: str
    unit: Any = ""
    meta: Mapping[str, Any] = {}


def write_maps(
    path: str | Path,
    maps: Sequence[SkyMap] | SkyMap,
    *,
    coverage: Mapping[str, ArrayLike] | None = None,
    config: Mapping[str, Any] | None = None,
) -> None:
    """Write maps of one nside, each followed by its error.

    Parameters
    ----------
    path
        The file; replaced as a whole if it exists.
    maps
        The maps, or one; their names become the HDUs' and must differ.
    coverage
        Covered share ``(npix,)`` of each pixel by region name; HDUs ``COVERAGE_<NAME>``.
    config
        What repeats the run: plain numbers, texts, lists and mappings.

    Raises
    ------
    ValueError
        If there is no map, a name is missing or used twice, or the resolutions differ.

    Examples
    --------
    >>> import tempfile
    >>> sky = SkyMap(np.arange(12.0), 0.1, "cm-2 s-1 sr-1", name="LINE_511", meta={"e_min": 0.506, "e_max": 0.516})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_maps(f"{folder}/maps.fits", [sky], config={"mu": "20 MeV"})
    ...     back, config = read_maps(f"{folder}/maps.fits")["LINE_511"], read_config(f"{folder}/maps.fits")
    >>> back.unit == sky.unit, float(back.values[11]), float(back.error[11]), config
    (True, 11.0, 0.1, {'mu': '20 MeV'})
    """
    maps = [maps] if isinstance(maps, SkyMap) else maps
    shares = {f"COVERAGE_{name}": np.asarray(share) for name, share in (coverage or {}).items()}
    sizes = {sky.nside for sky in maps} | {nside_of(share.size) for share in shares.values()}
    if not maps or len(sizes) != 1:
        raise ValueError(f"nside of what is to be written: {sorted(sizes) or 'no map'}; allowed: one nside in a file")
    columns = [column for sky in maps for column in (sky.values, sky.error)] + list(shares.values())
    write_map_pieces(
        path,
        sizes.pop(),
        [MapHeader(sky.name, sky.unit, sky.meta) for sky in maps],
        _pieces(columns),
        coverage=list(shares),
        config=config,
    )


def write_map_pieces(
    path: str | Path,
    nside: int,
    headers: Sequence[MapHeader],
    pieces: Iterable[NDArray[Any]],
    *,
    coverage: Sequence[str] = (),
    config: Mapping[str, Any] | None = None,
) -> None:
    """Write maps that come in pieces: memory holds one piece at a time, whatever the nside.

    Parameters
    ----------
    path, config
        As for :func:`write_maps`.
    nside
        Resolution of the maps.
    headers
        What each map's HDU says.
    pieces
        Arrays ``(2 len(headers) + len(coverage), n)`` for the next n pixels in RING order: for each map its values and
        its errors, then the coverage.
    coverage
        Names of the coverage HDUs.

    Examples
    --------
    >>> import numpy as np
    >>> from skymodel import MapHeader, write_map_pieces
    >>> pieces = (np.stack([values, 1e-4 * values]) for values in np.split(np.ones(48), 4))
    >>> write_map_pieces("big.fits", 2, [MapHeader("J", "GeV kpc cm-6", {})], pieces)  # doctest: +SKIP
    """
    nside = require_nside(nside)
    layers = [layer for header in headers for layer in _map_layers(header, nside)]
    layers += [_layer(name, "", {}, nside) for name in coverage]
    names = [layer.name for layer in layers]
    if "" in names or len(set(names)) < len(names):
        given = ", ".join(repr(header.name) for header in headers)
        raise ValueError(
            f"names of the maps: {given}; allowed: names that differ, for they become the HDUs': "
            "project(..., name='J') or dataclasses.replace(sky, name='J') gives one"
        )
    write_layers(path, layers, pieces, _primary_cards(config))


def write_cube(
    path: str | Path, cube: ArrayLike, energies: ArrayLike, unit: Any, *, config: Mapping[str, Any] | None = None
) -> None:
    """Write a spectral cube as gammapy, fermipy, cosipy's GALPROP class and GammaLib read it.

    Parameters
    ----------
    path, config
        As for :func:`write_maps`.
    cube
        Intensities ``(n_energies, 12 nside^2)``, RING ordered, Galactic.
    energies
        Energies [MeV], increasing.
    unit
        Unit of the intensities, for example "cm-2 s-1 sr-1 MeV-1".

    Raises
    ------
    ValueError
        If shapes do not fit or the energies do not increase.
    """
    from astropy.io import fits

    numbers, grid = np.asarray(cube, dtype=np.float64), np.asarray(energies, dtype=np.float64)
    if numbers.ndim != 2 or grid.shape != numbers.shape[:1] or not (np.all(np.diff(grid) > 0) and np.all(grid > 0)):
        raise ValueError(
            f"cube {numbers.shape}, energies {grid.shape}; allowed: (n, 12 nside^2) and n positive, increasing energies"
        )
    columns = [fits.Column(f"ENERGY{i}", "D", unit=fits_unit(unit), array=row) for i, row in enumerate(numbers, 1)]
    sky = fits.BinTableHDU.from_columns(columns, name="SKYMAP")
    sky.header["BUNIT"] = fits_unit(unit)
    sky.header.update(healpix_cards(nside_of(numbers.shape[1]), convention=None))  # gammapy guesses right without
    axis = fits.BinTableHDU.from_columns([fits.Column("ENERGY", "D", unit="MeV", array=grid)], name="ENERGIES")
    for hdu in (sky, axis):
        hdu.add_checksum(when=_CHECKSUM_TIME)
    first = fits.PrimaryHDU()
    first.header.update({name: card for name, card in _primary_cards(config).items() if card is not None})
    with replacing(Path(path)) as stream:
        fits.HDUList([first, sky, axis]).writeto(stream)


def fits_unit(unit: Any) -> str:
    """Return a unit as FITS headers have it, positive powers first.

    Examples
    --------
    >>> fits_unit("1 / (s sr cm2)"), fits_unit("kpc GeV / cm6")
    ('cm-2 s-1 sr-1', 'GeV kpc cm-6')
    """
    parsed = units.Unit(unit)
    text = str(parsed.to_string("fits"))
    return text if "*" in text or "(" in text else " ".join(sorted(text.split(), key=lambda part: ("-" in part, part)))


def _map_layers(header: MapHeader, nside: int) -> Iterator[Layer]:
    unit = fits_unit(header.unit)
    yield _layer(header.name, unit, header.meta, nside)
    yield _layer(header.name and f"{header.name}_ERROR", unit, header.meta, nside)


def _layer(name: str, unit: str, meta: Mapping[str, Any], nside: int) -> Layer:
    rest = {key: value for key, value in meta.items() if key not in ("e_min", "e_max")}
    cards = {
        "BUNIT": (unit, "unit of the numbers"),
        **healpix_cards(nside, convention="GADF"),
        "E_MIN": (meta["e_min"], "[MeV] lower edge of the band") if "e_min" in meta else None,
        "E_MAX": (meta["e_max"], "[MeV] upper edge of the band") if "e_max" in meta else None,
        "MAPMETA": _json(rest) if rest else None,
    }
    return Layer(name, "CHANNEL1", 12 * nside**2, unit, cards)


def healpix_cards(nside: int, convention: str | None) -> dict[str, Any]:
    """Return the header cards of a whole sky, RING ordered and Galactic."""
    cards = {
        "PIXTYPE": "HEALPIX",
        "ORDERING": "RING",
        "COORDSYS": ("G", "Galactic"),
        "NSIDE": nside,
        "ORDER": nside.bit_length() - 1,
        "FIRSTPIX": 0,
        "LASTPIX": 12 * nside**2 - 1,
        "INDXSCHM": "IMPLICIT",
        "OBJECT": "FULLSKY",
        "HPX_CONV": convention,
    }
    return {name: value for name, value in cards.items() if value is not None}


def _primary_cards(config: Mapping[str, Any] | None) -> dict[str, Any]:
    from importlib.metadata import version

    return {"CREATOR": f"skymodel {version('skymodel')}", "CONFIG": None if config is None else _json(config)}


def _json(mapping: Mapping[str, Any]) -> str:
    """Return JSON of plain ASCII without the characters that FITS cards treat specially."""
    text = json.dumps(dict(mapping), default=_plain)
    return text.replace("'", "\\u0027").replace("&", "\\u0026")


def _plain(value: Any) -> Any:
    """Return what JSON knows for a mapping, a NumPy number or array, or else the value's text."""
    if isinstance(value, Mapping):
        return dict(value)
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _pieces(columns: Sequence[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    size = columns[0].size
    for first in range(0, size, _PIECE):
        yield np.array([column[first : first + _PIECE] for column in columns])
