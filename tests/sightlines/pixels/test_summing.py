"""Maps of sums, painted term by term, against the maps of their terms and closed volume integrals."""

import healpy
import numpy as np
import pytest
from galaxies import Counter

import skymodel as sm
from profiles import NFW, Ellipsoid, ExponentialDisk, GaussianCloud, GaussianRing, TiltedHoledDisk
from skymodel.sightlines.pixels.summing import project_chunks
from tests.sightlines.cubature.test_inside import volume_integral

PATH = {"observer": sm.Observer(8.178, 0.0208), "r_max": 60.0}
HALO = NFW(rho_s=0.3, r_s=20.0)
RING, CLOUD, BODY = GaussianRing(), GaussianCloud(n_0=2.0), Ellipsoid(n_0=5.0)
SUM = HALO * (RING + CLOUD + BODY)


@pytest.fixture(scope="module")
def parts():
    return [sm.project(HALO * part, 16, rtol=1e-4, **PATH) for part in (RING, CLOUD, BODY)]


@pytest.mark.slow
@pytest.mark.parametrize("rtol", [1e-2, 1e-4])
def test_the_map_of_a_sum_is_the_sum_of_the_maps_within_the_tolerance(parts, rtol):
    whole = sm.project(SUM, 16, rtol=rtol, **PATH)
    gap = np.abs(whole.values - sum(part.values for part in parts))
    assert (gap <= whole.error + sum(part.error for part in parts)).all()
    assert (whole.error <= rtol * np.maximum(whole.values, 1e-9 * whole.values.max())).all()
    assert whole.meta["method"] == "tiles"


def test_centres_are_sums_of_line_integrals():
    whole = sm.project(SUM, 16, rtol=1e-3, sample="centre", **PATH)
    pixels = np.concatenate([np.arange(0, 3072, 97), healpy.query_disc(16, (1, 0, 0), 0.08)])
    lon, lat = healpy.pix2ang(16, pixels, lonlat=True)
    lines = sm.line_of_sight(SUM, lon, lat, rtol=1e-6, **PATH)
    assert (np.abs(whole.values[pixels] - lines.value) <= whole.error[pixels] + lines.error).all()


def test_the_evaluations_of_a_map_are_those_that_were_made():
    """The counter is independent; the check of what the density promises, some 500 points a term, is not counted."""
    with Counter(RING + CLOUD + BODY) as count:
        whole = sm.project(SUM, 8, rtol=1e-2, workers=1, **PATH)
    assert whole.meta["evaluations"] == pytest.approx(count.evaluations, abs=1500)


@pytest.mark.parametrize("nside", [4, 32])
def test_the_flux_of_a_sharp_body_is_its_volume_integral_at_any_resolution(nside):
    body = Ellipsoid(r=0.5, h=0.3, x_0=-5.0, y_0=0.7, z_0=0.4)
    found = sm.project(body, nside, rtol=1e-3, **PATH)
    area = 4 * np.pi / (12 * nside**2)
    right = volume_integral(body)
    assert abs(found.values.sum() * area - right) <= found.error.sum() * area <= 1e-3 * right
    assert (found.values > 0).sum() < 100


def test_a_map_in_pieces_is_the_same_to_the_bit():
    density = HALO * (ExponentialDisk() + BODY)
    whole = sm.project(density, 8, rtol=1e-2, **PATH)
    chunks = list(project_chunks(density, 8, rtol=1e-2, **PATH))
    assert np.array_equal(np.concatenate([chunk.values for chunk in chunks]), whole.values)
    assert np.array_equal(np.concatenate([chunk.error for chunk in chunks]), whole.error)


def flux_of(disk):
    """Return the flux of HALO times a tilted disk, from its volume in its own axes, without sight lines."""
    (rho, wide), (height, high) = (np.polynomial.legendre.leggauss(n) for n in (80, 40))
    rho, wide = disk.X_d + 2.9 * disk.L_d * rho, 2.9 * disk.L_d * wide
    rho, wide = np.where(rho > 0, rho, 0.0), np.where(rho > 0, wide, 0.0)
    height, high = 7 * disk.H * height, 7 * disk.H * high
    angle = np.arange(256) * np.pi / 128
    flat, turn, up = np.meshgrid(rho, angle, height, indexing="ij")
    place = np.stack([flat * np.cos(turn), flat * np.sin(turn) / disk.stretch, up])
    seen = np.array(disk._own(*PATH["observer"].position))[:, None, None, None]
    gas = disk.n_0 * np.exp(-(((flat - disk.X_d) / disk.L_d) ** 4) - (up / disk.H) ** 2)
    emitted = HALO.radial(np.linalg.norm(place, axis=0)) * gas / np.sum((place - seen) ** 2, axis=0)
    volume = np.einsum("i,k->ik", wide * rho, high)[:, None, :] * np.pi / 128 / disk.stretch
    return float(np.sum(emitted * volume))


def test_a_tilted_disk_is_integrated_in_the_pixels_that_it_touches():
    """Its tiles took a hundred million evaluations at nside 64."""
    disk = TiltedHoledDisk()
    sky = sm.project(HALO * disk, 8, rtol=1e-2, **PATH)
    area = 4 * np.pi / sky.values.size
    assert abs(sky.values.sum() * area - flux_of(disk)) <= sky.error.sum() * area
    assert np.count_nonzero(sky.values) < 20
    assert sky.error[sky.values == 0].max() < 1e-20 * sky.values.max()
    assert sky.meta["evaluations"] < 1_800_000
