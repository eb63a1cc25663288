import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.comparison.comptel.chi_fit import bin_means, fit_chi


def test_the_mean_over_ln_k_of_power_laws_is_the_closed_form():
    low, high = 3.0, 10.0
    for slope in (-2.5, -1.0, 0.5):  # k^2 dPhi/dk = k^(slope + 2)
        closed = (high ** (slope + 2) - low ** (slope + 2)) / (slope + 2) / np.log(high / low)
        (mean,) = bin_means(lambda k, slope=slope: k**slope, [(low, high)], ends=(0.3, 1e3))
        assert mean == pytest.approx(closed, rel=1e-9)  # the stated accuracy


def test_a_spectrum_that_ends_inside_a_bin_counts_as_zero_beyond():
    (mean,) = bin_means(lambda k: np.sqrt(20.5 - k) / k**2, [(10.0, 30.0)], ends=(0.3, 20.5))
    expected = quad(lambda t: np.sqrt(20.5 - np.exp(t)), np.log(10), np.log(20.5), epsrel=1e-9)[0] / np.log(3)
    assert mean == pytest.approx(expected, rel=1e-7)  # quad meets a square root there and reaches no more
    assert bin_means(lambda k: k, [(30.0, 40.0)], ends=(0.3, 20.5)).tolist() == [0.0]


def test_a_spectrum_that_does_not_converge_is_refused():
    with pytest.raises(ArithmeticError, match="did not converge"):
        bin_means(lambda k: np.sin(1e6 * k), [(1.0, 3.0)], ends=(0.3, 20.5))


def test_the_fit_is_the_minimum_of_chi_square_and_its_error_raises_it_by_one():
    rng = np.random.default_rng(5)
    model, data, sigma, back = rng.uniform(1, 2, (4, 6))
    back = back / 10

    def chi_square(chi):
        return np.sum(((data - chi * model - back) / sigma) ** 2)

    fit = fit_chi(model, data, sigma, back)
    assert fit.chi_square == pytest.approx(chi_square(fit.chi), rel=1e-12)  # same sum, rounding only
    assert chi_square(fit.chi * 1.001) > fit.chi_square < chi_square(fit.chi * 0.999)
    raised = chi_square(fit.chi + fit.chi_error)
    assert raised - fit.chi_square == pytest.approx(1, rel=1e-10)
    assert sum(np.square(fit.pulls)) == pytest.approx(fit.chi_square, rel=1e-12)
    assert fit.degrees_of_freedom == 5


def test_a_background_above_the_points_gives_chi_zero_and_keeps_the_unbounded_value():
    fit = fit_chi([1.0, 1.0], [0.5, 0.5], [0.1, 0.1], background=1.0)
    assert fit.chi == 0
    assert fit.chi_unbounded == pytest.approx(-0.5)
    assert fit.chi_square == pytest.approx(2 * 5.0**2)  # at chi = 0, not at the unbounded minimum


def test_p_values_are_those_of_two_degrees_of_freedom():
    fit = fit_chi([1.0, 1.0, 0.0], [1.0, 1.0, 3.0], [1.0, 1.0, 1.0])
    assert fit.chi_square == pytest.approx(9)
    assert fit.p_value == pytest.approx(np.exp(-4.5), rel=1e-12)  # closed form for two degrees of freedom


def test_a_model_without_photons_in_the_bins_has_no_chi():
    fit = fit_chi([0.0, 0.0], [1.0, 2.0], [1.0, 1.0])
    assert np.isnan(fit.chi)
    assert fit.chi_error == np.inf
    assert (fit.chi_square, fit.degrees_of_freedom) == (5, 2)


def test_errors_must_be_positive():
    with pytest.raises(ValueError, match="allowed: errors > 0"):
        fit_chi([1.0, 1.0], [1.0, 1.0], [1.0, 0.0])
