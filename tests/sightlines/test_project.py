"""Projection: samples, symmetry, resolution, errors, refusals, progress."""

import itertools
from dataclasses import dataclass

import healpy
import numpy as np
import pytest

import skymodel as sm
from profiles import NFW, Axisymmetric, DwekBar, ExponentialDisk, GeneralizedNFW, Hints, from_function
from skymodel.sightlines.cubature.direct import distinct_pixels
from skymodel.sightlines.ray.promises import Promises
from tests.reference.cubes import lumpy

HERE = sm.Observer(8.2)
DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
STEEP = GeneralizedNFW(r_s=20.0, gamma=1.3)


def lopsided(x, y, z):
    return np.exp(-(((x - 1) / 4) ** 2) - ((y + 2) / 3) ** 2 - ((z - 0.4) / 2) ** 2)


def direct(density, nside, **keywords):
    options = {"observer": HERE, "r_max": 60.0, "rtol": 1e-5, "method": "direct"} | keywords
    return sm.project(density, nside, **options)


@pytest.mark.parametrize(
    ("density", "z_sun"),
    [
        *itertools.product((DISK, STEEP * STEEP), (0.0, 0.0208)),
        (from_function(lopsided, unit="cm-3"), 0.0),  # from above it is folded no less: not at all
    ],
    ids=lambda value: getattr(value, "symmetry", value),
)
def test_four_pixels_average_to_their_parent(density, z_sun):
    """The children are cut, graded and folded otherwise than the parent, also at the centre and at the poles."""
    observer = sm.Observer(8.2, z_sun)
    for coarse, fine in itertools.pairwise([direct(density, nside, observer=observer) for nside in (1, 2, 4)]):
        values, errors = (healpy.ud_grade(column, coarse.nside) for column in (fine.values, fine.error))
        assert np.all(np.abs(coarse.values - values) <= coarse.error + errors)


@pytest.mark.parametrize("density", [DISK, STEEP * STEEP], ids=lambda d: d.symmetry)
@pytest.mark.parametrize("rtol", [1e-3, 1e-5])
def test_the_error_map_covers_the_change_under_a_finer_tolerance(density, rtol):
    for nside in (2, 16):
        coarse, fine = (direct(density, nside, rtol=r) for r in (rtol, rtol / 30))
        assert np.all(np.abs(coarse.values - fine.values) <= coarse.error + fine.error)
        assert np.all(coarse.error <= rtol * coarse.values)


def test_the_pixel_means_are_averages_of_many_sight_lines():
    sky = direct(from_function(lopsided, unit="cm-3"), 2)
    lon, lat = healpy.pix2ang(32, np.arange(12 * 32**2), lonlat=True)
    J = sm.line_of_sight(from_function(lopsided, unit="cm-3"), lon, lat, observer=HERE, r_max=60.0, rtol=1e-4)
    # 256 centres a pixel miss 1e-3 where the density's edge falls as a Gaussian does
    assert np.allclose(sky.values, healpy.ud_grade(J.value, 2), rtol=1e-3, atol=1e-4 * J.value.max())


@pytest.mark.parametrize("z_sun", [0.0, 0.0208])
def test_centres_are_lines_of_sight(z_sun):
    observer = sm.Observer(8.2, z_sun)
    sky = direct(DISK, 8, sample="centre", observer=observer, rtol=1e-8)
    lon, lat = healpy.pix2ang(8, np.arange(768), lonlat=True)
    J = sm.line_of_sight(DISK, lon, lat, observer=observer, r_max=60.0, rtol=1e-8)
    assert np.all(np.abs(sky.values - J.value) <= sky.error + J.error)
    assert sky.meta["sightlines"] < 768 / (3.5 if z_sun == 0 else 1.8)


@pytest.mark.parametrize(("left_right", "up_down", "most"), [(1, 1, 0.28), (1, 0, 0.53), (0, 1, 0.53), (0, 0, 1.0)])
def test_symmetry_leaves_few_pixels_distinct_and_images_equal(left_right, up_down, most):
    nside, pixels = 16, np.arange(12 * 16**2)
    kept = Promises(spherical=False, left_right=bool(left_right), up_down=bool(up_down), slope=0.0)
    distinct, place = distinct_pixels(nside, pixels, kept)
    assert len(distinct) <= most * len(pixels)
    x, y, z = healpy.pix2vec(nside, pixels)
    u, v, w = healpy.pix2vec(nside, distinct[place])
    assert np.allclose(x, u, atol=1e-12)
    assert np.allclose(y, u * 0 + (np.where(left_right, np.abs(v) * np.sign(y), v)), atol=1e-12)
    assert np.allclose(z, np.where(up_down, np.abs(w) * np.sign(z), w), atol=1e-12)


def test_a_declared_spot_narrower_than_a_pixel_keeps_its_flux():
    def spot(x, y, z):
        return np.exp(-((x + 2) ** 2 + (y - 3) ** 2 + (z - 1) ** 2) / 2 / 0.01**2)

    density = from_function(spot, unit="cm-3", hints=Hints(points=((-2.0, 3.0, 1.0, 0.01),)))
    total = direct(density, 4, rtol=1e-4).total()
    d2 = 6.2**2 + 3.0**2 + 1.0  # the flux of a Gaussian ball far away: mass / d^2 (1 + sigma^2 / d^2)
    flux = (2 * np.pi) ** 1.5 * 0.01**3 / d2 * (1 + 1e-4 / d2)
    assert abs(total.value - flux) <= total.error + 1e-8 * flux


