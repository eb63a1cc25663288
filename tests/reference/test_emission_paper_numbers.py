"""The printed and the checked numbers of Lawson & Zhitnitsky (2007), rebuilt from eq. (2) upward with scipy alone.

Nothing here calls the closed forms under test to make its own truth: the chain is eq. (2) -> Fermi-gas integral ->
eq. (5) or Dirac -> eq. (6).
"""

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.annihilation import event_rate, event_rate_leading_log, photon_range, photon_rate
from skymodel.emission.nuggets.model import continuum_intensity

m, alpha = 0.51099895, 1 / 137.035999084


def rate_from_eq2(k, mu):
    def integrand(E):
        bracket = -(3 * m + E) * (m + E) / (m + E - k) ** 2 - 2
        bracket += ((3 * m + E) * (m + E) ** 2 / k - (m / k) ** 2 * (m + E) ** 2) / (m + E - k) ** 2
        cross_section = np.pi * alpha**2 / (m * (E * E - m * m)) * bracket
        return 8 * np.pi * (E * E - m * m) / (2 * np.pi) ** 3 * cross_section  # 2 d3p/(2 pi)^3 v

    threshold = 2 * k * k / (2 * k - m) - m
    return quad(integrand, threshold, mu, epsrel=1e-12, epsabs=0, limit=200)[0]


@pytest.mark.parametrize(
    ("mu", "k", "published"),
    [
        (20, 1, 2.8657e-3),
        (20, 5, 1.70579e-2),
        (20, 10, 6.28020e-2),
        (60, 1, 2.12479e-3),
        (60, 5, 1.01833e-2),
        (60, 10, 2.20659e-2),
    ],
)
def test_eq_6_from_eq_2_upward_gives_the_checked_values(mu, k, published):
    leading_log = alpha**2 * m / (2 * np.pi) * (mu / m) ** 2 * np.log(mu / m)
    rebuilt = k**2 * 0.025 * 4 * 0.1 * rate_from_eq2(k, mu) / leading_log
    ours = k**2 * continuum_intensity(k, mu=mu, chi=0.1)
    assert ours == pytest.approx(rebuilt, rel=1e-9)
    assert ours == pytest.approx(published, rel=1e-5 if published != 2.8657e-3 else 2e-5)  # half the last digit


def test_eq_4_needs_the_cube_of_two_pi_in_eq_3():
    assert photon_rate(5.0, 20.0) == pytest.approx(rate_from_eq2(5.0, 20.0), rel=1e-10)
    assert photon_rate(5.0, 20.0) != pytest.approx(2 * np.pi * rate_from_eq2(5.0, 20.0), rel=0.5)  # as printed


def test_the_leading_log_of_eq_5_is_off_by_the_checked_factors():
    mu = np.array([5.0, 10.0, 20.0, 60.0, 100.0])
    integral = [quad(lambda k, mu=mu: photon_rate(k, mu), *photon_range(mu), epsrel=1e-9, limit=200)[0] for mu in mu]
    np.testing.assert_allclose(integral / event_rate_leading_log(mu), [2.01, 1.86, 1.78, 1.74, 1.74], atol=0.005)
    np.testing.assert_allclose(integral, 2 * event_rate(mu), rtol=1e-7)


def test_the_photon_range_has_the_checked_ends():
    assert photon_range(1.0).low == pytest.approx(0.32571, abs=5e-6)
    assert photon_range(20.0).low == pytest.approx(0.25876, abs=5e-6)
    assert photon_range(60.0).high == pytest.approx(60 + m / 2, abs=0.005)


# k^2 Phi [1e-2 MeV cm-2 s-1 sr-1] at k = 2, 5, 10, 20 MeV for chi = 0.2, mu_0 = 60 MeV, z_max = 30 z_0
HEIGHT_AVERAGES = {
    1e-3: (4.62, 0.00, 0.00, 0.00),
    0.01: (4.24, 1.38, 0.34, 0.03),
    0.1: (3.66, 2.52, 1.91, 1.31),
    0.3: (3.57, 2.62, 2.20, 1.79),
    1.0: (3.53, 2.66, 2.30, 1.99),
}


@pytest.mark.parametrize("v_e", HEIGHT_AVERAGES)
def test_the_height_average_has_the_checked_values_for_every_speed(v_e):
    k = np.array([2.0, 5.0, 10.0, 20.0])
    values = 100 * k**2 * Electrosphere(60, 30, v_e).continuum_intensity(k, chi=0.2)
    np.testing.assert_allclose(values, HEIGHT_AVERAGES[v_e], atol=0.0051)  # half the last printed digit
