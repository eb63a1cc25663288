"""The fit of COMPTEL's points: published-style numbers, closed forms, and what it refuses."""

import numpy as np
import pytest
from scipy.optimize import minimize

from skymodel.comparison.comptel.backgrounds import background
from skymodel.comparison.comptel.fit import fit_comptel
from skymodel.comparison.comptel.points import covariance, template
from skymodel.comparison.comptel.spectra import WINDOWS, comptel
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.emission.nuggets.rivals import PowerLaw

SINGLE = NuggetEmission(mu=20.0, chi=0.1)
SPHERE = ElectrosphereEmission(Electrosphere(60, 30, 0.315), chi=0.2)
# chi and chi-square, recomputed independently of this code: rows are backgrounds
TABLE = {
    None: ((0.0289, 32.5), (0.130, 5.2)),
    "Ackermann": ((0.0135, 15.7), (0.077, 0.44)),
    "Orlando_DRE": ((0.0041, 7.5), (0.042, 0.82)),
    "Orlando_DRELowV": ((0.0162, 17.8), (0.086, 0.77)),
}


@pytest.mark.parametrize("name", list(TABLE), ids=str)
@pytest.mark.parametrize("column", [0, 1])
def test_chi_and_chi_square_are_those_of_an_independent_computation(name, column):
    chi, chi_square = TABLE[name][column]
    fit = fit_comptel((SINGLE, SPHERE)[column], name)
    assert fit.chi == pytest.approx(chi, rel=0.02)  # two digits were quoted
    assert fit.chi_square == pytest.approx(chi_square, rel=0.02)
    assert fit.dof == 2


@pytest.mark.parametrize(("correlation", "chi"), [(0.0, 0.0289), (0.5, 0.0127), (0.8, 0.0046)])
def test_shared_systematics_take_chi_down(correlation, chi):
    fit = fit_comptel(SINGLE, correlation=correlation)
    assert fit.chi == pytest.approx(chi, rel=0.02)
    error = comptel().error
    again = fit_comptel(SINGLE, covariance_matrix=covariance(error, correlation))
    assert again.chi == pytest.approx(fit.chi, rel=1e-12)


def test_the_correlated_fit_is_the_minimum_of_the_quadratic_form():
    points, sigma = np.array(comptel().intensity), np.array(comptel().error)
    inverse = np.linalg.inv(np.outer(sigma, sigma) * (0.5 + 0.5 * np.eye(3)))
    shape = template(NuggetEmission(mu=20.0, chi=1.0), comptel())
    chi = (shape @ inverse @ points) / (shape @ inverse @ shape)
    left = points - chi * shape
    fit = fit_comptel(SINGLE, correlation=0.5)
    assert fit.chi == pytest.approx(chi, rel=1e-10)
    assert fit.chi_error == pytest.approx((shape @ inverse @ shape) ** -0.5, rel=1e-10)
    assert fit.chi_square == pytest.approx(left @ inverse @ left, rel=1e-10)


@pytest.mark.parametrize(("weighting", "chi"), [("log", 0.0289), ("photons", 0.0250), ("midpoint", 0.0114)])
def test_the_way_a_bin_is_averaged_moves_chi(weighting, chi):
    assert fit_comptel(SINGLE, weighting=weighting).chi == pytest.approx(chi, rel=0.02)


def test_a_free_mu_finds_the_minimum_that_a_grid_misses():
    fit = fit_comptel(SINGLE, free={"mu": (1.0, 100.0)})
    assert fit.parameters["mu"] == pytest.approx(13.7, abs=0.05)
    assert fit.chi_square == pytest.approx(15.07, abs=0.01)
    assert fit.dof == 1
    assert fit.p_value < 0.001  # no single mu fits the points without a background, although mu was chosen as well
    assert fit.parameter_errors["mu"] > 0
    for mu in (13.0, 14.0, 15.0):
        assert fit_comptel(NuggetEmission(mu=mu)).chi_square > fit.chi_square


def test_a_free_speed_of_the_electrosphere_fits_at_least_as_well_as_any_given_one():
    fit = fit_comptel(SPHERE, "Ackermann", free={"v_e": (0.05, 1.0)})
    assert fit.chi_square <= fit_comptel(SPHERE, "Ackermann").chi_square + 1e-9
    assert 0.05 <= fit.parameters["v_e"] <= 1.0


def test_free_norms_are_the_least_squares_with_nothing_negative():
    points, sigma = np.array(comptel().intensity), np.array(comptel().error)
    shapes = np.stack(
        [template(ElectrosphereEmission(SPHERE.sphere, 1.0), comptel()), background("Ackermann", comptel())]
    )
    best = minimize(
        lambda a: np.sum(((points - a @ shapes) / sigma) ** 2), [0.1, 1.0], bounds=[(0, None)] * 2, tol=1e-14
    )
    fit = fit_comptel(SPHERE, ["Ackermann"])
    assert (fit.chi, fit.norms["Ackermann"]) == pytest.approx(tuple(best.x), rel=1e-3)
    assert fit.chi_square == pytest.approx(best.fun, rel=1e-5)
    assert fit.dof == 1
    # eq. (6) at mu = 20 MeV beside a free background: no nuggets are asked for
    assert fit_comptel(SINGLE, ["Ackermann"]).chi == 0


