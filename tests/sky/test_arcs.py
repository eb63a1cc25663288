"""Arcs of circles in a region: closed forms, and a brute count of the sky for whatever regions combine to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skymodel.sky.arcs import arcs, radii_of_change, solid_angle
from skymodel.sky.circles import local_axes, lonlat
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle, as_region
from tests.sky.test_region import regions


def total(pieces):
    return (pieces.stop - pieces.start).sum(axis=1)


def test_a_circle_about_the_centre_is_all_or_nothing():
    assert total(arcs(INTEGRAL_CIRCLE, 0, 0, [0, 3, 5.999, 6.001, 90, 180])).tolist() == [2 * np.pi] * 3 + [0] * 3


@pytest.mark.parametrize(("lon", "lat"), [(25, 0), (-25, 0), (0, 25), (0, -25)])
def test_a_circle_that_touches_an_edge_has_no_arc_in_it_and_all_of_it_in_the_rest(lon, lat):
    """Wherever rounding has them: an uncut circle is judged by one point, which must not be the touching one."""
    for radius in range(1, 25):
        outside, around = 25 - radius, 25 + radius
        region = Circle(lon, lat, radius)
        assert total(arcs(region, 0, 0, [outside, around])) == pytest.approx([0, 0], abs=1e-6)  # the root of rounding
        assert total(arcs(~region, 0, 0, [outside, around])) == pytest.approx([2 * np.pi] * 2, abs=1e-6)
        assert total(arcs(region, lon, lat, [radius - 1e-9, radius + 1e-9])).tolist() == [2 * np.pi, 0]


def test_a_circle_without_size_is_all_or_nothing_also_on_an_edge():
    for region in (Circle(6, 0, 6), Circle(0, -6, 6), Box((0, 40), (0, 40)), Box((-40, 0), (-40, 40))):
        assert total(arcs(region, 0, 0, [0.0]))[0] in (0, 2 * np.pi)  # the centre lies on an edge, or in a corner
        beside = total(arcs(region, 0, 0, [1e-6]))[0]
        angle = np.pi / 2 if region == Box((0, 40), (0, 40)) else np.pi
        assert beside == pytest.approx(angle, abs=1e-5)


def test_an_uncut_circle_begins_at_zero():
    pieces = arcs(INTEGRAL_CIRCLE, 0, 0, [3.0, 7.0])
    assert (pieces.start.tolist(), pieces.stop.tolist()) == ([[0.0], [0.0]], [[2 * np.pi], [0.0]])


def test_the_position_angle_grows_from_lon_towards_lat():
    start, stop = arcs(Box((0, 40), (0, 40)), 0, 0, [10.0])  # the quadrant of growing lon and lat
    kept = stop > start
    assert start[kept].min() == pytest.approx(0, abs=1e-15)
    assert stop[kept].max() == pytest.approx(np.pi / 2)
    start, stop = arcs(Box((-40, 0), (0, 40)), 0, 0, [10.0])
    assert (start[0, 0], stop[0, 0]) == (pytest.approx(np.pi / 2), pytest.approx(np.pi))


@pytest.mark.parametrize("radius", [5.0001, 7.0, 20.0, 29.0])
def test_parallels_leave_two_arcs_of_closed_form(radius):
    pieces = arcs(COMPTEL_WINDOW, 0, 0, [radius])
    half = np.arcsin(np.sin(np.radians(5)) / np.sin(np.radians(radius)))
    assert total(pieces)[0] == pytest.approx(4 * half, rel=1e-13)
    assert pieces.start.shape == (1, 2)


@pytest.mark.parametrize("excess", [1e-6, 1e-9, 1e-12])
def test_barely_cut_circles_keep_their_digits(excess):
    # just outside the tangent radius d - r the arc is 2 sqrt(2 x sin(r) / (sin(d) sin(d - r))) for a small excess x
    d, r = np.radians(30), np.radians(10)
    radius = 20 + np.degrees(excess)
    length = total(arcs(Circle(30, 0, 10), 0, 0, [radius]))[0]
    expected = 2 * np.sqrt(2 * np.radians(radius - 20) * np.sin(r) / (np.sin(d) * np.sin(d - r)))
    assert length == pytest.approx(expected, rel=1e-3 if excess < 1e-10 else 1e-5)  # 20 deg is held to 4e-15


def test_the_radii_of_change_of_the_window_are_its_tangents_and_corners():
    corner = np.degrees(np.arccos(np.cos(np.radians(30)) * np.cos(np.radians(5))))
    found = radii_of_change(COMPTEL_WINDOW, 0, 0)
    for expected in (5.0, 30.0, corner):
        assert np.min(np.abs(found - expected)) < 1e-12
    assert np.all(np.diff(found) > 0)
    assert found[0] > 0
    assert found[-1] < 180


def test_radii_of_change_below_a_degree_and_near_the_antipode_count():
    assert radii_of_change(Circle(0, 0, 0.5), 0, 0) == pytest.approx([0.5], rel=1e-13)
    assert radii_of_change(Circle(0.25, 0, 0.5), 0, 0) == pytest.approx([0.25, 0.75], rel=1e-13)
    assert radii_of_change(Circle(0, 0, 179.5), 0, 0) == pytest.approx([179.5], rel=1e-13)
    assert radii_of_change(Circle(180, 0, 20), 0, 10) == pytest.approx([150, 170], rel=1e-13)
    assert radii_of_change(Circle(6, 0, 6), 0, 0) == pytest.approx([12], rel=1e-13)  # 0, where it touches, is no change


def test_the_whole_sky_and_nothing_have_no_edges():
    assert radii_of_change(Circle(0, 0, 180), 10, 20).size == 0
    assert total(arcs(Circle(0, 0, 180), 10, 20, [0, 50, 180])).tolist() == [2 * np.pi] * 3
    assert total(arcs(~Circle(0, 0, 180), 10, 20, [0, 50, 180])).tolist() == [0] * 3


def test_regions_of_unknown_edges_are_refused():
    with pytest.raises(ValueError, match="use its coverage"):
        arcs(as_region(np.ones(12)), 0, 0, [1.0])


def test_the_arcs_are_those_whose_points_are_contained():
    region = (Circle(20, 70, 35) | Box((100, 200), (-60, 88))) & ~Circle(10, 80, 5)
    radius = np.array([3.0, 12.0, 47.0, 91.0, 170.0])
    here = local_axes(15, 65)
    phi = (np.arange(7200) + 0.5) * 2 * np.pi / 7200
    start, stop = arcs(region, 15, 65, radius)
    for row, theta in enumerate(np.radians(radius)):
        ring = np.cos(theta) * here.centre + np.sin(theta) * (
            np.cos(phi)[:, None] * here.east + np.sin(phi)[:, None] * here.north
        )
        inside = region.contains(*lonlat(ring))
        turns = phi[:, None] + np.array([0, 2 * np.pi])  # intervals may pass one turn
        held = ((start[row] < turns[..., None]) & (turns[..., None] < stop[row])).any(axis=(1, 2))
        assert np.array_equal(inside, held)


def area(region, lon, lat):
    """Integrate the arcs about a centre, square-root ends mapped away, with plain Gauss-Legendre."""
    node, weight = np.polynomial.legendre.leggauss(200)
    t = (node + 1) / 2
    borders = np.radians([0, *radii_of_change(region, lon, lat), 180])
    low, width = borders[:-1, None], np.diff(borders)[:, None]
    theta = low + width * t**2 * (3 - 2 * t)
    lengths = total(arcs(region, lon, lat, np.degrees(theta).ravel())).reshape(theta.shape)
    return float((np.sin(theta) * lengths * width * 3 * t * (1 - t) * weight).sum())


CENTRES = [(0.0, 0.0), (0.0, 90.0), (77.0, -90.0), (180.0, 0.0), (-123.4, 56.7)]


@pytest.mark.parametrize(("lon", "lat"), CENTRES)
@pytest.mark.parametrize(
    "region",
    [
        INTEGRAL_CIRCLE,
        COMPTEL_WINDOW,
        Circle(30, 85, 20),  # holds a pole
        Circle(0, 0, 170),  # a hole about the antipode
        Box((350, 10), (-90, 20)),  # reaches a pole
        Box((0, 360), (60, 90)),
    ],
)
def test_the_arcs_about_any_centre_sum_to_the_closed_solid_angle(region, lon, lat):
    assert area(region, lon, lat) == pytest.approx(region.solid_angle, abs=1e-9)


SIX = 2 * np.pi * (1 - np.cos(np.radians(6)))


@pytest.mark.parametrize(
    ("region", "closed"),
    [
        (INTEGRAL_CIRCLE, SIX),
        (Circle(50, -20, 6) | Circle(0, 0, 6), 2 * SIX),
        (~Circle(50, -20, 6), 4 * np.pi - SIX),
        (COMPTEL_WINDOW, np.radians(60) * 2 * np.sin(np.radians(5))),
        (Circle(0, 0, 90) & Circle(60, 0, 90), 2 * (np.pi - np.pi / 3)),  # a lune
        (Circle(0, 0, 180), 4 * np.pi),
    ],
)
def test_the_solid_angle_within_edges_is_the_closed_form(region, closed):
    assert solid_angle(region) == pytest.approx(closed, abs=1e-12)


@given(regions, st.floats(-180, 180), st.floats(-90, 90))
@settings(max_examples=6, deadline=None)
def test_the_arcs_of_any_region_sum_to_the_counted_pixels(region, lon, lat):
    counted = region.coverage(16).sum() * 4 * np.pi / (12 * 16**2)
    assert region.solid_angle == pytest.approx(counted, abs=2e-5)  # what the coverage promises for long edges
    assert area(region, lon, lat) == pytest.approx(region.solid_angle, abs=1e-6)
