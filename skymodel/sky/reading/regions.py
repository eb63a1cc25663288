"""Regions from files: DS9 text, HEALPix masks and coverage maps, multi-order coverage maps (MOC)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from profiles.contract.arrays import Bools, Floats, Ints
from profiles.contract.shown import short
from profiles.tables.fitsfiles import open_fits, require_file
from skymodel.sky.circles import SmallCircle, directions
from skymodel.sky.masks import HealpixMask
from skymodel.sky.polygon import Polygon
from skymodel.sky.reading.columns import Table
from skymodel.sky.reading.frames import frame_named, rotation
from skymodel.sky.reading.maps import read_map
from skymodel.sky.region import Region
from skymodel.sky.shapes import Circle

_FINEST = 29  # the order in which a MOC's ranges are counted
_LARGEST_TEXT = 2**22
_FEW = 16  # edges along which a mean costs no more than from pixels, 0.8 s with 15 circles, 7 s with 40
_SHAPE = re.compile(r"(?P<minus>-?)\s*(?P<shape>\w+)\s*\((?P<numbers>[^)]*)\)", re.IGNORECASE)
_UNITS = {"": 1.0, "d": 1.0, "°": 1.0, "'": 1 / 60, '"': 1 / 3600}


@dataclass(frozen=True)
class FromFile(Region):
    """A region that a file holds.

    Parameters
    ----------
    file
        Its path.
    region
        What it holds.
    """

    file: str
    region: Region

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        return self.region._inside(lon, lat)

    @property
    def edges(self) -> tuple[SmallCircle, ...] | None:
        """Those of what it holds, a DS9 file's as long as they are few; a mask's and a MOC's are not known."""
        edges = self.region.edges
        return edges if edges is not None and len(edges) <= _FEW else None

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        return self.region.solid_angle

    @property
    def name(self) -> str:
        """The file's name."""
        return Path(self.file).name

    def coverage(self, nside: int) -> Floats:
        """Return the covered share ``(12 nside^2,)`` of each pixel."""
        return self.region.coverage(nside)


@dataclass(frozen=True, eq=False)
class Moc(Region):
    """A multi-order coverage map.

    Parameters
    ----------
    ranges
        First and last-plus-one NESTED pixel of order 29 ``(n, 2)``, sorted.
    frame
        In which these are counted.
    """

    __repr__ = short

    ranges: Ints
    frame: str

    def _inside(self, lon: Floats, lat: Floats) -> Bools:
        import healpy

        own = rotation(self.frame).T @ directions(lon, lat).reshape(-1, 3).T
        pixels = healpy.vec2pix(2**_FINEST, *own, nest=True)
        place = np.searchsorted(self.ranges[:, 0], pixels, side="right") - 1
        return np.asarray((place >= 0) & (pixels < self.ranges[place, 1])).reshape(np.shape(lon))

    @property
    def edges(self) -> None:
        """Pixel borders are no circles."""
        return

    @property
    def solid_angle(self) -> float:
        """Solid angle [sr]."""
        return float(np.diff(self.ranges, axis=1).sum() * (math.pi / 3 / 4**_FINEST))

    @property
    def name(self) -> str:
        """How many ranges it has."""
        return f"moc({len(self.ranges)} ranges)"


def region_from_file(file: str | Path) -> Region:
    """Return the region in a file: DS9 text (``.reg``, ``.txt``), a MOC or a HEALPix map of covered shares in FITS.

    Raises
    ------
    OSError, ValueError
        If it is not there, or holds no region.
    """
    path = str(file)
    if path.lower().endswith((".reg", ".ds9", ".txt")):
        return FromFile(path, _ds9(path))
    moc = None if path.endswith("]") else _moc(path)
    return FromFile(path, moc or _mask(path))


def _mask(path: str) -> Region:
    sky = read_map(path, unit="")
    shares = np.where(sky.masked, 0.0, sky.values)
    if shares.min() < 0 or shares.max() > 1:
        raise ValueError(f"'{path}' holds numbers from {shares.min():g} to {shares.max():g}; a mask holds 0 to 1")
    return HealpixMask(shares)


