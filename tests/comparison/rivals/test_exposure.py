"""Weights of pixels: named ones, maps, and what is refused."""

import healpy
import numpy as np
import pytest

from skymodel.comparison.rivals.exposure import describe, pixel_weights
from skymodel.sky.skymap import SkyMap


def exposure(values):
    return SkyMap(np.asarray(values, dtype=float), 0.0, "cm2 s", name="survey")


def test_named_weights_are_one_everywhere_or_most_at_the_centre():
    assert np.all(pixel_weights("even", 8) == 1)
    inner = pixel_weights("inner", 32)
    centre, plane, pole = (inner[healpy.ang2pix(32, *place, lonlat=True)] for place in ((0, 0), (90, 0), (0, 90)))
    assert (centre, plane, pole) == pytest.approx((1.0, 0.30, 0.05), abs=0.01)


def test_a_map_is_scaled_to_its_largest():
    values = np.arange(12 * 8**2)
    np.testing.assert_allclose(pixel_weights(exposure(values), 8), values / values.max(), rtol=1e-15)
    assert describe(exposure(values)) == "the exposure map 'survey'"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("flat", "weights = 'flat'; allowed: 'even', 'inner', or a map"),
        (exposure(np.ones(12 * 4**2)), "nside 4 for a sky of nside 8; regrid"),
        (exposure(-np.ones(12 * 8**2)), "allowed: finite, >= 0"),
        (exposure(np.zeros(12 * 8**2)), "not all 0"),
    ],
)
def test_other_weights_are_refused_in_one_line(given, message):
    with pytest.raises(ValueError, match=message):
        pixel_weights(given, 8)
