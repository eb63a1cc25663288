import numpy as np
import pytest
from scipy.integrate import quad_vec

from profiles import NFW, ExponentialDisk, from_function
from skymodel.comparison.ratio.candidates import default_electrons, default_halos, interstellar_electrons
from skymodel.comparison.ratio.null import band_map, null_test
from skymodel.comparison.ratio.ratio import ratio
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel
from skymodel.runs.one.columns import band_maps, lights
from skymodel.sightlines.project import project
from skymodel.sky.regions import Box, Circle

HALO = NFW(r_s=20)
DISK = ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
NSIDE = 4
WIDE, BESIDE = Circle(lon=0, lat=0, radius=60), Box(lon=(20, 30), lat=(5, 10))


def plain_pair(x, y, z):
    """The pair written out, with none of what the engine may exploit: no symmetry, no hints, no product."""
    x_r = np.sqrt(x * x + y * y + z * z) / HALO.r_s
    return HALO.rho_s / (x_r * (1 + x_r) ** 2) * np.exp(-np.hypot(x, y) / 2.6 - np.abs(z) / 0.3)


def test_the_ratio_of_two_separately_projected_emissivities_is_one_number():
    direct = from_function(plain_pair, unit="GeV cm-6")
    test = null_test(SkyModel(HALO, DISK, direct=direct), nside=NSIDE)
    assert test.expected == pytest.approx(NuggetEmission().band_factor(CONTINUUM_1_20))
    assert test.holds
    assert 0 < test.departure < 1e-4  # not the same map divided by itself, and within the tolerance asked for


@pytest.mark.parametrize("part", [1e-3, 1e-2])
def test_a_chi_that_varies_by_a_part_in_a_thousand_is_found_out(part):
    direct = HALO * DISK * from_function(lambda x, y, z: 1 + part * np.tanh(z) ** 2, unit="")
    test = null_test(SkyModel(HALO, DISK, direct=direct), nside=NSIDE)
    assert not test.holds
    assert 0.3 * part < test.departure < part  # the change is at most `part`, where tanh is 1


def test_the_positive_control_breaks_every_pixel_by_what_scipy_says():
    import healpy

    chi = from_function(lambda x, y, z: 1 + np.sqrt(x * x + y * y + z * z), unit="", symmetry="spherical")
    test = null_test(SkyModel(HALO, DISK, direct=HALO * DISK * chi), nside=NSIDE)
    pixel = healpy.ang2pix(NSIDE, 40.0, 35.0, lonlat=True)
    parts = healpy.nest2ring(256, np.arange(64**2) + healpy.ring2nest(NSIDE, pixel) * 64**2)
    lon, lat = np.radians(healpy.pix2ang(256, parts, lonlat=True))

    def both(s):
        x, y, z = s * np.cos(lat) * np.cos(lon) - 8.2, s * np.cos(lat) * np.sin(lon), s * np.sin(lat)
        value = plain_pair(x, y, z)
        return np.array([value.mean(), (value * (1 + np.sqrt(x * x + y * y + z * z))).mean()])

    plain, with_chi = quad_vec(both, 0, 50, epsabs=0, epsrel=1e-9, points=[1, 4, 8, 15, 30])[0]  # the rest is < 1e-12
    # mid-points of 4096 parts are good to (1/64)^2 / 24 of the pixel's curvature, 1e-5; their ratio to less
    assert test.ratio.values[pixel] / test.expected == pytest.approx(with_chi / plain, rel=2e-5)
    assert not test.holds
    assert test.departure > 5


@pytest.mark.parametrize("halo", list(default_halos()))
@pytest.mark.parametrize(  # as printed, and interstellar: a whole model takes a second
    "electrons", ["mcmillan2017_disks", pytest.param("ne2001", marks=pytest.mark.slow)]
)
def test_with_uniform_microphysics_every_pixel_and_region_has_the_ratio_of_the_spectrum(halo, electrons):
    tracers = default_electrons() | interstellar_electrons()
    model = SkyModel(default_halos()[halo], tracers[electrons])
    factor = NuggetEmission().band_factor(CONTINUUM_1_20)
    shining = lights(model, [LINE_511, CONTINUUM_1_20])
    column = project(model.pair, 2, rtol=0.1, **model.lines)
    line, continuum = band_maps([column], shining, column.mean(WIDE), 0.025).values()
    np.testing.assert_allclose(continuum.values / line.values, factor, rtol=1e-14)
    for region in (WIDE, BESIDE):
        assert continuum.mean(region).value / line.mean(region).value == pytest.approx(factor, rel=1e-14)
    same = ratio(model, numerator=(CONTINUUM_1_20, BESIDE), denominator=(LINE_511, BESIDE), rtol=1e-2)
    assert same.value == pytest.approx(factor, rel=1e-14)


def test_a_dark_band_has_no_map():
    with pytest.raises(ValueError, match="band BEYOND has no light"):
        band_map(SkyModel(HALO, DISK), Band("BEYOND", 30.0, 40.0), nside=2)
    upper_half = HALO * from_function(lambda x, y, z: np.where(z > 0, 1.0, 0.0), unit="cm-3")
    model = SkyModel(HALO, DISK, positronium=upper_half, direct=HALO * DISK)
    with pytest.raises(ValueError, match="dark in some pixels"):
        null_test(model, nside=2, denominator=LINE_511)
