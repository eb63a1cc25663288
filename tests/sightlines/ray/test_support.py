"""Sight lines through bodies with a sharp edge that is announced, and past them."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, Ellipsoid

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
