"""One map: containment, centroid, widths and profiles of Gaussians in closed form, errors that hold."""

import numpy as np
import pytest

from skymodel.comparison.likeness.shape import Concentration, bulge_to_disk, centroid, profile, widths
from skymodel.sky.beams import GaussianBeam
from skymodel.sky.regions import INTEGRAL_CIRCLE, Box, Circle
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth
from tests.comparison.gaussians import blob, containment, gaussian, width

WIDE = Circle(0, 0, 30)


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [2.0, 3.0, 5.0, 10.0])
def test_containment_and_widths_of_a_gaussian_are_known_to_1e_4(sigma):
    sky = gaussian(256, sigma)
    held = Concentration(sky, region=Circle(0, 0, 8 * sigma))
    for share in (0.5, 0.68, 0.8):
        assert held.radius(share).value == pytest.approx(containment(sigma, share), rel=1e-4)
    for found in widths(sky, Circle(0, 0, 8 * sigma)):
        assert found.value == pytest.approx(width(sigma), rel=1e-4)


@pytest.mark.parametrize("nside", [32, 64])
@pytest.mark.parametrize("sigma", [3.0, 5.0, 8.0])
def test_errors_hold_the_pixels_of_coarse_maps(nside, sigma):
    sky = gaussian(nside, sigma)
    held = Concentration(sky)
    for share in (0.5, 0.68, 0.8):
        radius = held.radius(share)
        assert abs(radius.value - containment(sigma, share)) <= radius.error
        assert float(held.share(containment(sigma, share))) == pytest.approx(
            share, abs=float(held.error(containment(sigma, share)))
        )
        assert radius.error < 0.01 * radius.value
    for found in widths(sky):
        assert abs(found.value - width(sigma)) <= found.error < 0.01 * width(sigma)


def test_an_8_degree_gaussian_holds_four_fifths_within_6_degrees():
    # Knoedlseder 2005's bulge: 0.79016 of the sphere's flux, the number behind the paper's 80 %
    sigma = np.radians(8 / 2.354820045)
    held = Concentration(blob(64, lambda cosine: np.exp(-(np.arccos(cosine) ** 2) / 2 / sigma**2), np.degrees(sigma)))
    psi = (np.arange(200_000) + 0.5) / 200_000 * np.pi
    weight = np.exp(-(psi**2) / 2 / sigma**2) * np.sin(psi)
    exact = weight[psi < np.radians(6)].sum() / weight.sum()
    assert exact == pytest.approx(0.79016, abs=1e-4)
    assert float(held.share(6.0)) == pytest.approx(exact, abs=min(1e-3, float(held.error(6.0))))


def test_the_share_grows_from_nothing_to_all():
    held = Concentration(gaussian(32, 6.0))
    share = held.share(np.linspace(0, 181, 400))
    assert np.all(np.diff(share) >= -1e-10)  # rounding of cumulative sums
    assert share[0] == pytest.approx(0, abs=0.02)  # the pixels at the centre have a size
    assert share[-1] == pytest.approx(1, abs=1e-12)
    with pytest.raises(ValueError, match="above 0, below 1"):
        held.radius(1.0)


def test_concentration_about_another_centre():
    held = Concentration(gaussian(64, 5.0, lon=20.0, lat=10.0), 20.0, 10.0)
    assert held.radius(0.68).value == pytest.approx(containment(5.0, 0.68), rel=2e-3)
    assert Concentration(gaussian(64, 5.0, lon=20.0, lat=10.0)).radius(0.68).value > 15


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (20.0, 10.0), (-170.0, -60.0)])
def test_the_centroid_of_a_shifted_gaussian_is_its_centre(lon, lat):
    found = centroid(gaussian(64, 4.0, lon, lat))
    assert abs(found.lon.value - lon) <= found.lon.error < 2e-3
    assert abs(found.lat.value - lat) <= found.lat.error < 2e-3


def convolved_width(sigma, beam):
    """Return the root mean square [deg] along one axis of a Gaussian through a beam, from their Legendre series."""
    theta = (np.arange(6000) + 0.5) / 6000 * np.pi
    legendre, weight = np.polynomial.legendre.legvander(np.cos(theta), 200), np.sin(theta)
    source = np.exp((np.cos(theta) - 1) / np.radians(sigma) ** 2)
    profile = legendre @ ((2 * np.arange(201) + 1) * ((weight * source) @ legendre) * beam.window(200))
    return np.degrees(np.sqrt((weight * profile) @ theta**2 / (weight @ profile) / 2))


