"""Maps at another resolution keep their flux and bound what they cannot tell."""

import numpy as np
import pytest

import skymodel as sm
from tests.sky.test_pixelmap import UNIT, sky


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
