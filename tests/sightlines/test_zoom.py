"""Profiles and images: line integrals at the places asked for, on any celestial grid."""

import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

import skymodel as sm
from profiles import NFW, ExponentialDisk, GaussianCloud, HernquistBulge

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
OPTIONS = {"observer": sm.Observer(8.2), "r_max": 60.0, "rtol": 1e-6}


def test_an_image_of_a_sum_goes_term_by_term_and_costs_less_than_lines_through_the_whole():
    """A line that misses a cloud costs nothing there, and a bulge takes the few nodes of a sphere."""
    sum_of_three = NFW() * (ExponentialDisk() + GaussianCloud(n_0=3.0) + HernquistBulge())
    header = sm.wcs_grid(lon=3.0, lat=2.0, width=4.0, height=3.0, pixel=0.25)
    image = sm.zoom(sum_of_three, header, **OPTIONS)
    lon, lat = np.meshgrid(3.0 + 0.25 * (7.5 - np.arange(16)), 2.0 + 0.25 * (np.arange(12) - 5.5))
    whole = sm.line_of_sight(sum_of_three, lon, lat, **OPTIONS)
    assert (np.abs(image.values - whole.value) <= image.error + whole.error).all()
    assert (image.error <= 1e-6 * image.values).all()
    assert image.meta["evaluations"] < 0.9 * whole.evaluations.sum()


def test_an_image_does_not_depend_on_the_workers(monkeypatch):
    monkeypatch.setattr("skymodel.sightlines.ray.integrate.BLOCK", 50)
    header = sm.wcs_grid(lon=3.0, lat=2.0, width=4.0, height=3.0, pixel=0.25)
    one, two = (sm.zoom(DISK, header, workers=workers, **OPTIONS) for workers in (1, 2))
    assert np.array_equal(one.values, two.values)
    assert np.array_equal(one.error, two.error)
    with pytest.raises(ValueError, match="workers = 0; allowed: a whole number from 1 on"):
        sm.zoom(DISK, header, workers=0, **OPTIONS)


def test_profiles_run_along_longitude_and_latitude():
    along = sm.longitude_profile(DISK, [-10.0, 0.5, 170.0], lat=2.0, **OPTIONS)
    across = sm.latitude_profile(DISK, [-80.0, 2.0], lon=0.5, **OPTIONS)
    assert along.value[1] == across.value[1]
    assert along.value[0] == pytest.approx(sm.longitude_profile(DISK, 10.0, lat=2.0, **OPTIONS).value, rel=1e-10)
    assert across.value[0] < across.value[1]


def test_an_image_holds_the_values_at_the_centres_of_its_pixels():
    image = sm.zoom(DISK, sm.wcs_grid(lon=3.0, lat=-2.0, width=4.0, height=3.0, pixel=0.5), **OPTIONS)
    assert image.values.shape == (6, 8)
    lon, lat = np.meshgrid(3.0 + 0.5 * (3.5 - np.arange(8)), -2.0 + 0.5 * (np.arange(6) - 2.5))
    assert np.allclose(image.values, sm.line_of_sight(DISK, lon, lat, **OPTIONS).value, rtol=1e-9)
    assert np.all(image.error <= 1e-6 * image.values)


def test_an_equatorial_grid_is_turned_to_galactic():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ["RA---TAN", "DEC--TAN"], [266.4, -28.9]
    wcs.wcs.crpix, wcs.wcs.cdelt, wcs.array_shape = [2, 2], [-0.3, 0.3], (3, 3)
    image = sm.zoom(DISK, wcs, **OPTIONS)
    place = SkyCoord(266.4, -28.9, unit="deg").galactic
    assert image.values[1, 1] == pytest.approx(float(sm.line_of_sight(DISK, place, **OPTIONS).value), rel=1e-8)


def test_an_all_sky_projection_is_nan_outside_the_sky():
    header = sm.wcs_grid(lon=0, lat=0, width=360, height=180, pixel=30) | {"CTYPE1": "GLON-MOL", "CTYPE2": "GLAT-MOL"}
    image = sm.zoom(DISK, header, **OPTIONS)
    assert np.isnan(image.values[0, 0])
    assert np.isfinite(image.values[3, 6])


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"NAXIS": 2, "NAXIS1": 3, "NAXIS2": 3, "CTYPE1": "X", "CTYPE2": "Y"}, "celestial"),
        ({"NAXIS": 2, "CTYPE1": "GLON-CAR", "CTYPE2": "GLAT-CAR"}, "NAXIS1"),
    ],
)
def test_a_header_that_is_no_sky_grid_is_refused(header, message):
    with pytest.raises(ValueError, match=message):
        sm.zoom(DISK, header, **OPTIONS)


@pytest.mark.parametrize("sizes", [{"pixel": 0.0}, {"width": 0.01}, {"lat": 89.0}])
def test_a_grid_that_makes_no_sense_is_refused(sizes):
    with pytest.raises(ValueError, match="deg"):
        sm.wcs_grid(**({"lon": 0.0, "lat": 0.0, "width": 4.0, "height": 4.0, "pixel": 0.1} | sizes))


def test_an_image_times_a_quantity_has_its_unit():
    image = sm.zoom(DISK, sm.wcs_grid(lon=3.0, lat=-2.0, width=1.0, height=1.0, pixel=0.5), **OPTIONS)
    scaled = image * (-2.0 * units.Unit("cm3"))
    assert np.array_equal(scaled.values, -2.0 * image.values)
    assert np.array_equal(scaled.error, 2.0 * image.error)
    assert scaled.unit == image.unit * units.cm**3
    with pytest.raises(ValueError, match="one number"):
        image * np.ones(3)


def test_a_pixel_on_the_pole_of_a_cusp_is_refused_with_a_cure():
    with pytest.raises(ValueError, match=r"core|mean"):
        sm.zoom(DISK, sm.wcs_grid(lon=0.0, lat=0.0, width=1.5, height=1.5, pixel=0.5), **OPTIONS)
