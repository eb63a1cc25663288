"""Circles on the sphere: where they lie, where two of them cross, and angles that keep their digits."""

import numpy as np
import pytest

from skymodel.sky.circles import SmallCircle, crossings, directions, local_axes, lonlat, meridian, parallel, separation

PLACES = [(0.0, 0.0), (50.0, 20.0), (-130.0, -70.0), (200.0, 90.0)]


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_directions_and_their_angles_are_each_others_inverse(lon, lat):
    found_lon, found_lat = lonlat(3.0 * directions(lon, lat))
    assert found_lat == pytest.approx(lat, abs=1e-12)
    assert lat == 90 or (found_lon - lon + 180) % 360 == pytest.approx(180, abs=1e-12)


@pytest.mark.parametrize(("lon", "lat"), PLACES)
def test_the_local_axes_are_the_derivatives_of_the_direction(lon, lat):
    centre, east, north = local_axes(lon, lat)
    step = 1e-3
    by_lon, by_lat = (
        (directions(lon + dx, lat + dy) - directions(lon - dx, lat - dy)) / (2 * np.radians(step))
        for dx, dy in ((step, 0.0), (0.0, step))
    )
    assert centre == pytest.approx(directions(lon, lat), abs=1e-15)
    assert east * np.cos(np.radians(lat)) == pytest.approx(by_lon, abs=1e-9)
    assert north == pytest.approx(by_lat, abs=1e-9)
    assert np.cross(centre, east) == pytest.approx(north, abs=1e-15)


def test_an_edge_is_positive_within_and_vanishes_on_its_circle():
    edge = SmallCircle(10, 20, 30)
    on_it = directions(10, [50, -10])
    assert edge.excess(on_it) == pytest.approx([0, 0], abs=1e-15)
    assert edge.excess(directions(10, 20)) == pytest.approx(1 - np.cos(np.radians(30)))
    assert edge.excess(directions(190, -20)) < -1


@pytest.mark.parametrize("lat", [-80.0, 0.0, 35.0])
def test_a_parallel_holds_all_longitudes_at_its_latitude(lat):
    assert parallel(lat).excess(directions([0, 77, 200], lat)) == pytest.approx(np.zeros(3), abs=1e-15)
    assert parallel(lat).excess(directions(0, lat + 1)) > 0  # it holds the north


@pytest.mark.parametrize("lon", [-170.0, 0.0, 30.0, 100.0])
def test_a_meridian_holds_both_its_halves_and_the_poles(lon):
    on_it = directions([lon, lon, lon + 180, 0, 0], [0, 60, -20, 90, -90])
    assert meridian(lon).excess(on_it) == pytest.approx(np.zeros(5), abs=1e-15)
    assert abs(meridian(lon).excess(directions(lon + 90, 0))) == pytest.approx(1)
    assert meridian(lon) == meridian(lon + 180)  # one edge, whoever names it
    assert parallel(lon / 2) == SmallCircle(0.0, 90.0, 90.0 - lon / 2)


@pytest.mark.parametrize("degrees", [0.0, 1e-9, 40.0, 90.0, 130.0, 180.0])
def test_the_angle_between_vectors_of_any_length(degrees):
    assert separation(2 * directions(30, 0), 5 * directions(30 + degrees, 0)) == pytest.approx(np.radians(degrees))


def test_circles_all_but_one_upon_the_other_cross_and_equal_ones_do_not():
    first = SmallCircle(0, 0, 30)
    points = crossings(first, SmallCircle(1e-3, 0, 30))
    assert np.sort(lonlat(points)[1]) == pytest.approx([-30, 30], abs=1e-3)
    assert np.degrees(separation(points, first.axis)) == pytest.approx([30, 30], abs=1e-3)
    assert crossings(first, first).shape == crossings(first, SmallCircle(180, 0, 150)).shape == (0, 3)


def test_edges_cross_where_both_are():
    for pair in [(parallel(5), meridian(30)), (SmallCircle(10, 20, 30), SmallCircle(35, 10, 12))]:
        points = crossings(*pair)
        assert points.shape == (2, 3)
        assert np.linalg.norm(points[0] - points[1]) > 0.1
        for edge in pair:
            assert np.degrees(separation(points, edge.axis)) == pytest.approx(edge.radius, abs=1e-12)
    assert crossings(parallel(5), parallel(-5)).shape == (0, 3)
    assert crossings(SmallCircle(0, 0, 5), SmallCircle(90, 0, 5)).shape == (0, 3)


def test_circles_that_touch_meet_in_one_point():
    touching = crossings(SmallCircle(0, 0, 10), SmallCircle(30, 0, 20))
    assert touching == pytest.approx(np.tile(directions(10, 0), (2, 1)), abs=1e-7)  # the square root of rounding


def test_angles_between_nearly_parallel_vectors_keep_their_digits():
    assert separation(directions(0, 0), directions(0, 1e-9)) == pytest.approx(np.radians(1e-9), rel=1e-6)
    assert separation(directions(0, 0), -directions(0, 1e-9)) == pytest.approx(np.pi - np.radians(1e-9), rel=1e-15)
