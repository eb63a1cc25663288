"""Beams: windows against closed forms and integrals."""

import numpy as np
import pytest
from astropy import units as u
from scipy.special import eval_legendre

from skymodel.sky.beams import GaussianBeam, TabulatedBeam

TRIANGLE = TabulatedBeam(theta=(0.0, 6.0), density=(2.0, 0.0))
ANGLES = np.linspace(0, 20, 81)
ROUND = TabulatedBeam(tuple(ANGLES), tuple(np.exp(-(ANGLES**2) / 2 / 2.5**2)))


def test_the_window_of_a_gaussian_is_known():
    degree = np.arange(200)
    expected = np.exp(-degree * (degree + 1) * np.radians(3 / 2.354820045) ** 2 / 2)
    assert GaussianBeam(3.0).window(199) == pytest.approx(expected, rel=1e-8)
    assert GaussianBeam(3.0) == GaussianBeam(180 * u.arcmin)


@pytest.mark.parametrize("degree", [0, 1, 7, 60])
@pytest.mark.parametrize("beam", [GaussianBeam(4.0), GaussianBeam(20.0), TRIANGLE, ROUND])
def test_a_window_is_the_integral_of_the_profile(beam, degree):
    theta = (np.arange(200_000) + 0.5) / 200_000 * np.radians(beam.reach)
    weight = 2 * np.pi * beam.profile(theta) * np.sin(theta) * theta[0] * 2
    expected = weight @ eval_legendre(degree, np.cos(theta))
    # a Gaussian's profile is good to the next order, 0.02 sigma^4
    assert beam.window(degree)[degree] == pytest.approx(expected, abs=2e-5)


def test_the_windows_of_a_table_and_of_its_gaussian_agree():
    assert ROUND.width == pytest.approx(2.5 * 2.354820045, rel=1e-3)  # straight lines between the angles
    assert ROUND.window(100) == pytest.approx(GaussianBeam(2.5 * 2.354820045).window(100), abs=1e-3)  # flat and curved
    assert TRIANGLE.width == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: GaussianBeam(0.0), "GaussianBeam.fwhm = 0 deg"),
        (lambda: GaussianBeam(float("nan")), "GaussianBeam.fwhm = nan deg"),
        (lambda: TabulatedBeam((0, 1), (1, 2, 3)), "as many densities"),
        (lambda: TabulatedBeam((0.5, 1), (1, 0)), "grow from 0"),
        (lambda: TabulatedBeam((0, 1), (1, -1)), ">= 0"),
    ],
)
def test_bad_beams_are_refused(run, words):
    with pytest.raises(ValueError, match=words):
        run()
