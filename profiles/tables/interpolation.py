"""Between the points of a cube: places as numbers of steps along its axes, trilinear and cubic interpolation.

On even axes both are those of ``scipy.ndimage``. Trilinear interpolation needs nothing but the fraction of a step;
cubic splines on uneven axes are tensor products with knots at the points themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from profiles.contract.arrays import Floats


def steps_along(xp: Any, place: Any, axis: Floats) -> Any:
    """Return places as numbers of steps along a rising `axis`: 0 at the first point, n - 1 at the last and beyond."""
    points = xp.asarray(axis)
    inside = xp.reshape(xp.clip(place, float(axis[0]), float(axis[-1])), (-1,))
    cell = xp.clip(xp.searchsorted(points, inside, side="right") - 1, 0, len(axis) - 2)
    low = xp.take(points, cell, axis=0)
    part = (inside - low) / (xp.take(points, cell + 1, axis=0) - low)
    return xp.reshape(xp.astype(cell, part.dtype) + part, place.shape)


def trilinear(xp: Any, values: Floats, places: list[Any]) -> Any:
    """Return values between the points, at `places` given as numbers of steps along the three axes."""
    if isinstance(places[0], np.ndarray):
        from scipy.ndimage import map_coordinates

        flat = np.stack(places).reshape(3, -1)  # it takes no lone points; twice as fast as what follows
        return map_coordinates(values, flat, order=1, mode="nearest").reshape(places[0].shape)
    shape, flat = values.shape, xp.asarray(values.reshape(-1))
    cells = [xp.clip(xp.astype(xp.floor(f), xp.int64), 0, n - 2) for f, n in zip(places, shape, strict=True)]
    parts = [f - xp.astype(cell, f.dtype) for f, cell in zip(places, cells, strict=True)]
    total = xp.zeros_like(parts[0])
    for corner in np.ndindex(2, 2, 2):
        index, weight = xp.zeros_like(cells[0]), xp.ones_like(total)
        for cell, part, bit, n in zip(cells, parts, corner, shape, strict=True):
            index = index * n + cell + bit
            weight = weight * (part if bit else 1 - part)
        total = total + weight * xp.reshape(xp.take(flat, xp.reshape(index, (-1,)), axis=0), index.shape)
    return total


def even_spline(values: Floats) -> Floats:
    """Return the coefficients of the cubic spline through values on even axes."""
    from scipy.ndimage import spline_filter

    return np.asarray(spline_filter(values, order=3, mode="mirror"), dtype=float)


def tricubic(spline: Floats, places: list[Any]) -> Floats:
    """Return the spline on even axes at `places` given as numbers of steps."""
    from scipy.ndimage import map_coordinates

    steps = np.stack([np.asarray(f, dtype=float) for f in places])
    smooth = map_coordinates(spline, steps.reshape(3, -1), order=3, mode="mirror", prefilter=False)
    return np.asarray(smooth).reshape(steps.shape[1:])


def uneven_spline(axes: tuple[Floats, Floats, Floats], values: Floats) -> Any:
    """Return the cubic spline through values on axes of any rising points, as a function of places ``(N, 3)``."""
    from scipy.interpolate import NdBSpline, make_interp_spline

    knots, coefficients = [], values
    for along, axis in enumerate(axes):
        made = make_interp_spline(axis, coefficients, k=3, axis=along)
        knots.append(made.t)
        coefficients = np.moveaxis(made.c, 0, along)  # the axis interpolated along comes first
    return NdBSpline(tuple(knots), coefficients, 3)