@pytest.mark.parametrize(("sigma", "beam"), [(3.0, 2.0), (4.0, 3.0), (5.0, 5.0), (3.0, 8.0)])
def test_a_beam_widens_in_quadrature(sigma, beam):
    through = GaussianBeam(beam * 2.354820045)
    total = np.hypot(sigma, beam)
    seen = widths(smooth(gaussian(64, sigma), through), Circle(0, 0, 8 * total))
    for found in seen:
        assert found.value == pytest.approx(convolved_width(sigma, through), rel=1e-3)
        assert found.value == pytest.approx(total, rel=1e-3 + np.radians(total) ** 2 / 6)  # rms angles of the sphere


def test_widths_tell_a_disk_from_a_ball():
    pair = SkyMap(gaussian(64, 3.0, lon=8.0).values + gaussian(64, 3.0, lon=-8.0).values, 0.0, "")
    found = widths(pair)
    assert found.lon.value == pytest.approx(np.sqrt(width(3.0) ** 2 + 8.0**2), rel=2e-3)
    assert found.lat.value == pytest.approx(width(3.0), rel=1e-2)  # 8 deg off the centre, 3 deg shrink a little


def test_profiles_are_means_over_bins():
    sky = gaussian(64, 5.0)
    found = profile(sky, "lat", np.arange(-20, 21, 4.0), Box((-2, 2), (-20, 20)))
    middle = (found.edges[1:] + found.edges[:-1]) / 2
    fine = (np.arange(400) + 0.5) / 400 * 4 - 2
    lat = middle[:, None, None] + fine[:, None]
    cosine = np.cos(np.radians(lat)) * np.cos(np.radians(fine))
    expected = np.average(
        np.exp((cosine - 1) / np.radians(5.0) ** 2), axis=(1, 2), weights=np.cos(np.radians(lat)) + 0 * fine
    )
    assert found.mean == pytest.approx(expected, abs=5e-3)
    along = profile(sky, "lon", [-12, -4, 4, 12], Box((-12, 12), (-3, 3)))
    assert along.mean[0] == pytest.approx(along.mean[2], rel=1e-3)
    assert along.mean[1] > 2 * along.mean[0]
    empty = profile(sky, "lon", [100, 120], INTEGRAL_CIRCLE)
    assert np.isnan(empty.mean[0])
    with pytest.raises(ValueError, match="growing angles"):
        profile(sky, "lon", [3, 2])


def test_bulge_over_disk_of_a_constant_is_their_areas():
    bulge, disk = Circle(0, 0, 10), Box((-180, 180), (-10, 10)) & ~Circle(0, 0, 10)
    found = bulge_to_disk(SkyMap(np.ones(12 * 64**2), 0.01, ""))
    assert found.value == pytest.approx(bulge.solid_angle / disk.solid_angle, rel=2e-3)  # points on the rims
    assert found.error == pytest.approx((1.01 / 0.99 - 1) * found.value, rel=1e-6)  # 1 % up above, 1 % down below


STATISTICS = {
    "radius": lambda sky: Concentration(sky, region=WIDE).radius(0.5),
    "width": lambda sky: widths(sky, WIDE).lon,
    "centroid": lambda sky: centroid(sky, WIDE).lon,
    "bulge to disk": bulge_to_disk,
}


@pytest.mark.parametrize("statistic", STATISTICS.values(), ids=STATISTICS)
@pytest.mark.parametrize(
    "sign", [lambda lon: np.ones(lon.size), lambda lon: np.sign(np.abs(lon) - 5), lambda lon: np.sign(lon - 2)]
)
def test_errors_hold_whatever_the_maps_errors_do(statistic, sign):
    import healpy

    sky = gaussian(32, 6.0)
    lon = (healpy.pix2ang(32, np.arange(sky.values.size), lonlat=True)[0] + 180) % 360 - 180
    error = 1e-2 * sky.values
    stated = statistic(SkyMap(sky.values, error, ""))
    moved = statistic(SkyMap(sky.values + sign(lon) * error, 0.0, ""))
    assert abs(moved.value - stated.value) <= 1.02 * stated.error  # first order


def test_an_even_sky_has_no_centre():
    with pytest.raises(ValueError, match="has no centre"):
        centroid(SkyMap(np.ones(12 * 16**2), 0.0, "", name="A"))
