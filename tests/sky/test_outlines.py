"""A drawn outline is the edge of the region itself, whatever the region is made of."""

import healpy
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from scipy.integrate import quad

from skymodel.sky.circles import directions, separation
from skymodel.sky.masks import HealpixMask
from skymodel.sky.outlines import FINEST, MOST, outline
from skymodel.sky.polygon import Polygon
from skymodel.sky.reading.regions import FromFile
from skymodel.sky.region import as_region
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle

CIRCLES = [INTEGRAL_CIRCLE, Circle(lon=175, lat=-40, radius=20), Circle(lon=30, lat=80, radius=25)]
BOXES = [COMPTEL_WINDOW, Box(lon=(170, 200), lat=(10, 60))]
TRIANGLE = Polygon(((20, -10), (60, -10), (40, 30)))
COMBINED = [
    INTEGRAL_CIRCLE | COMPTEL_WINDOW,
    Circle(0, 0, 20) & ~Circle(5, 5, 6),
    ~Box((170, 200), (-90, 10)),
    Polygon(((150, 30), (-150, 40), (180, -30))),
]
# the lower side of a polar base pixel [deg]: sin(lat) = 8 / (3 pi) lon from the equator to sin(lat) = 2/3 at 45 deg
BASE_SIDE = np.degrees(quad(lambda z: np.sqrt(1 / (1 - z**2) + (1 - z**2) * (3 * np.pi / 8) ** 2), 0, 2 / 3)[0])


def half(nside):
    """Return the mask of the pixels whose centres lie in a circle on both sides of longitude 180 deg."""
    lon, lat = healpy.pix2ang(nside, np.arange(12 * nside**2), lonlat=True)
    return as_region(Circle(170, 20, 25).contains(lon, lat))


def length(curve):
    """Return the length [deg] of an outline; nan is no part of it."""
    steps = separation(*(directions(*curve)[some] for some in (slice(1, None), slice(None, -1))))
    return np.degrees(np.nansum(steps))


@pytest.mark.parametrize("circle", CIRCLES, ids=lambda circle: circle.name)
def test_every_point_of_a_circle_is_its_radius_from_its_centre(circle):
    lon, lat = outline(circle)
    kept = np.isfinite(lon)
    centre = SkyCoord(circle.lon, circle.lat, unit="deg", frame="galactic")
    away = centre.separation(SkyCoord(lon[kept], lat[kept], unit="deg", frame="galactic")).deg
    np.testing.assert_allclose(away, circle.radius, rtol=1e-12)


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box.name)
def test_every_point_of_a_box_is_on_one_of_its_sides_and_all_corners_are_met(box):
    lon, lat = (side[np.isfinite(side)] for side in outline(box))
    west, east = ((edge + 180) % 360 - 180 for edge in box.lon)
    on_side = np.isclose(lon, west) | np.isclose(lon, east) | np.isclose(lat, box.lat[0]) | np.isclose(lat, box.lat[1])
    assert on_side.all()
    corners = {(round(a, 9), round(b, 9)) for a, b in zip(lon, lat, strict=True)}
    assert {(round(a, 9), round(b, 9)) for a in (west, east) for b in box.lat} <= corners


@pytest.mark.parametrize("region", [*CIRCLES, *BOXES, TRIANGLE, *COMBINED], ids=lambda region: region.name)
def test_membership_changes_across_the_outline(region):
    lon, lat = outline(region)
    lon, lat = lon[np.abs(lat) < 89], lat[np.abs(lat) < 89]  # off the poles, beyond which there is no latitude
    step = 1e-6  # deg; crosses the edge without reaching another
    around = [region.contains(lon + a * step, lat + b * step) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    assert (np.any(around, axis=0) & ~np.all(around, axis=0)).all()


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (INTEGRAL_CIRCLE, 360 * np.sin(np.radians(6))),
        (~INTEGRAL_CIRCLE, 360 * np.sin(np.radians(6))),
        (COMPTEL_WINDOW, 20 + 120 * np.cos(np.radians(5))),
        (Box((0, 360), (-5, 5)), 720 * np.cos(np.radians(5))),
        (Box((0, 90), (0, 90)), 270.0),
        (Circle(0, 0, 20) & ~Circle(0, 0, 10), 360 * np.sin(np.radians([10, 20])).sum()),
        (Circle(0, 0, 20) | Circle(0, 0, 10), 360 * np.sin(np.radians(20))),
        (Polygon(((0, 0), (90, 0), (0, 90))), 270.0),
        (as_region(np.arange(12) < 4), 8 * BASE_SIDE),
        (Circle(0, 0, 180), 0.0),
    ],
    ids=str,
)
def test_an_outline_is_as_long_as_the_edge(region, expected):
    assert length(outline(region)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("region", [INTEGRAL_CIRCLE, COMPTEL_WINDOW, TRIANGLE, COMBINED[0]], ids=lambda one: one.name)
def test_an_outline_in_one_part_is_closed(region):
    lon, lat = outline(region)
    assert np.isfinite(lon).all()
    assert (lon[0], lat[0]) == pytest.approx((lon[-1], lat[-1]))


@pytest.mark.parametrize("region", [COMBINED[2], CIRCLES[1], half(32), ~half(4)], ids=lambda one: one.name)
def test_an_outline_reaches_both_ends_of_the_map_and_never_runs_across_it(region):
    lon, _ = outline(region)
    assert (np.nanmin(lon), np.nanmax(lon)) == pytest.approx((-180, 180))
    assert np.nanmax(np.abs(np.diff(lon))) < 60


@pytest.mark.parametrize("nside", [2, 16, FINEST])
def test_the_outline_of_a_mask_runs_between_its_pixels_and_those_beyond(nside):
    mask = half(nside)
    lon, lat = (side[np.isfinite(side)] for side in outline(mask))
    around = [mask.contains(lon + a, np.clip(lat + b, -90, 90)) for a in (-1e-6, 0, 1e-6) for b in (-1e-6, 0, 1e-6)]
    assert (np.any(around, axis=0) & ~np.all(around, axis=0)).all()
    beyond = healpy.get_all_neighbours(nside, np.flatnonzero(mask.shares))[[0, 2, 4, 6]]
    sides = int((mask.shares[beyond] == 0).sum())
    pieces = np.isfinite(np.diff(outline(mask).lon)).sum()
    assert pieces == sides * max(1, 32 // nside)


def test_a_mask_and_a_shape_are_outlined_together():
    mask, circle = half(64), Circle(150, 20, 20)
    both, either = length(outline(mask & circle)), length(outline(mask | circle))
    assert both + either == pytest.approx(length(outline(mask)) + length(outline(circle)), rel=0.02)


def test_what_a_file_holds_is_outlined_as_what_it_holds():
    np.testing.assert_array_equal(outline(FromFile("a.reg", TRIANGLE)), outline(TRIANGLE))


def test_a_strangers_region_is_outlined_in_pixels():
    class Strip:
        def contains(self, places):
            return abs(places.b.deg) < 10

    _, lat = outline(as_region(Strip()))
    np.testing.assert_allclose(np.abs(lat[np.isfinite(lat)]), 10, atol=0.6)  # nside 128 has pixels of 0.46 deg


def test_a_mask_of_too_many_sides_is_drawn_coarser():
    rows = np.arange(12 * 64**2)
    speckled = HealpixMask((np.random.default_rng(1).random(rows.size) < 0.5).astype(float))
    assert outline(speckled).lon.size <= 3 * MOST