def _moc(path: str) -> Region | None:
    from astropy.io import fits

    with open_fits(path) as hdus:
        for number, hdu in enumerate(hdus):
            if isinstance(hdu, fits.BinTableHDU) and len(hdu.columns) == 1:
                table = Table(hdu, path, number)
                ordering = (table.text("ORDERING") or "").upper()
                if ordering in ("NUNIQ", "RANGE"):
                    numbers = table.integers(table.columns[0])
                    pairs = numbers.reshape(-1, 2) if ordering == "RANGE" else _of_uniq(numbers, table)
                    frame = frame_named(table.text("COORDSYS") or "C")
                    return Moc(pairs[np.argsort(pairs[:, 0])], frame)
    return None


def _of_uniq(uniq: Ints, table: Table) -> Ints:
    if uniq.size == 0 or uniq.min() < 4:
        raise ValueError(f"{table.label}: the column {table.columns[0]!r} holds no NUNIQ pixels, which are 4 or more")
    order = (np.frexp(uniq.astype(np.float64))[1].astype(np.int64) - 1) // 2 - 1
    number, shift = uniq - (4 << (2 * order)), 2 * (_FINEST - order)
    return np.stack([number << shift, (number + 1) << shift], axis=1)


def _ds9(path: str) -> Region:
    """Return the union of a DS9 file's circles and polygons, without those that begin with a minus."""
    if require_file(path) > _LARGEST_TEXT:
        raise ValueError(f"'{path}' is too large for a region file")
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    frame, found, taken = "", None, None
    for line in re.split(r"[\n;]", re.sub(r"#.*", "", text)):
        word = line.strip().lower()
        if word in ("galactic", "icrs", "fk5", "j2000", "ecliptic"):
            frame = frame_named(word)
        for match in _SHAPE.finditer(line):
            shape = _shape(match, frame, path)
            if match["minus"]:
                taken = shape if taken is None else taken | shape
            else:
                found = shape if found is None else found | shape
    if found is None:
        raise ValueError(f"'{path}' holds no circle or polygon of DS9")
    return found if taken is None else found & ~taken


def _shape(match: re.Match[str], frame: str, path: str) -> Region:
    shape, numbers = match["shape"].lower(), re.split(r"[,\s]+", match["numbers"].strip())
    if shape not in ("circle", "polygon") or not frame:
        what = f"the shape {shape!r}" if frame else "no frame"
        raise ValueError(f"'{path}' has {what}; allowed: circle and polygon after a line galactic, icrs or fk5")
    degrees = [_degrees(number, path) for number in numbers]
    if shape == "circle" and len(degrees) == 3:
        (lon, lat), *_ = galactic([(degrees[0], degrees[1])], frame)
        return Circle(lon, lat, degrees[2])
    if shape == "polygon" and len(degrees) >= 6 and len(degrees) % 2 == 0:
        return Polygon(tuple(galactic(list(zip(degrees[::2], degrees[1::2], strict=True)), frame)))
    raise ValueError(
        f"'{path}': {shape} with {len(degrees)} numbers; allowed: circle(lon, lat, radius), polygon(lon, lat, ...)"
    )


def _degrees(text: str, path: str) -> float:
    number = re.fullmatch(r"([+-]?[\d.]+(?:[eE][+-]?\d+)?)([d°'\"]?)", text)
    if number is None:
        raise ValueError(f"'{path}': {text[:40]!r} is no angle; allowed: decimal degrees, or with d, ' or \" behind")
    return float(number[1]) * _UNITS[number[2]]


def galactic(corners: list[tuple[float, float]], frame: str) -> list[tuple[float, float]]:
    """Return directions (lon, lat) [deg] of a frame as Galactic ones."""
    from astropy.coordinates import SkyCoord

    if frame == "galactic":
        return corners
    lon, lat = zip(*corners, strict=True)
    places = SkyCoord(list(lon), list(lat), unit="deg", frame=frame).galactic
    return list(zip(places.l.deg.tolist(), places.b.deg.tolist(), strict=True))
