"""A density cube in a FITS image: where its pixels lie, by the FITS standard.

Place = CRVAL + CD (pixel - CRPIX), or with CDELT times PC in the place of CD; CRPIX and CRVAL are 0 where they are
missing, PC is the unit matrix. CD wins over CDELT. CTYPE may name an axis X, Y or Z.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from profiles.tables.fitsfiles import guarded, open_fits

_STRAIGHT = 1e-6  # relative to the step: what is less is rounding
_NAMES = {"X": 0, "Y": 1, "Z": 2, "GX": 0, "GY": 1, "GZ": 2, "GALX": 0, "GALY": 1, "GALZ": 2}


class ImageCube(NamedTuple):
    """A cube of a FITS image: rising axes [kpc], values ``(nx, ny, nz)`` [`unit`], how its axes are turned."""

    axes: tuple[Floats, Floats, Floats]
    values: Floats
    unit: str
    turn: Floats | None


def read_image_cube(file: str, unit: str | None = None) -> ImageCube | None:
    """Return the first three-dimensional image of a FITS file; None if there is none but a table.

    Raises
    ------
    ValueError
        If the file holds neither, does not state its units, or its axes are not at right angles.
    """
    with open_fits(file) as hdus:
        tables = False
        for number, hdu in enumerate(hdus):
            tables = tables or "TFIELDS" in hdu.header
            if hdu.is_image and _axes_of(hdu.header) == 3:
                label = f"{file}, HDU {number}"
                with guarded(label):
                    data = np.array(hdu.data, dtype=np.float64)
                    return _placed(data.reshape(data.shape[-3:]), hdu.header, label, unit)
    if not tables:
        raise ValueError(f"{file} holds no three-dimensional image")
    return None


def _axes_of(header: Any) -> int:
    """Return how many axes an image has, leading ones of length 1 not counted."""
    lengths = [int(header.get(f"NAXIS{axis}", 0)) for axis in range(1, int(header.get("NAXIS", 0)) + 1)]
    while len(lengths) > 3 and lengths[-1] == 1:
        lengths.pop()
    return len(lengths)


def _placed(data: Floats, header: Any, label: str, unit: str | None) -> ImageCube:
    density = header.get("BUNIT") or unit
    if not density:
        raise ValueError(f"{label}: the keyword BUNIT is missing; a grid must state its units, or give unit=...")
    matrix, start = _matrix(header, label)
    rows = _rows(header, label)
    matrix, start = matrix[rows], start[rows]
    steps = np.linalg.norm(matrix, axis=0)
    if not np.all(steps > 0):
        raise ValueError(f"{label}: an axis has no step (CDELT, CD); allowed: numbers other than 0")
    own = matrix / steps
    if np.abs(own.T @ own - np.eye(3)).max() > _STRAIGHT:
        raise ValueError(f"{label}: the axes (CD, PC) are not at right angles; resample the grid")
    values = data.transpose(2, 1, 0)  # FITS counts its axes from the last
    reference = np.array([_number(header, f"CRPIX{j}", label, 0.0) for j in (1, 2, 3)])
    order = np.argmax(np.abs(own), axis=0)
    if len(set(order.tolist())) == 3 and np.abs(np.abs(own[order, [0, 1, 2]]) - 1).max() < _STRAIGHT**2:
        return _straight(values, own, order, steps, reference, start, str(density))
    offsets = own.T @ start  # where the reference pixel lies along the cube's own axes
    axes = [(np.arange(n) + 1 - r) * d + o for n, r, d, o in zip(values.shape, reference, steps, offsets, strict=True)]
    return ImageCube((axes[0], axes[1], axes[2]), values, str(density), own)


def _straight(
    values: Floats, own: Floats, order: Any, steps: Floats, reference: Floats, start: Floats, unit: str
) -> ImageCube:
    """Return a cube whose axes are the Galaxy's, in any order and direction."""
    axes: list[Any] = [None] * 3
    for j, i in enumerate(order):
        sign = np.sign(own[i, j])
        axis = start[i] + sign * steps[j] * (np.arange(values.shape[j]) + 1 - reference[j])
        axes[i] = axis[::-1] if sign < 0 else axis
        values = np.flip(values, axis=j) if sign < 0 else values
    return ImageCube((axes[0], axes[1], axes[2]), values.transpose(np.argsort(order)), unit, None)


def _matrix(header: Any, label: str) -> tuple[Floats, Floats]:
    """Return steps ``(3, 3)`` and reference place ``(3,)`` [kpc], a row for each axis of the file's world."""
    cd = any(f"CD{i}_{j}" in header for i in (1, 2, 3) for j in (1, 2, 3))
    matrix, start = np.empty((3, 3)), np.empty(3)
    for i in (1, 2, 3):
        unit = header.get(f"CUNIT{i}")
        if not unit:
            raise ValueError(f"{label}: the keyword CUNIT{i} is missing; a grid must state its units")
        kpc = float(units.Unit(str(unit)).to("kpc"))
        scale = 1.0 if cd else _number(header, f"CDELT{i}", label, 1.0)
        for j in (1, 2, 3):
            default = 0.0 if cd or i != j else 1.0
            matrix[i - 1, j - 1] = kpc * scale * _number(header, f"{'CD' if cd else 'PC'}{i}_{j}", label, default)
        start[i - 1] = kpc * _number(header, f"CRVAL{i}", label, 0.0)
    return matrix, start


def _rows(header: Any, label: str) -> list[int]:
    """Return which axis of the file is x, which y, which z: by CTYPE where it names them, else in order."""
    names = [str(header.get(f"CTYPE{i}", "")).strip().upper() for i in (1, 2, 3)]
    places = [_NAMES.get(name.partition("-")[0].partition("_")[0]) for name in names]
    if all(place is None for place in places):
        return [0, 1, 2]
    if sorted(-1 if place is None else place for place in places) != [0, 1, 2]:
        raise ValueError(f"{label}: CTYPE = {', '.join(names)}; allowed: X, Y and Z, each once, or no names")
    return [places.index(axis) for axis in (0, 1, 2)]


def _number(header: Any, card: str, label: str, default: float) -> float:
    value = header.get(card, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError(f"{label}: {card} = {str(value)[:40]!r}; allowed: a number")
    return float(value)
