"""Templates and covariances of the points; what fits make of them is tested in test_fit."""

import numpy as np
import pytest
from scipy.integrate import trapezoid

from skymodel.comparison.comptel.points import covariance, template, whitener
from skymodel.comparison.comptel.spectra import comptel
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.emission.nuggets.rivals import PowerLaw


def test_whitened_points_are_independent_with_error_one():
    matrix = covariance([1.0, 2.0, 0.5], 0.3)
    change = whitener(matrix)
    np.testing.assert_allclose(change @ matrix @ change.T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize("weighting", ["log", "photons", "midpoint"])
def test_a_flat_spectrum_is_flat_in_every_average(weighting):
    np.testing.assert_allclose(template(PowerLaw(2.0), comptel(), weighting), 1.0, rtol=1e-12)


def test_photons_are_counted_as_an_integral_says():
    unit = NuggetEmission(mu=40.0, chi=1.0)
    k = np.geomspace(3, 10, 20001)
    photons = trapezoid(unit.direct_spectrum(k), k) / trapezoid(k**-2.0, k)
    assert template(unit, comptel(), "photons")[1] == pytest.approx(photons, rel=1e-6)
