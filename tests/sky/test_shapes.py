"""Circles and boxes: what they contain, whatever their size and place."""

import numpy as np
import pytest

from skymodel.sky.regions import (
    COMPTEL_WINDOW,
    INTEGRAL_CIRCLE,
    Box,
    Circle,
)


def test_a_shape_contains_its_edge_and_nothing_beyond():
    assert COMPTEL_WINDOW.contains([-30, 30, 330, 0, 0], [0, 0, 5, -5, 5]).all()
    assert not COMPTEL_WINDOW.contains([30.001, 329.999, 0, 0], [0, 0, 5.001, -5.001]).any()
    assert INTEGRAL_CIRCLE.contains([0, 5.999, 354.001], [5.999, 0, 0]).all()
    assert not INTEGRAL_CIRCLE.contains([0, 6.001, 353.999], [6.001, 0, 0]).any()


def test_an_edge_is_inside_to_the_last_digit():
    assert INTEGRAL_CIRCLE.contains(6.0, 0.0)
    assert Circle(-180, 0, 120).contains(60.0, 0.0)  # also where it is measured from the other side
    assert not Circle(-180, 0, 120).contains(60.0 - 1e-12, 0.0)


def test_edges_are_those_that_bound_something():
    assert [len(Circle(20, 90, radius).edges) for radius in (1e-6, 179.0, 180.0)] == [1, 1, 0]
    assert [len(Box((0, 10), lat).edges) for lat in ((-5, 5), (-90, 5), (-90, 90))] == [4, 3, 2]
    assert [len(Box((0, 360), lat).edges) for lat in ((-5, 5), (5, 90), (-90, 90))] == [2, 1, 0]


def test_a_box_is_no_great_circle_polygon():
    # the great circle through the corners (+-60, 40) passes the meridian 0 at atan(tan 40 / cos 60) = 59.2 deg
    assert not Box(lon=(-60, 60), lat=(0, 40)).contains(0, 45)


@pytest.mark.parametrize("lon", [(350, 10), (-10, 10), (710, 730)])
def test_a_box_wraps_in_longitude(lon):
    box = Box(lon=lon, lat=(-5, 5))
    assert box.contains([355, -5, 5, 365], 0).all()
    assert not box.contains([15, 345, 180], 0).any()
    assert box.solid_angle == pytest.approx(Box(lon=(0, 20), lat=(-5, 5)).solid_angle, rel=1e-14)


def test_a_box_of_all_longitudes_is_a_band():
    band = Box(lon=(0, 360), lat=(-90, 0))
    assert band.solid_angle == pytest.approx(2 * np.pi, rel=1e-14)
    assert band.contains(np.linspace(-180, 360, 50), -10).all()
    assert len(band.edges) == 1


@pytest.mark.parametrize("radius", [1e-4, 1e-9])
def test_a_tiny_circle_keeps_its_size(radius):
    circle = Circle(lon=123, lat=40, radius=radius)
    inside = circle.contains(123, 40 + radius * np.array([0.99, 1.01]))
    assert inside.tolist() == [True, False]
    assert circle.solid_angle == pytest.approx(np.pi * np.radians(radius) ** 2, rel=1e-8)


def test_a_circle_wider_than_a_hemisphere_leaves_out_a_circle_at_the_antipode():
    wide = Circle(lon=20, lat=30, radius=180 - 1e-4)
    assert wide.contains(200, -30 + np.array([1.01e-4])).all()
    assert not wide.contains(200, -30 + np.array([0.99e-4])).any()
