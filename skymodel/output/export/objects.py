"""Maps as objects of other libraries: gammapy's, mhealpy's, images on a WCS grid; and as rows of a table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sightlines.zoom import Image
from skymodel.sky.grids import celestial_grid
from skymodel.sky.healpix import pixel_area
from skymodel.sky.skymap import SkyMap

_MOST_SIDE = 8  # points along a side of an image's pixel, at least one for each of the map's


def require_whole(sky: SkyMap) -> None:
    """Raise ValueError if pixels hold no value."""
    if bad := int(sky.masked.sum()):
        raise ValueError(
            f"{bad} pixels of the map {sky.name!r} are masked or nan, which other tools take for data; give a map of "
            "the whole sky"
        )


def to_gammapy(sky: SkyMap) -> Any:
    """Return the map as gammapy's ``HpxNDMap``, ready for a ``TemplateSpatialModel``; needs the extra ``interop``.

    Raises
    ------
    ValueError
        If pixels hold no value, or gammapy is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from skymodel import SkyMap, to_gammapy
    >>> sky = SkyMap(np.ones(48), 0.0, "cm-2 s-1 sr-1")
    >>> to_gammapy(sky).unit  # doctest: +SKIP
    Unit("1 / (s sr cm2)")
    """
    maps = _library("gammapy.maps")
    require_whole(sky)
    geometry = maps.HpxGeom(sky.nside, nest=False, frame="galactic")
    return maps.Map.from_geom(geometry, data=np.array(sky.values), unit=sky.unit)


def to_mhealpy(sky: SkyMap) -> Any:
    """Return the map as mhealpy's ``HealpixMap``, a density in Galactic coordinates; needs the extra ``interop``.

    Raises
    ------
    ValueError
        If pixels hold no value, or mhealpy is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from skymodel import SkyMap, to_mhealpy
    >>> sky = SkyMap(np.ones(48), 0.0, "cm-2 s-1 sr-1")
    >>> to_mhealpy(sky).nside  # doctest: +SKIP
    2
    """
    mhealpy = _library("mhealpy")
    require_whole(sky)
    return mhealpy.HealpixMap(np.array(sky.values), scheme="ring", coordsys="G", unit=sky.unit, density=True)


def to_wcs(sky: SkyMap, header: Any) -> Image:
    """Return the map on the grid of a FITS header or an astropy WCS: the mean over each of its pixels.

    The brightness of a pixel of the map is taken as even, and sampled by up to 8 x 8 points in each of the image's, so
    that flux is kept where these are not much smaller.

    Parameters
    ----------
    header
        What :class:`astropy.wcs.WCS` takes, with NAXIS1 and NAXIS2; of any celestial frame. Or such a WCS.

    Returns
    -------
    Image
        nan outside the projected sky; write it with :func:`skymodel.write_image`.

    Examples
    --------
    >>> from skymodel.sightlines.zoom import wcs_grid
    >>> sky = SkyMap(np.ones(12 * 8**2), 0.1, "cm-2")
    >>> image = to_wcs(sky, wcs_grid(lon=0, lat=0, width=10, height=6, pixel=1))
    >>> image.values.shape, float(image.values.max()), float(image.error.max())
    ((6, 10), 1.0, 0.1)
    """
    require_whole(sky)
    wcs = celestial_grid(header)
    side = min(_MOST_SIDE, 1 + math.ceil(2 * _pixel(wcs) / math.degrees(math.sqrt(pixel_area(sky.nside)))))
    pixels = _pixels_under(wcs, side, sky.nside)
    known = pixels >= 0
    count = known.sum(axis=-1)
    values, error = (
        np.where(known, column[pixels], 0.0).sum(axis=-1) / np.where(count > 0, count, np.nan)
        for column in (sky.values, sky.error)
    )
    return Image(values, error, sky.unit, wcs)


def to_table(sky: SkyMap) -> Any:
    """Return the map as a QTable: pixel, l, b [deg], mean over the pixel, its error; masked pixels are left out.

    Examples
    --------
    >>> to_table(SkyMap(np.arange(12.0), 0.1, "cm-2")).colnames
    ['pixel', 'l', 'b', 'mean', 'error']
    """
    import healpy
    from astropy import units
    from astropy.table import QTable

    pixels = np.flatnonzero(~sky.masked)
    lon, lat = healpy.pix2ang(sky.nside, pixels, lonlat=True)
    columns = {
        "pixel": pixels,
        "l": lon * units.deg,
        "b": lat * units.deg,
        "mean": sky.values[pixels] * sky.unit,
        "error": sky.error[pixels] * sky.unit,
    }
    table = QTable(columns)
    table.meta = {"name": sky.name, "nside": sky.nside, "ordering": "RING", "frame": "galactic"}
    return table


def _pixel(wcs: Any) -> float:
    """Return the size [deg] of an image's pixels, at the reference."""
    from astropy.wcs.utils import proj_plane_pixel_scales

    return float(np.max(proj_plane_pixel_scales(wcs)))


def _pixels_under(wcs: Any, side: int, nside: int) -> Any:
    """Return the HEALPix pixel ``(ny, nx, side^2)`` under each point of an image's pixels, -1 outside the sky."""
    import healpy

    rows, columns = wcs.array_shape
    offsets: Floats = (np.arange(side) + 0.5) / side - 0.5
    y, x, dy, dx = np.broadcast_arrays(
        np.arange(rows)[:, None, None, None],
        np.arange(columns)[None, :, None, None],
        offsets[None, None, :, None],
        offsets[None, None, None, :],
    )
    places = wcs.pixel_to_world(x + dx, y + dy).galactic
    lon, lat = places.l.deg.reshape(rows, columns, -1), places.b.deg.reshape(rows, columns, -1)
    known = np.isfinite(lon) & np.isfinite(lat)
    found = healpy.ang2pix(nside, np.where(known, lon, 0.0), np.where(known, lat, 0.0), lonlat=True)
    return np.where(known, found, -1)


def _library(name: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        library = name.partition(".")[0]
        raise ValueError(f"this needs {library}: pip install 'skymodel[interop]' ({error})") from error
