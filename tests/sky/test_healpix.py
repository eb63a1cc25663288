"""What is a HEALPix sky, and how its pixels are masked."""

import healpy
import pytest

from skymodel.sky.healpix import UNSEEN, nside_of, require_nside


@pytest.mark.parametrize("nside", [0, -1, 3, 100, 2.5, 2**30, float("nan")])
def test_a_wrong_nside_is_refused(nside):
    with pytest.raises(ValueError, match="allowed: a power of two"):
        require_nside(nside)


def test_pixel_counts_that_are_no_sky_are_refused():
    assert nside_of(12 * 64**2) == 64
    for npix in (0, 13, 12 * 9, 49151):
        with pytest.raises(ValueError, match="no full HEALPix sky"):
            nside_of(npix)


def test_the_mark_of_masked_pixels_is_healpys():
    assert UNSEEN == healpy.UNSEEN
