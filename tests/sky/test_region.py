"""What a region is: asked by coordinates, combined like sets, another package's."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st

from skymodel.sky.regions import (
    COMPTEL_WINDOW,
    INTEGRAL_CIRCLE,
    Box,
    Circle,
    as_region,
)
from tests.sky.test_regions import HOLED

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


@given(regions, regions)
@settings(max_examples=12, deadline=None)
def test_areas_add_up_as_those_of_sets(a, b):
    # inclusion and exclusion, each term integrated about another centre
    assert (a | b).solid_angle + (a & b).solid_angle == pytest.approx(a.solid_angle + b.solid_angle, abs=1e-11)
    assert (a & ~a).solid_angle == pytest.approx(0.0, abs=1e-12)


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
