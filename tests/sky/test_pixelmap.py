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
