"""Sight lines through bodies with a sharp edge that is announced, and past them."""

import numpy as np
import pytest
from graded import graded

import skymodel as sm
from profiles import NFW, DwekBar, Ellipsoid, GaussianCloud, Triaxial

HERE = sm.Observer(8.178, 0.0208)


def chord(cloud, lon, lat):
    """Return the length inside an ellipsoid, in closed form, of lines from the observer."""
    towards = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    axes = 1 / np.array([cloud.r, cloud.r, cloud.h])[:, None]
    away = axes * (HERE.position - [cloud.x_0, cloud.y_0, cloud.z_0])[:, None]
    step = axes * (HERE.rotation @ towards)
    a, b, c = (step**2).sum(0), (step * away).sum(0), (away**2).sum(0) - 1
    return 2 * np.sqrt(np.maximum(b * b - a * c, 0)) / a


def test_a_uniform_cloud_shines_as_long_as_the_way_through_it():
    cloud = Ellipsoid(n_0=3.0, r=0.5, h=0.2, x_0=-4.0, y_0=0.3, z_0=0.1)
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(-4, 12, 30), np.linspace(-4, 6, 30)))
    found = sm.line_of_sight(cloud, lon, lat, observer=HERE, r_max=60, rtol=1e-10)
    right = 3.0 * chord(cloud, np.radians(lon), np.radians(lat))
    assert (right > 0).sum() > 100
    # The closed form above loses digits that the chord does not: eps (distance / axis)^2.
    assert np.abs(found.value - right).max() < 1e-11
    assert (found.error <= 1e-10 * np.maximum(found.value, 1e-9 * found.value.max())).all()


def test_lines_that_miss_a_cloud_cost_nothing():
    found = sm.line_of_sight(NFW() * Ellipsoid(), [5, 90, 180, -0.07], [1, 2, 3, -0.14], observer=HERE, r_max=60)
    assert found.evaluations[:3].tolist() == [0, 0, 0]
    assert found.value[:3].tolist() == found.error[:3].tolist() == [0, 0, 0]
    assert found.value[3] > 0


def test_a_path_that_ends_inside_a_cloud_counts_what_lies_before():
    cloud = Ellipsoid(n_0=1.0, r=0.5, h=0.5, x_0=-7.0, y_0=0.0, z_0=0.0)
    found = sm.line_of_sight(cloud, 0, 0, observer=sm.Observer(8.0), s_max=1.0, rtol=1e-9)
    assert found.value == pytest.approx(0.5, rel=1e-9)


ROUND = GaussianCloud(n_0=2.0, L=0.2, H=0.2, x_0=0.0, y_0=0.0, z_0=0.0, tilt=0.0)


@pytest.mark.parametrize("lon", [0.5, 11.9, 12.05, 13.0, 30.0, 60.0])
def test_a_line_that_passes_a_gaussian_cloud_by_holds_its_tail(lon):
    """The cloud ends at 8.4 L, 11.8 deg; its J is n_0 L sqrt(pi) exp(-(p / L)^2) anywhere."""
    found = sm.line_of_sight(ROUND, lon, 0.0, observer=sm.Observer(8.178), r_max=60, rtol=1e-9)
    p = 8.178 * np.sin(np.radians(lon))
    right = 2.0 * 0.2 * np.sqrt(np.pi) * np.exp(-((p / 0.2) ** 2))
    assert abs(found.value - right) <= found.error + 1e-13 * (p / 0.2) ** 2 * right  # rounding of the exponent
    assert found.error <= 1e-9 * found.value


def test_beside_a_bright_line_the_tail_is_left_out_and_stated():
    found = sm.line_of_sight(ROUND, [0.5, 20.0], 0.0, observer=sm.Observer(8.178), r_max=60, rtol=1e-9)
    right = 2.0 * 0.2 * np.sqrt(np.pi) * np.exp(-((8.178 * np.sin(np.radians(20.0)) / 0.2) ** 2))
    assert found.value[1] == 0
    assert found.evaluations[1] == 0
    assert right <= found.error[1] <= 1e-18 * found.value[0]


def test_a_region_that_a_cloud_does_not_reach_has_the_mean_of_its_tail():
    """Over a circle so small that J = exp(-(8.178 sin(psi) / L)^2) falls like an exponential across it."""
    psi, radius = np.radians(40.0), 1e-4
    rate = (8.178 / 0.2) ** 2 * np.sin(2 * psi)  # of -ln J, per radian
    mean = sm.region_mean(
        ROUND, sm.Circle(lon=40.0, lat=0.0, radius=np.degrees(radius)), observer=sm.Observer(8.178), r_max=60, rtol=1e-6
    )
    middle = 2.0 * 0.2 * np.sqrt(np.pi) * np.exp(-((8.178 * np.sin(psi) / 0.2) ** 2))
    # of exp(k x) over a circle, with k R = 0.16: 1 + (k R)^2 / 8 + ...
    assert mean.value == pytest.approx(middle * (1 + (rate * radius) ** 2 / 8), rel=1e-4)
    assert 0 < mean.error <= 1e-6 * mean.value


def test_what_a_few_nodes_miss_of_a_line_in_the_dark_is_stated():
    """A bar seen from the side: the line is 1e-21 of the brightest, and 45 times what its nodes told of it."""
    bar = DwekBar(x_0=0.9984364645483025, y_0=0.39179152406325796, z_0=0.27172637959225954, bar_angle=88.87317364161866)
    density, place = Triaxial(NFW(), p=0.8, q=0.6) * bar, (51.50312054517991, -0.34354442229661025)
    here = sm.Observer(8.2)
    found = sm.line_of_sight(density, [0.01, place[0]], [0.0, place[1]], observer=here, r_max=60.0, rtol=2e-6)
    truth = graded(density, *place, r_sun=8.2, z_sun=0.0, r_max=60.0)
    assert truth.value < 1e-20 * found.value[0]
    assert abs(found.value[1] - truth.value) <= found.error[1] <= 2e-6 * 1e-9 * found.value[0]


def test_lines_past_a_sharp_body_are_nothing_for_sure():
    cloud = Ellipsoid(n_0=3.0, r=0.5, h=0.2, x_0=-4.0, y_0=0.3, z_0=0.1)
    found = sm.line_of_sight(cloud, [0.0, 90.0], 0.0, observer=HERE, r_max=60, rtol=1e-6)
    assert found.value[0] > 0
    assert (found.value[1], found.error[1]) == (0, 0)