def test_a_spectrum_may_be_a_function_a_shape_or_a_model():
    unit = NuggetEmission(mu=20.0, chi=1.0)
    model, function = fit_comptel(SINGLE), fit_comptel(lambda k: unit.direct_spectrum(k))
    # the function's bins are quadrature over an end of the spectrum inside a bin: 2e-4
    assert function.chi == pytest.approx(model.chi, rel=2e-4)
    flat = fit_comptel(PowerLaw(2.0))  # k^2 dPhi/dk = 1 everywhere: the weighted mean of the points
    weight = np.array(comptel().error) ** -2
    assert flat.chi == pytest.approx(weight @ comptel().intensity / weight.sum(), rel=1e-12)


def test_a_background_above_the_points_leaves_no_chi_and_its_own_chi_square():
    points, sigma = np.array(comptel().intensity), np.array(comptel().error)
    fit = fit_comptel(SINGLE, lambda k: 1.0 / k**2)  # k^2 dPhi/dk = 1: fifty times what is measured
    assert fit.chi == 0
    assert fit.chi_square == pytest.approx(np.sum(((points - 1) / sigma) ** 2), rel=1e-12)
    assert fit.dof == 2
    assert fit.p_value == pytest.approx(np.exp(-fit.chi_square / 2), abs=1e-300)  # closed form for two


def test_the_error_of_chi_raises_chi_square_by_one():
    fit = fit_comptel(SINGLE)
    shape, sigma = template(NuggetEmission(mu=20.0, chi=1.0), comptel()), np.array(comptel().error)
    left = (np.array(comptel().intensity) - (fit.chi + fit.chi_error) * shape) / sigma
    assert left @ left == pytest.approx(fit.chi_square + 1, rel=1e-12)


def test_a_brighter_line_asks_for_less_chi_and_leaves_an_amplitude_of_its_own():
    bright = fit_comptel(SINGLE, line_intensity=0.05)
    assert bright.chi == pytest.approx(fit_comptel(SINGLE).chi / 2, rel=1e-12)
    flat = PowerLaw(2.0)
    assert fit_comptel(flat, line_intensity=0.05).chi == fit_comptel(flat).chi


def test_the_window_factor_divides_chi_and_leaves_chi_square():
    plain, counted = fit_comptel(SPHERE, "z04LMS"), fit_comptel(SPHERE, "z04LMS", 0.379)
    assert counted.chi == pytest.approx(plain.chi / 0.379, rel=1e-12)
    assert counted.chi_error == pytest.approx(plain.chi_error / 0.379, rel=1e-12)
    assert counted.chi_square == pytest.approx(plain.chi_square, rel=1e-12)


def test_three_windows_share_one_chi():
    measured = [comptel(name) for name in WINDOWS]
    fit = fit_comptel(SPHERE, ["Ackermann", "isotropic"], [0.38, 0.2, 0.1], measurement=measured)
    assert fit.dof == 9 - 3
    assert set(fit.norms) == {"Ackermann", "isotropic"}


def test_a_spectrum_without_photons_in_the_bins_has_no_chi():
    fit = fit_comptel(NuggetEmission(mu=0.7))
    assert np.isnan(fit.chi)
    assert fit.dof == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"correlation": 1.0}, "correlation = 1; allowed: -1 <= correlation < 1"),
        ({"correlation": -2.0}, "correlation = -2; allowed"),
        ({"correlation": -0.6}, "covariance of 3 points is not positive .* above -0.5"),
        ({"covariance_matrix": np.diag([1.0, 1.0, -1.0])}, "not positive"),
        ({"covariance_matrix": np.eye(2)}, r"shape \(2, 2\) for 3 points"),
        ({"background": ["Ackermann", "z04LMS", "isotropic"]}, "3 points cannot fix 4 parameters: chi, norm of Ack"),
        ({"background": ["Ackermann", "Ackermann"]}, "given twice"),
        ({"background": "galprop"}, "no background 'galprop'"),
        ({"window_factor": [1.0, 1.0]}, "2 window factors for 1 measurements"),
        ({"window_factor": 0.0}, "allowed: numbers above 0"),
        ({"free": {"nu": (1, 2)}}, "no parameter 'nu' to free"),
        ({"free": {"mu": (5, 2)}}, "allowed: 0 < low < high"),
        ({"weighting": "energy"}, "weighting = 'energy'; allowed"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_the_reason(arguments, message):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=message):
        fit_comptel(SINGLE, **arguments)


def test_two_parameters_that_do_the_same_are_named():
    flat = PowerLaw(2.0)
    with pytest.raises(ValueError, match="chi and norm of background 1 are degenerate"):
        fit_comptel(flat, [flat])


def test_what_is_no_spectrum_is_refused():
    with pytest.raises(TypeError, match="is no spectrum"):
        fit_comptel(3.0)
