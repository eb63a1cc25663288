"""The outline of a region as a curve on the sky, exact: every point lies on the region's edge."""

from __future__ import annotations

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.sky.regions import Box, Circle, Region

Curve = tuple[Floats, Floats]


def outline(region: Region, points: int = 361) -> Curve | None:
    """Return the closed outline of a circle or a box as longitudes [-180, 180) and latitudes [deg].

    Parameters
    ----------
    region
        What is outlined; None is returned for regions of other shapes, whose edge is not one curve.
    points
        Number of points, of a box's each side.

    Examples
    --------
    >>> lon, lat = outline(Circle(lon=0, lat=0, radius=6), points=5)
    >>> lon.round(9).tolist(), lat.round(9).tolist()
    ([0.0, 6.0, 0.0, -6.0, 0.0], [6.0, 0.0, -6.0, -0.0, 6.0])
    """
    if isinstance(region, Circle):
        return _circle(region, points)
    return _box(region, points) if isinstance(region, Box) else None


def _circle(circle: Circle, points: int) -> Curve:
    angle = np.linspace(0, 2 * np.pi, points)  # from the north through the east
    radius, lat = np.radians(circle.radius), np.radians(circle.lat)
    sine = np.sin(lat) * np.cos(radius) + np.cos(lat) * np.sin(radius) * np.cos(angle)
    shift = np.arctan2(np.sin(angle) * np.sin(radius) * np.cos(lat), np.cos(radius) - np.sin(lat) * sine)
    return _wrapped(circle.lon + np.degrees(shift)), np.degrees(np.arcsin(sine))


def _box(box: Box, points: int) -> Curve:
    (west, south), (width, height) = (box.lon[0], box.lat[0]), (box.width, box.lat[1] - box.lat[0])
    along, zero, one = np.linspace(0, 1, points), np.zeros(points), np.ones(points)
    lon = west + width * np.concatenate([along, one, along[::-1], zero])
    return _wrapped(lon), south + height * np.concatenate([zero, along, one, along[::-1]])


def _wrapped(lon: Floats) -> Floats:
    return (lon + 180) % 360 - 180