@pytest.mark.parametrize("slope", [2.3, 2.9, 2.96])
def test_the_pixels_at_the_centre_of_a_steep_cusp_keep_its_flux(slope):
    density = from_function(lambda x, y, z: (x * x + y * y + z * z) ** (-slope / 2), unit="cm-3", symmetry="spherical")
    k = np.arange(60)  # int r j ln |(R0 + r) / (R0 - r)| dr as a series in r / R0 up to 1/2
    power = 2 * k + 3 - slope
    flux = 4 * np.pi * 8.2 ** (1 - slope) * np.sum(0.5**power / (2 * k + 1) / power)
    total = direct(density, 2, r_max=4.1, rtol=1e-4).total()
    assert abs(total.value - flux) <= total.error <= 1e-4 * flux


@pytest.mark.slow
def test_a_map_of_a_cube_and_a_disk_takes_each_its_own_way():
    cube, disk = lumpy(17, seed=6), ExponentialDisk(n_0=0.05)
    how = {"observer": sm.Observer(8.178, 0.0208), "r_max": 60.0, "rtol": 1e-2, "nside": 8}
    both = sm.project(NFW() * (cube + disk), **how)
    first, second = (sm.project(NFW() * part, **how) for part in (cube, disk))
    assert (np.abs(both.values - first.values - second.values) <= both.error + first.error + second.error).all()
    assert (both.meta["error_kind"], both.meta["short"]) == ("confidence", 0)
    assert both.meta["left_out"] == first.meta["left_out"] > second.meta["left_out"] == 0
    assert both.meta["evaluations"] < first.meta["evaluations"]


def test_an_empty_sky_and_the_sky_around_a_ball_are_zero():
    nothing = from_function(lambda x, y, z: 0 * x, unit="cm-3", symmetry="spherical")
    assert not direct(nothing, 2).values.any()
    hints = Hints(spheres=(2.0,))
    ball = from_function(lambda x, y, z: np.where(x * x + y * y + z * z < 4, 1.0, 0.0), unit="cm-3", hints=hints)
    sky = direct(ball, 4, rtol=1e-3)
    t = 2.0 / 8.2  # int sin(theta) 2 sqrt(a^2 - R0^2 sin^2) dtheta over the ball's disc, in closed form
    flux = 2 * np.pi * 8.2 * (t - (1 - t * t) * np.arctanh(t))
    assert abs(sky.total().value - flux) <= sky.total().error
    away = healpy.query_disc(4, [-1.0, 0.0, 0.0], np.radians(140.0))
    assert not sky.values[away].any()


def test_progress_counts_up_to_all_distinct_pixels():
    seen = []
    direct(DISK, 32, rtol=1e-3, progress=lambda done, total: seen.append((done, total)))
    done, total = zip(*seen, strict=True)
    assert list(done) == sorted(done)
    assert done[-1] == total[-1] == len(distinct_pixels(32, np.arange(12288), Promises(False, True, True, 0.0))[0])


def test_what_is_not_allowed_is_refused_with_what_is():
    with pytest.raises(ValueError, match="nside = 100.*power of two.*nearest is 128"):
        direct(DISK, 100)
    with pytest.raises(ValueError, match="sample = 'corner'; allowed: 'mean', 'centre'"):
        direct(DISK, 4, sample="corner")
    with pytest.raises(ValueError, match="method = 'guess'; allowed: .*'direct'"):
        direct(DISK, 4, method="guess")
    with pytest.raises(ValueError, match="exactly one"):
        direct(DISK, 4, s_max=3.0)


@dataclass(frozen=True)
class Sheets(Axisymmetric, smooth=True):
    """Gaussians of the height, 1 pc thick, at 0.3 kpc on both sides of the plane."""

    mirror_z = True
    hints = Hints(planes=((0.3, 1e-3),))

    def meridional(self, R, z):
        return np.exp(-0.5 * ((np.abs(z) - 0.3) / 1e-3) ** 2)


def test_pixels_see_sheets_whose_thickness_is_announced():
    """Off the plane they shine as 1 / sin b; the means of that are taken over 64 x 64 children of a pixel."""
    sky = sm.project(Sheets(unit="cm-3"), 16, observer=HERE, r_max=20.0, rtol=1e-2)
    for pixel in (0, 100, 700, 1100):
        children = 64**2 * healpy.ring2nest(16, pixel) + np.arange(64**2)
        sine = np.abs(healpy.pix2vec(1024, children, nest=True)[2])
        right = np.sqrt(2 * np.pi) * 1e-3 * np.mean(1 / sine)
        assert abs(sky.values[pixel] - right) <= sky.error[pixel] + 2e-6 * right  # as children are not points
        assert sky.error[pixel] <= 1e-2 * right


@pytest.mark.parametrize("density", [DISK, NFW(r_s=20.0) * (DwekBar() + ExponentialDisk())], ids=["one", "sum"])
def test_progress_of_tiles_is_spread_over_the_work_and_ends_with_it(density):
    """It was all done after the first thirty-two lines, whatever was to come."""
    shares = []
    here = sm.Observer(8.178, 0.0208)
    sm.project(
        density, 32, observer=here, r_max=60.0, rtol=1e-3, progress=lambda done, every: shares.append(done / every)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len({share for share in shares if 0.5 <= share < 1}) >= 3
    assert shares[len(shares) // 4] < 0.8
