"""Means of sharp bodies: their outline is an edge of the integration, wherever a region cuts it."""

import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, Ellipsoid, Rotated

HERE = sm.Observer(8.178, 0.0208)
PATH = {"observer": HERE, "r_max": 60.0}
HALO = NFW(rho_s=0.3, r_s=20.0)
CLOUD = Ellipsoid()
CIRCLE = sm.Circle(lon=0.4, lat=-0.2, radius=0.3)


def flux(density, region, rtol):
    found = sm.region_mean(density, region, rtol=rtol, **PATH)
    return found.value * region.solid_angle, found.error * region.solid_angle, found


def volume_integral(cloud):
    """Return the integral of n / d^2 over an ellipsoid, by Gauss-Legendre in the coordinates of its unit ball.

    1 / d^2 is all but constant 8 kpc away: 20 nodes a coordinate give all digits.
    """
    x, w = np.polynomial.legendre.leggauss(20)
    r, turn = (x + 1) / 2, np.pi * (x + 1)
    radius, cosine, angle = np.meshgrid(r, x, turn, indexing="ij")
    weight = (w / 2 * r**2)[:, None, None] * w[:, None] * (np.pi * w)
    across = cloud.r * radius * np.sqrt(1 - cosine**2)
    place = [
        cloud.x_0 + across * np.cos(angle),
        cloud.y_0 + across * np.sin(angle),
        cloud.z_0 + cloud.h * radius * cosine,
    ]
    distance2 = sum((axis - here) ** 2 for axis, here in zip(place, HERE.position, strict=True))
    return cloud.n_0 * cloud.r**2 * cloud.h * np.sum(weight / distance2)


@pytest.mark.parametrize("rtol", [1e-2, 1e-4, pytest.param(1e-6, marks=pytest.mark.slow)])
@pytest.mark.parametrize("region", [sm.INTEGRAL_CIRCLE, sm.Box(lon=(-9, 5), lat=(-1, 2))], ids=str)
def test_the_flux_of_a_cloud_is_its_volume_integral(region, rtol):
    value, error, _ = flux(CLOUD, region, rtol)
    right = volume_integral(CLOUD)
    assert abs(value - right) <= error <= rtol * value


@pytest.mark.slow
@pytest.mark.parametrize("cloud", [CLOUD, Rotated(CLOUD, angle=60.0, tilt=35.0)], ids=["level", "turned"])
def test_the_parts_of_a_cloud_add_up_wherever_it_is_cut(cloud):
    whole, error, _ = flux(HALO * cloud, sm.INTEGRAL_CIRCLE, 1e-5)
    parts = [flux(HALO * cloud, sm.INTEGRAL_CIRCLE & part, 1e-5) for part in (CIRCLE, ~CIRCLE)]
    assert abs(whole - sum(part[0] for part in parts)) <= error + sum(part[1] for part in parts)
    assert parts[0][0] > 0.1 * whole


def test_a_tolerance_a_thousand_times_smaller_changes_nothing_beyond_the_error():
    fine, rest, _ = flux(CLOUD, CIRCLE, 1e-6)
    for rtol in (1e-2, 1e-3):
        rough, error, _ = flux(CLOUD, CIRCLE, rtol)
        assert abs(rough - fine) <= error + rest


def test_where_there_is_no_cloud_the_mean_is_nothing_and_costs_nothing():
    value, error, found = flux(HALO * CLOUD, sm.Circle(lon=50, lat=0, radius=3), 1e-4)
    assert (value, error, found.evaluations) == (0.0, 0.0, 0)


def test_an_observer_inside_of_a_cloud_sees_it_all_around():
    around = Ellipsoid(n_0=1.0, r=0.5, h=0.5, x_0=HERE.position[0], y_0=0.0, z_0=HERE.position[2])
    assert sm.region_mean(around, sm.INTEGRAL_CIRCLE, rtol=1e-6, **PATH).value == pytest.approx(0.5, rel=1e-6)
