"""Points within pixels: they hold the flux, lie on the plane, and never go negative."""

import numpy as np
import pytest

from skymodel.comparison.likeness.subpixels import flux_points, points
from skymodel.sky.regions import INTEGRAL_CIRCLE, Box
from skymodel.sky.skymap import SkyMap
from tests.comparison.gaussians import gaussian, integral


def test_points_hold_the_flux_and_never_go_negative():
    sky = gaussian(32, 3.0)
    held = points(sky)
    assert held.flux.sum() == pytest.approx(sky.total().value, rel=1e-13)
    assert held.flux.sum() == pytest.approx(integral(3.0), rel=1e-6)
    assert held.flux.min() >= -1e-18
    assert np.allclose(np.linalg.norm(held.vectors, axis=1), 1, rtol=0, atol=1e-14)


def test_points_of_a_plane_lie_on_it():
    # a map linear in z = sin(lat): inside the equatorial faces the points follow the sky to second order
    import healpy

    side = 256
    z = healpy.pix2vec(32 * 8, np.arange(12 * side**2), nest=True)[2].reshape(-1, 64).mean(axis=1)
    sky = SkyMap(healpy.reorder(2 + z, n2r=True), 0.0, "")
    held = points(sky, Box((-30, 30), (-20, 20)))
    assert held.flux / held.spacing**2 == pytest.approx(2 + held.vectors[:, 2], abs=1e-3)  # pixels span 0.03


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (-np.ones(12 * 16**2), "is negative in places"),
        (np.zeros(12 * 16**2), "has no flux"),
        (np.full(12 * 16**2, np.nan), "masked"),
    ],
)
def test_maps_without_a_share_of_flux_are_refused(values, words):
    with pytest.raises(ValueError, match=words):
        flux_points(SkyMap(values, 0.0, "", name="A"), INTEGRAL_CIRCLE)
