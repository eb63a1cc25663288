"""Which directions a region holds, how much sky that is, and how bad input is refused."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from skymodel.sky.regions import (
    COMPTEL_WINDOW,
    INTEGRAL_CIRCLE,
    Box,
    Circle,
    as_region,
    region_from_config,
    region_to_config,
)

HOLED = Circle(lon=0, lat=0, radius=6) & ~Box(lon=(-1, 1), lat=(-1, 1))

angles = st.floats(-180, 180, allow_nan=False)
circles = st.builds(Circle, lon=angles, lat=st.floats(-90, 90), radius=st.floats(0.5, 179))
boxes = st.builds(
    lambda lon, width, lat, height: Box(lon=(lon, lon + width), lat=(lat, min(90.0, lat + height))),
    angles,
    st.floats(1, 360),
    st.floats(-90, 80),
    st.floats(1, 180),
)
regions = st.recursive(
    circles | boxes,
    lambda parts: st.builds(lambda a, b, both: a & b if both else a | ~b, parts, parts, st.booleans()),
    max_leaves=3,
)


def test_the_two_windows_have_the_published_solid_angles():
    assert INTEGRAL_CIRCLE.solid_angle == pytest.approx(0.0344199465332577, rel=1e-14)
    assert COMPTEL_WINDOW.solid_angle == pytest.approx(0.1825385607561365, rel=1e-14)


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


def test_quantities_and_sky_coordinates_of_any_frame_are_understood():
    circle = Circle(lon=0 * u.rad, lat=0 * u.deg, radius=360 * u.arcmin)
    assert circle == INTEGRAL_CIRCLE
    sgr_a = SkyCoord("17h45m40.04s", "-29d00m28.1s", frame="icrs")  # SIMBAD
    assert INTEGRAL_CIRCLE.contains(sgr_a)
    assert not Circle(lon=0, lat=0, radius=0.05).contains(sgr_a)  # it lies 0.07 deg from the origin
    assert INTEGRAL_CIRCLE.contains(5 * u.deg, [0.05, 0.2] * u.rad).tolist() == [True, False]


def test_the_algebra_is_that_of_sets():
    lon, lat = np.random.default_rng(1).uniform([-180, -90], [180, 90], (2000, 2)).T
    a, b = Circle(10, 0, 40), Box((-20, 60), (-10, 70))
    in_a, in_b = a.contains(lon, lat), b.contains(lon, lat)
    assert np.array_equal((a & b).contains(lon, lat), in_a & in_b)
    assert np.array_equal((a | b).contains(lon, lat), in_a | in_b)
    assert np.array_equal((~a).contains(lon, lat), ~in_a)
    assert 0 < (in_a & in_b).sum() < (in_a | in_b).sum()


def test_equal_regions_are_equal_and_hash_alike():
    assert Circle(0, 0, 6) & ~Box((-1, 1), (-1, 1)) == HOLED
    assert len({HOLED, Circle(0, 0, 6) & ~Box((-1, 1), (-1, 1)), INTEGRAL_CIRCLE}) == 2
    assert eval(repr(INTEGRAL_CIRCLE)) == INTEGRAL_CIRCLE


def test_tables_know_the_two_windows_by_name():
    assert (INTEGRAL_CIRCLE.name, COMPTEL_WINDOW.name) == ("integral_circle", "comptel_window")
    assert HOLED.name == "(integral_circle & ~box(-1..1, -1..1))"


def test_the_lens_of_two_circles_has_its_closed_form_area():
    r, d = np.radians(20.0), np.radians(25.0)
    lens = (Circle(0, 0, 20) & Circle(25, 0, 20)).solid_angle
    # Gauss-Bonnet: 2 pi - two sides of curvature cot r and length 2 half sin r - two exterior angles of `between`
    half = np.arccos(np.tan(d / 2) / np.tan(r))
    between = np.arccos((np.cos(d) - np.cos(r) ** 2) / np.sin(r) ** 2)
    assert lens == pytest.approx(2 * np.pi - 4 * half * np.cos(r) - 2 * between, rel=1e-12)


def test_the_area_of_a_circle_cut_by_a_box_agrees_with_quadrature_over_latitude():
    cut = Circle(0, 0, 20) & Box((-8, 30), (-5, 12))

    def width(lat):
        half = np.degrees(np.arccos(np.cos(np.radians(20)) / np.cos(np.radians(lat))))
        return np.radians(min(half, 30) - max(-half, -8)) * np.cos(np.radians(lat)) * np.radians(1)

    expected, error = quad(width, -5, 12, epsabs=1e-14, epsrel=1e-13, limit=200)
    assert cut.solid_angle == pytest.approx(expected, abs=max(1e-13, error))


@given(regions, regions)
@settings(max_examples=12, deadline=None)
def test_areas_add_up_as_those_of_sets(a, b):
    # inclusion and exclusion, each term integrated about another centre
    assert (a | b).solid_angle + (a & b).solid_angle == pytest.approx(a.solid_angle + b.solid_angle, abs=1e-11)
    assert (a & ~a).solid_angle == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Circle(0, 0, 0), "Circle.radius = 0 deg"),
        (lambda: Circle(0, 0, 181), "Circle.radius = 181 deg"),
        (lambda: Circle(0, 91, 1), "Circle.lat = 91 deg"),
        (lambda: Circle(float("nan"), 0, 1), "Circle.lon = nan deg"),
        (lambda: Circle(0, 0, 6 * u.kpc), "Circle.radius = 6.0 kpc"),
        (lambda: Circle("here", 0, 6), "Circle.lon = 'here'"),
        (lambda: Box((-30, 30), (5, -5)), "Box.lat = (5.0, -5.0) deg"),
        (lambda: Box((-30, 30), (0, 91)), "Box.lat = (0.0, 91.0) deg"),
        (lambda: Box((10, 10), (0, 5)), "Box.lon = (10.0, 10.0) deg"),
        (lambda: Box((0, np.inf), (0, 5)), "Box.lon = inf deg"),
        (lambda: Box(30, (0, 5)), "Box.lon = 30"),
        (lambda: as_region(np.ones(13)), "13 pixels"),
        (lambda: as_region(np.full(12, 2.0)), "from 0 to 1"),
    ],
)
def test_bad_numbers_are_refused_in_one_line(build, words):
    with pytest.raises(ValueError, match="allowed|from 0 to 1") as caught:
        build()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_that_names_no_region_is_refused_with_the_names():
    with pytest.raises(ValueError, match="no region 'galaxy'; known: integral_circle"):
        as_region("galaxy")


@pytest.mark.parametrize("thing", [3.0, object()])
def test_things_that_are_no_region_are_refused(thing):
    with pytest.raises(TypeError, match="no region; allowed"):
        as_region(thing)


def test_contains_needs_both_angles_or_a_coordinate():
    with pytest.raises(TypeError, match="one SkyCoord"):
        INTEGRAL_CIRCLE.contains(3.0)


class Stranger:
    """Another package's circle, which transforms to its own frame."""

    def __init__(self, radius):
        self.centre, self.radius = SkyCoord(0, 0, unit="deg", frame="galactic").icrs, radius * u.deg

    def contains(self, coordinates):
        return coordinates.icrs.separation(self.centre) <= self.radius


