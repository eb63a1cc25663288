"""Electrons left at a height: (A.3) as printed, from (A.2), and with the exact rate."""

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log
from skymodel.emission.event.constants import ELECTRON_MASS as m
from tests.emission.electrosphere.test_structure import SPHERE, printed_survival


@pytest.mark.parametrize("v_e", [1e-3, 0.1, 1.0])
def test_the_printed_survival_is_a_3(v_e):
    z = np.array([0.0, 0.5, 3.0, 29.0, 30.0])
    sphere = Electrosphere(60, 30, v_e)
    np.testing.assert_allclose(sphere.survival(z), printed_survival(z, 60, 30, v_e), rtol=1e-12)


def test_a_3_follows_from_a_2_with_the_leading_log_rate_and_a_fixed_logarithm():
    def rate(z):
        mu = SPHERE.mu(z)
        return event_rate_leading_log(mu) / np.log(mu / m) * np.log(60 / m) * SPHERE.z_0 / SPHERE.v_e

    depth = quad(rate, 2.0, 30.0, epsrel=1e-12)[0]
    assert -np.log(SPHERE.survival(2.0)) == pytest.approx(depth, rel=1e-10)


@pytest.mark.parametrize("v_e", [1e-2, 0.3])
def test_the_exact_survival_integrates_the_exact_rate(v_e):
    sphere = Electrosphere(60, 30, v_e)
    for z in (0.0, 1.0, 10.0):
        depth = quad(lambda h: float(event_rate(sphere.mu(h))) * sphere.z_0 / v_e, z, 30, epsrel=1e-12, limit=200)[0]
        assert -np.log(sphere.survival(z, exact=True)) == pytest.approx(depth, rel=1e-10)
    assert sphere.survival(30, exact=True) == pytest.approx(1, rel=1e-14)  # an exponential of rounding
