"""A drawn outline is the region's edge itself."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from skymodel.output.figures.outlines import outline
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle

CIRCLES = [INTEGRAL_CIRCLE, Circle(lon=175, lat=-40, radius=20), Circle(lon=30, lat=80, radius=25)]
BOXES = [COMPTEL_WINDOW, Box(lon=(170, 200), lat=(10, 60))]


@pytest.mark.parametrize("circle", CIRCLES, ids=lambda circle: circle.name)
def test_every_point_of_a_circle_is_its_radius_from_its_centre(circle):
    lon, lat = outline(circle)
    centre = SkyCoord(circle.lon, circle.lat, unit="deg", frame="galactic")
    away = centre.separation(SkyCoord(lon, lat, unit="deg", frame="galactic")).deg
    np.testing.assert_allclose(away, circle.radius, rtol=1e-12)


@pytest.mark.parametrize("box", BOXES, ids=lambda box: box.name)
def test_every_point_of_a_box_is_on_one_of_its_sides_and_all_corners_are_met(box):
    lon, lat = outline(box, points=11)
    west, east = ((edge + 180) % 360 - 180 for edge in box.lon)
    on_side = np.isclose(lon, west) | np.isclose(lon, east) | np.isclose(lat, box.lat[0]) | np.isclose(lat, box.lat[1])
    assert on_side.all()
    corners = {(round(a, 9), round(b, 9)) for a, b in zip(lon, lat, strict=True)}
    assert {(round(a, 9), round(b, 9)) for a in (west, east) for b in box.lat} <= corners


@pytest.mark.parametrize("region", [*CIRCLES, *BOXES], ids=lambda region: region.name)
def test_membership_changes_across_the_outline(region):
    lon, lat = outline(region)
    step = 1e-6  # deg; crosses the edge without reaching another
    around = [region.contains(lon + a * step, lat + b * step) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    assert (np.any(around, axis=0) & ~np.all(around, axis=0)).all()


@pytest.mark.parametrize("region", [INTEGRAL_CIRCLE, COMPTEL_WINDOW], ids=lambda region: region.name)
def test_an_outline_is_closed(region):
    lon, lat = outline(region)
    assert (lon[0], lat[0]) == pytest.approx((lon[-1], lat[-1]))


def test_a_region_that_is_not_one_curve_has_no_outline():
    assert outline(INTEGRAL_CIRCLE | COMPTEL_WINDOW) is None