def test_a_stranger_with_contains_is_a_region():
    region = as_region(Stranger(6))
    assert region.edges is None
    assert region.contains([[0, 5], [7, 180]], 0).tolist() == [[True, True], [False, False]]
    assert region.solid_angle == pytest.approx(INTEGRAL_CIRCLE.solid_angle, rel=2e-4)  # samples of 1/16 pixel
    assert (region & COMPTEL_WINDOW).contains(0, [3, 5.5]).tolist() == [True, False]


def test_a_stranger_whose_contains_wants_more_is_refused():
    class Sky:
        def contains(self, coordinates, wcs):
            return wcs

    with pytest.raises(TypeError, match=r"Sky.contains\(SkyCoord\) failed"):
        as_region(Sky())


def test_a_mask_is_a_region_of_its_own_coverage():
    share = INTEGRAL_CIRCLE.coverage(32)
    mask = as_region(share)
    assert mask.solid_angle == pytest.approx(INTEGRAL_CIRCLE.solid_angle, rel=1e-6)
    assert mask.contains(0, [0, 10]).tolist() == [True, False]
    assert np.array_equal(mask.coverage(32), share)
    assert mask.coverage(64).sum() == pytest.approx(4 * share.sum())
    assert mask == as_region(share.copy())
    assert hash(mask) == hash(as_region(share.copy()))


@pytest.mark.parametrize("region", [INTEGRAL_CIRCLE, HOLED, Circle(1 / 3, -0.1, 7), Box((350, 10), (-5, 5)) | HOLED])
def test_a_region_survives_its_configuration(region):
    assert region_from_config(region_to_config(region)) == region


def test_a_circle_may_be_given_in_another_frame():
    centre = SkyCoord(0, 0, unit="deg", frame="galactic").icrs
    spec = {"frame": "icrs", "lon": f"{centre.ra.deg} deg", "lat": f"{centre.dec.deg} deg", "radius": "6 deg"}
    circle = region_from_config(spec)
    assert circle.contains([5.99, -5.99], 0).all()
    assert not circle.contains([6.01, -6.01], 0).any()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("integral_circel", "did you mean 'integral_circle'"),
        (3, "neither a name"),
        ({"lon": "0 deg", "lat": "0 deg", "radius": "6"}, "region.radius = '6'"),
        ({"lon": "0 deg", "lat": "0 deg", "radius": 6}, "region.radius = 6;"),
        ({"lon": "0 deg", "lat": "0 deg", "radius": "6 kpc"}, "region.radius = '6 kpc'"),
        ({"lon": "0 deg", "lat": "0 deg", "radius": "-6 deg"}, "Circle.radius = -6 deg"),
        ({"lon": "0 deg", "lat": "0 deg", "size": "6 deg"}, "keys 'lon', 'lat', 'size'"),
        ({"lon": "0 deg", "lat": "0 deg"}, "region.lon = '0 deg'"),
        ({"frame": "mars", "lon": "0 deg", "lat": "0 deg", "radius": "6 deg"}, "region.frame = 'mars'"),
        ({"frame": "icrs", "lon": ["0 deg", "1 deg"], "lat": ["0 deg", "1 deg"]}, "region.frame = 'icrs'"),
        ({"union": []}, "region.union = []"),
    ],
)
def test_bad_configurations_name_key_value_and_cure(spec, words):
    with pytest.raises(ValueError, match="allowed|known") as caught:
        region_from_config(spec)
    assert words in str(caught.value)


def test_a_mask_has_no_form_in_a_configuration():
    with pytest.raises(ValueError, match="cannot be written"):
        region_to_config(as_region(np.ones(12)))


def test_a_mask_array_that_is_itself_masked_is_refused_and_a_list_in_few_words():
    mask = np.ma.masked_array(np.ones(12 * 64**2), mask=np.arange(12 * 64**2) < 7)
    with pytest.raises(ValueError, match="7 pixels of the mask are masked themselves"):
        as_region(mask)
    with pytest.raises(TypeError, match="is no region") as caught:
        as_region(list(mask.data))
    assert len(str(caught.value)) < 400
