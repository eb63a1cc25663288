"""The covered share of each pixel: it sums to the solid angle, and each pixel agrees with a brute count."""

import numpy as np
import pytest

from skymodel.sky import coverage
from skymodel.sky.healpix import pixel_area
from skymodel.sky.polygon import Polygon
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE, Box, Circle

LENS = Circle(20, 10, 15) & ~Box((15, 30), (-3, 12))
POLE = Circle(100, 88, 5) | Box((40, 60), (30, 90))


@pytest.mark.parametrize("nside", [1, 8, 64, 256])
@pytest.mark.parametrize("region", [INTEGRAL_CIRCLE, COMPTEL_WINDOW, LENS, POLE, Circle(0, 0, 0.05)])
def test_the_shares_sum_to_the_solid_angle(region, nside):
    summed = region.coverage(nside).sum() * pixel_area(nside)
    assert summed == pytest.approx(region.solid_angle, rel=2e-6)  # issue: 1e-4 at nside 64


@pytest.mark.slow
def test_the_shares_sum_to_the_solid_angle_at_nside_2048():
    assert COMPTEL_WINDOW.coverage(2048).sum() * pixel_area(2048) == pytest.approx(COMPTEL_WINDOW.solid_angle, rel=1e-7)


@pytest.mark.parametrize("region", [INTEGRAL_CIRCLE, LENS, POLE])
def test_each_share_agrees_with_a_brute_count(region):
    counted = coverage.sampled(region, 32)  # 64 x 64 points a pixel on the edges
    shares = region.coverage(32)
    assert np.all((shares >= 0) & (shares <= 1))
    difference = np.abs(shares - counted)
    assert difference.max() <= 1 / 128  # the count errs by half a row of points where an edge runs along the rows
    assert difference[(shares > 0) & (shares < 1)].mean() < 1e-3  # and by far less where it does not
    assert 20 < np.sum((shares > 0) & (shares < 1)) < 400


def test_a_region_and_the_rest_share_every_pixel():
    assert LENS.coverage(64) + (~LENS).coverage(64) == pytest.approx(np.ones(12 * 64**2), abs=1e-13)


@pytest.mark.parametrize(
    ("region", "share"),
    [
        (Box((-30, 30), (0, 5)) & Box((-30, 30), (-5, 0)), 0.0),
        (Box((0, 30), (-5, 5)) & Box((-30, 0), (-5, 5)), 0.0),
        (~(Box((0, 360), (0, 90)) & Box((0, 360), (-90, 0))), 1.0),
        ((Circle(0, 0, 2) & Box((0, 1), (1e-146, 1))) | ~Box((0, 1), (0, 1)), 1.0),
    ],
)
def test_what_regions_share_or_leave_on_a_line_is_nothing(region, share):
    """The centres of pixels lie on such lines: on the equator and on the meridian 0."""
    assert region.coverage(32) == pytest.approx(np.full(12 * 32**2, share), abs=1e-4)  # corners are sampled


def test_only_pixels_on_the_edges_cost_anything(monkeypatch):
    asked = []
    contains = Circle.contains
    monkeypatch.setattr(
        Circle, "contains", lambda self, lon, lat: asked.append(np.size(lon)) or contains(self, lon, lat)
    )
    INTEGRAL_CIRCLE.coverage(1024)
    assert sum(asked) < 12 * 1024**2 / 100


@pytest.mark.parametrize(
    "thin",
    [
        Box((10, 10.02), (-5, 5)),
        Box((10, 10.001), (-5, 5)),
        Box((-3, 3), (41, 41.001)),
        Circle(9, 5, 6) & ~Circle(9, 5, 5.999),
    ],
)
def test_thin_regions_are_covered_to_a_millionth(thin):
    summed = thin.coverage(32).sum() * pixel_area(32)
    assert summed == pytest.approx(thin.solid_angle, rel=1e-6)


def test_a_thin_box_and_the_one_beside_it_make_up_both_pixel_by_pixel():
    nside, lat = 64, (-2, 30)
    thin, wide, both = (Box((low, high), lat).coverage(nside) for low, high in ((10, 10.02), (10.02, 12), (10, 12)))
    gap = np.sort(np.abs(thin + wide - both)[thin > 0])
    assert gap[-1] < 1e-4  # where boxes have their corners they are sampled, 16 x 16 in a finest pixel
    assert gap[: -len(gap) // 10].max() < 1e-7  # and nowhere else


def test_the_half_plane_share_is_the_area_of_a_cut_square():
    x = (np.arange(1000) + 0.5) / 1000 - 0.5
    grid_x, grid_y = np.meshgrid(x, x)
    for mean, slope_x, slope_y in [
        (0.1, 1, 0.3),
        (-0.4, 0.2, -1),
        (0.0, 1, 1),
        (0.6, 0.5, 0.5),
        (0.2, 1, 0),
        (2, 1, 1),
    ]:
        counted = np.mean(mean + slope_x * grid_x + slope_y * grid_y > 0)
        share = coverage._half_plane(np.array([mean]), np.array([slope_x]), np.array([slope_y]))
        assert share[0] == pytest.approx(counted, abs=1e-3)  # the grid's own resolution


def test_what_was_asked_before_costs_nothing_and_is_the_caller_s_own(monkeypatch):
    region = Circle(lon=1.5, lat=-2.5, radius=4.5)
    first = region.coverage(16)
    kept = first.copy()
    first[:] = -1.0
    monkeypatch.setattr(Circle, "contains", None)
    assert np.array_equal(region.coverage(16), kept)


def test_a_tiny_circle_beside_long_edges_does_not_refine_them_all():
    """A pointing of 3 arcsec beside a survey: pixels as small as its edge asks for, along all edges, take a minute."""
    survey = Polygon(corners=((1.0, 1.0), (5.0, 1.0), (5.0, 5.0), (1.0, 5.0)))
    region = Circle(lon=0.0, lat=0.0, radius=3 / 3600) | survey
    assert coverage._finest_nside(coverage.known_edges(region), 4) <= 2**14
    assert region.coverage(4).sum() * 4 * np.pi / 192 == pytest.approx(region.solid_angle, rel=2e-6)


@pytest.mark.parametrize("pole", [-90.0, -89.99999999999999, -89.9999999])
def test_a_box_that_ends_at_a_pole_or_all_but_there_is_covered(pole):
    """Its parallel is a circle of no radius, or all but none."""
    box = Box((0, 90), (pole, -80))
    count = box.coverage(16).sum() * 4 * np.pi / (12 * 16**2)
    assert count == pytest.approx(np.pi / 2 * (1 - np.sin(np.radians(80))), rel=1e-6)
    assert (~box).coverage(16).sum() + box.coverage(16).sum() == pytest.approx(12 * 16**2, rel=1e-9)
