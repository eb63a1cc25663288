"""Maps as one works with them: coordinates, values in a direction, arithmetic with units, other resolutions."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import skymodel as sm
from profiles import NFW

UNIT = "cm-2 s-1 sr-1"


def sky(nside=8, seed=1, **changes):
    rng = np.random.default_rng(seed)
    size = 12 * nside**2
    return sm.SkyMap(**{"values": 1 + rng.random(size), "error": 0.01 * rng.random(size), "unit": UNIT, **changes})


def test_a_map_knows_where_its_pixels_are():
    found = sky()
    there = found.coordinates
    np.testing.assert_allclose(there.l.deg, found.lon)
    np.testing.assert_allclose(there.b.deg, found.lat)
    np.testing.assert_array_equal(found.at(found.lon, found.lat).value, found.values)
    np.testing.assert_array_equal(found.at(there.icrs).value, found.values)


def test_the_value_in_a_direction_is_that_of_its_pixel_and_nan_where_masked():
    found = sky().cut("circle 0 0 30")
    assert np.isnan(found.at(180, 0).value)
    inside = found.at(SkyCoord(0 * u.deg, 0 * u.deg, frame="galactic"))
    assert inside.quantity.unit == u.Unit(UNIT)
    assert 1 <= inside.value <= 2


def test_a_quantity_holds_nan_where_a_map_is_masked():
    found = sky().cut("circle 0 0 30").quantity
    assert found.unit == u.Unit(UNIT)
    assert np.isnan(found).sum() > 0


def test_bounds_add_and_measured_errors_add_in_quadrature_and_stay_apart():
    a, b = sky(measured=0.3), sky(seed=2, measured=0.4)
    for total, sign in ((a + b, 1), (a - b, -1)):
        np.testing.assert_allclose(total.values, a.values + sign * b.values)
        np.testing.assert_allclose(total.error, a.error + b.error)
        np.testing.assert_allclose(total.measured, 0.5)


@pytest.mark.parametrize("combine", [np.multiply, np.divide])
def test_the_bound_of_a_product_and_of_a_quotient_holds_at_the_extremes(combine):
    a, b = sky(), sky(seed=2)
    found = a * b if combine is np.multiply else a / b
    assert found.unit == (a.unit * b.unit if combine is np.multiply else u.dimensionless_unscaled)
    np.testing.assert_allclose(found.values, combine(a.values, b.values), rtol=1e-15)
    worst = 0.0
    for s in (-1, 1):
        for t in (-1, 1):
            extreme = combine(a.values + s * a.error, b.values + t * b.error)
            worst = np.maximum(worst, np.abs(extreme - found.values))
    assert np.all(worst <= found.error * (1 + 1e-12))
    assert np.all(found.error <= 1.05 * worst)  # and the bound is not inflated


def test_quantities_combine_from_both_sides_with_their_units():
    found = sky()
    for product in ((2 * u.sr) * found, found * (2 * u.sr)):
        assert isinstance(product, sm.SkyMap)
        assert product.unit == u.Unit("cm-2 s-1")
        np.testing.assert_allclose(product.values, 2 * found.values)
    np.testing.assert_allclose(((1e4 * u.Unit("m-2 s-1 sr-1")) - found).values, 1 - found.values, atol=1e-15)
    np.testing.assert_allclose((1 / found).values, 1 / found.values)
    assert (found / (2 * u.Unit(UNIT))).unit == u.dimensionless_unscaled


def test_what_does_not_combine_is_refused():
    with pytest.raises(ValueError, match="does not convert"):
        sky() + 1.0
    with pytest.raises(ValueError, match=r"nside 8 and 4 .*regrid"):
        sky() + sky(nside=4)
    with pytest.raises(TypeError):
        sky() + "one"


def test_masked_pixels_stay_masked_and_a_zero_divisor_masks():
    hole = sky().cut("circle 0 0 30")
    assert np.array_equal((hole + sky()).masked, hole.masked)
    values = np.ones(12 * 8**2)
    values[5] = 0
    assert np.flatnonzero((sky() / sm.SkyMap(values, 0.0, "")).masked).tolist() == [5]
    unsure = sky() / sm.SkyMap(np.full(12 * 8**2, 0.5), 0.6, "")
    assert np.all(np.isinf(unsure.error))


@pytest.mark.parametrize("nside", [2, 32])
def test_another_resolution_keeps_the_flux(nside):
    found = sky()
    other = found.regrid(nside)
    assert other.nside == nside
    assert other.total().value == pytest.approx(found.total().value, rel=1e-13)


def test_the_error_of_a_finer_map_bounds_what_the_coarse_one_cannot_tell():
    def smooth(nside):
        flat = sm.SkyMap(np.zeros(12 * nside**2), 0.0, UNIT)
        return sm.SkyMap(np.cos(np.radians(flat.lat)) ** 2, 0.0, UNIT)

    finer, true = smooth(16).regrid(64), smooth(64)
    assert np.all(np.abs(finer.values - true.values) <= finer.error + 1e-3)


def test_a_profile_is_the_mean_over_each_bin():
    found = sky(nside=16)
    profile = found.profile("radius", [0, 10, 30], centre=(40, 5))
    ring = sm.Circle(40, 5, 30) & ~sm.Circle(40, 5, 10)
    assert profile.mean[1] == found.mean(ring).value
    assert found.profile("lon", np.linspace(-180, 180, 5)).mean.mean() == pytest.approx(found.values.mean(), rel=1e-3)
    with pytest.raises(ValueError, match="allowed: 'lon', 'lat', 'radius'"):
        found.profile("height", [0, 1])


def test_regions_are_anything_that_names_one():
    found = sky()
    for region in ("integral_circle", "circle 0 0 6", {"lon": "0 deg", "lat": "0 deg", "radius": "6 deg"}):
        assert found.mean(region) == found.mean(sm.INTEGRAL_CIRCLE)
        assert sm.region_mean(found, region).value == found.mean(sm.INTEGRAL_CIRCLE).value


def test_a_map_is_seen_through_a_beam_by_its_width():
    np.testing.assert_array_equal(sky().smooth("20 deg").values, sm.smooth(sky(), sm.GaussianBeam(20.0)).values)


def test_a_quantity_times_a_density_is_a_density():
    for product in ((2 * u.Unit("cm-3")) * NFW(), NFW() * (2 * u.Unit("cm-3"))):
        assert product.unit == u.Unit("GeV cm-6")
        assert product(8.0, 0.0, 0.0) == pytest.approx(2 * NFW()(8.0, 0.0, 0.0), rel=1e-14)
