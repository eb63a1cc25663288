"""Which directions a region holds, how much sky that is, and how bad input is refused."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
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


def test_the_two_windows_have_the_published_solid_angles():
    assert INTEGRAL_CIRCLE.solid_angle == pytest.approx(0.0344199465332577, rel=1e-14)
    assert COMPTEL_WINDOW.solid_angle == pytest.approx(0.1825385607561365, rel=1e-14)


def test_tables_know_the_two_windows_by_name():
    assert (INTEGRAL_CIRCLE.name, COMPTEL_WINDOW.name) == ("integral_circle", "comptel_window")
    assert (Circle(360, 0, 6).name, Box((330, 30), (-5, 5)).name) == ("integral_circle", "comptel_window")
    assert {Circle(20, 30, 180).name, Box((-180, 180), (-90, 90)).name} == {"all_sky"}
    assert (Box((30, 330), (-5, 5)).name, Circle(0, 0, 179).name) == ("box(30..330, -5..5)", "circle(0, 0, 179)")
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
