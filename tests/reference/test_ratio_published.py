"""The ratio claim against numbers that were not computed by this code."""

import numpy as np
import pytest
import windows
from scipy.integrate import quad

import skymodel as sm
from profiles import NFW, Burkert, ExponentialDisk, HernquistBulge, library
from skymodel.comparison.comptel.fit import fit_comptel
from skymodel.comparison.comptel.points import template
from skymodel.comparison.comptel.spectra import comptel
from skymodel.comparison.ratio.ratio import ratio
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.galaxy import SkyModel
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

M = 0.51099895


def printed_equation_6(k, mu):
    """Eq. (6) of Lawson & Zhitnitsky (2007) as printed, at chi = 1."""
    bracket = (
        k * (k**2 + 2 * M * k - 2 * M**2) * np.log((2 * k - M) * (mu + M - k) / (M * k))
        - 1.5 * k**3
        - (mu + 5 * M) * k**2
        + (0.5 * mu**2 + 3 * mu * M + 4.5 * M**2) * k
        - M**2 * (mu + M)
        + k**2 * M**2 / (mu + M - k)
        + (8 * k**4 - 8 * M * k**3 - 2.5 * M**2 * k**2 + 4 * M**3 * k - M**4) * k / (2 * k - M) ** 2
    )
    return 0.025 * 4 * 2 / (k**2 * mu**2 * np.log(mu / M)) * bracket


@pytest.mark.parametrize("mu", [5.0, 20.0, 60.0])
def test_the_template_is_the_bin_mean_of_the_printed_equation(mu):
    found = template(NuggetEmission(mu=mu, chi=1.0), comptel())
    momentum = np.sqrt(mu**2 - M**2)
    ends = M * (mu + M) / (mu + M + momentum), M * (mu + M) / (mu + M - momentum)
    for (low, high), value in zip(comptel().bins, found, strict=True):
        start, stop = max(low, ends[0]), min(high, ends[1])
        if start >= stop:
            assert value == 0
            continue
        integral = quad(
            lambda t: np.exp(2 * t) * printed_equation_6(np.exp(t), mu), np.log(start), np.log(stop), epsrel=1e-10
        )[0]
        assert value == pytest.approx(integral / np.log(high / low), rel=1e-7)  # digits lost in the printed form


def test_with_w_one_and_no_background_chi_is_0_02893_and_a_single_mu_does_not_fit():
    fit = fit_comptel(NuggetEmission(mu=20.0))
    assert round(fit.chi, 5) == 0.02893
    assert round(fit.chi_square, 1) == 32.5
    assert fit.p_value < 1e-6


def test_the_line_intensity_that_published_maps_have_in_comptels_window_asks_for_a_larger_chi():
    # Knoedlseder 2005 and Siegert 2016: 0.0050 in the box, 0.0241 and 0.0158 in the circle (nside 256 sums)
    for circle, box in ((0.0241, 0.00495), (0.0158, 0.00500)):
        fit = fit_comptel(NuggetEmission(), window_factor=box / circle, line_intensity=circle)
        assert fit.chi == pytest.approx(0.02893 * 0.025 / box, rel=1e-3)


@pytest.mark.parametrize(
    ("halo", "electrons", "published", "tolerance"),
    [
        (NFW(r_s=20), ExponentialDisk(n_0=1, R_d=2.6, z_d=0.3), 0.3810354, 3e-7),
        (NFW(r_s=20), HernquistBulge(n_0=1, a=0.6), 0.1950444, 4e-7),
        (Burkert(r_s=9), ExponentialDisk(n_0=1, R_d=2.6, z_d=0.3), 0.63, 5e-3 / 0.63),  # two digits were published
    ],
)
def test_the_ratio_across_windows_is_the_spectrums_times_the_published_window_factor(
    halo, electrons, published, tolerance
):
    found = ratio(
        SkyModel(halo, electrons), numerator=(CONTINUUM_1_20, COMPTEL_WINDOW), denominator=(LINE_511, INTEGRAL_CIRCLE)
    )
    expected = published * NuggetEmission().band_factor(CONTINUUM_1_20)
    assert found.value == pytest.approx(expected, rel=tolerance)


def test_the_independent_integral_gives_the_published_window_factors():
    disk = NFW(r_s=20) * ExponentialDisk(n_0=1, R_d=2.6, z_d=0.3)
    assert windows.window_factor(disk, 8.2, 0.0, order=6) == pytest.approx(0.3810354, rel=5e-6)
    bulge = NFW(r_s=20) * HernquistBulge(n_0=1, a=0.6)
    assert windows.window_factor(bulge, 8.2, 0.0, order=6) == pytest.approx(0.1950444, rel=5e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "digits", "edge"),
    [
        ("ymw16", 0.46982, None),
        ("ferriere2007_electrons", 0.46298, None),
        ("ne2001", 0.47135, windows.ellipsoid_edge([0, -0.01, -0.02], [0.145, 0.145, 0.026])),
    ],
)
def test_whole_models_of_the_interstellar_electrons_have_the_window_factor_of_an_independent_integral(
    name, digits, edge
):
    pair = NFW(rho_s=0.3, r_s=20) * library.electrons(name)
    outside = windows.window_factor(pair, 8.178, 0.0208, order=9, edge=edge)
    found = sm.window_factor(pair, observer=sm.Observer(8.178, 0.0208), r_max=60.0, rtol=1e-4)
    assert outside == pytest.approx(found.value, abs=found.error + 5e-6 * found.value)  # the rule's own, at order 9
    assert found.value == pytest.approx(digits, abs=1e-5)
