import numpy as np
import pytest

from profiles import NFW, ExponentialDisk, GaussianBulge, from_function
from skymodel.comparison.ratio.blurring import beam_effects
from skymodel.comparison.ratio.ratio import ratio
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel
from skymodel.sky.beams import FWHM_PER_SIGMA, GaussianBeam
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

ONE = from_function(lambda x, y, z: 1 + 0 * x, unit="GeV cm-3", symmetry="spherical")
SIGMA = 3.4  # deg, of a ball seen as a Gaussian


def circle_mean(sigma):
    """Share of a flat Gaussian within 6 deg: its mean over the circle but for a constant."""
    return 1 - np.exp(-(6.0**2) / (2 * sigma**2))


@pytest.fixture(scope="module")
def ball():
    model = SkyModel(ONE, GaussianBulge(sigma=8.2 * np.radians(SIGMA)))
    return beam_effects(model, line_beam=GaussianBeam(4.0), continuum_beam=GaussianBeam(3.8), nside=32, rtol=1e-3)


def test_a_beam_on_the_line_raises_the_ratio_as_widths_in_quadrature_say(ball):
    wide = np.hypot(SIGMA, 4.0 / FWHM_PER_SIGMA)
    line = next(each for each in ball if each.name == "line")
    # flat Gaussians for a ball of 3.4 deg: relative corrections (sigma in rad)^2, 0.4 %, mostly common to both
    assert line.factor == pytest.approx(circle_mean(SIGMA) / circle_mean(wide), rel=3e-3)
    assert line.factor > 1.05


def test_a_beam_on_the_continuum_throws_light_over_the_narrow_side_of_its_box(ball):
    from scipy.special import erf

    wide = np.hypot(SIGMA, 3.8 / FWHM_PER_SIGMA)
    continuum = next(each for each in ball if each.name == "continuum")
    expected = erf(5 / np.sqrt(2) / wide) / erf(5 / np.sqrt(2) / SIGMA)
    assert continuum.factor == pytest.approx(expected, rel=3e-3)
    assert continuum.factor < 0.98


def test_together_the_beams_multiply(ball):
    sharp, line, continuum, together = ball
    assert sharp.factor == 1
    assert together.factor == pytest.approx(line.factor * continuum.factor, rel=1e-12)


def test_sharp_maps_give_the_ratio_of_the_densities_within_their_errors():
    model = SkyModel(NFW(r_s=20), ExponentialDisk(R_d=2.6, z_d=0.3))
    sharp = beam_effects(model, line_beam=GaussianBeam(4.0), continuum_beam=GaussianBeam(4.0), nside=32, rtol=1e-3)[0]
    exact = ratio(model, numerator=(CONTINUUM_1_20, COMPTEL_WINDOW), denominator=(LINE_511, INTEGRAL_CIRCLE))
    assert exact.value == pytest.approx(0.3810354 * NuggetEmission().band_factor(CONTINUUM_1_20), rel=1e-6)
    assert abs(sharp.across.value - exact.value) < sharp.across.error
    assert sharp.across.error < 0.1 * exact.value
