"""Means over masks and strangers' regions: the pixels they cover, those around them, and their resolution."""

import numpy as np
import pytest

import skymodel as sm
from profiles import from_function
from skymodel.sightlines.cubature import sampled
from skymodel.sky.regions import as_region

HERE = {"observer": sm.Observer(8.2), "s_max": 3.0, "rtol": 1e-3}
SLOPE = from_function(lambda x, y, z: 4.0 + 0.2 * x + z**2, unit="cm-3")  # mirrored in the plane


def mask(nside, *pixels, share=1.0):
    shares = np.zeros(12 * nside**2)
    shares[list(pixels)] = share
    return shares


def test_a_mask_of_one_pixel_has_its_mean():
    sky = sm.project(SLOPE, 1, **HERE, method="direct")
    mean = sm.region_mean(SLOPE, mask(1, 5), **HERE)
    assert mean.value == pytest.approx(sky.values[5], rel=1e-9)  # a mean looks along all its lines, a map along few
    assert (mean.error_kind, mean.short) == ("bound", False)


def test_the_pixel_of_number_zero_is_a_neighbour_like_any_other():
    """The mirror image of a mask in the plane has the mirror image's mean and error, though 0 is no neighbour there."""
    north, south = mask(2, 4, 5, share=0.5), mask(2, 36, 37, share=0.5)  # 0 touches both of the first, 44 the others
    found, mirrored = (sm.region_mean(SLOPE, shares, **HERE) for shares in (north, south))
    assert found.value == pytest.approx(mirrored.value, rel=1e-6)
    assert found.error == pytest.approx(mirrored.error, rel=1e-3)
    assert found.error > 0.01 * found.value  # half-covered pixels: what lies around them says how far off they are


def test_masks_together_take_the_finest_pixels_and_strangers_the_common_ones():
    coarse, fine = (as_region(mask(nside, 3)) for nside in (1, 4))
    for region in (coarse & fine, fine | coarse, ~(coarse | fine)):
        assert sampled._mask_nside(region) == 4
    stranger = as_region(type("Theirs", (), {"contains": lambda self, place: place.galactic.b.deg > 80})())
    assert sampled._mask_nside(coarse | stranger) == sampled._mask_nside(stranger) == 128


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="is empty: it has no mean"):
        sm.region_mean(SLOPE, mask(1), **HERE)
