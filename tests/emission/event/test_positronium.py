"""Positronium against mpmath, and the photon bookkeeping against its sum rules."""

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.event.constants import ELECTRON_MASS as M_E
from skymodel.emission.event.positronium import (
    ortho_share,
    ortho_spectrum,
    photons_per_annihilation,
    positronium_per_line_photon,
)


def ore_powell(x):
    """Ore & Powell 1949 as printed, in x = k/m, of unit area."""
    log = mp.log(1 - x)
    first = x * (1 - x) / (2 - x) ** 2 - 2 * (1 - x) ** 2 / (2 - x) ** 3 * log
    return 2 / (mp.pi**2 - 9) * (first + (2 - x) / x + 2 * (1 - x) / x**2 * log)


@pytest.mark.parametrize("x", [1e-6, 0.0199, 0.0201, 0.3, 0.7, 0.999, 1 - 1e-9])
def test_the_three_photon_spectrum_is_the_published_one(x):
    k = x * M_E
    with mp.workdps(40):
        expected = ore_powell(mp.mpf(k) / mp.mpf(M_E)) / mp.mpf(M_E)
        assert float(ortho_spectrum(k)) == pytest.approx(float(expected), rel=2e-12)  # cancellation at x = 0.02


def test_the_three_photon_spectrum_has_unit_area_and_two_thirds_of_the_mass_as_mean_energy():
    area = quad(ortho_spectrum, 0, M_E, epsabs=1e-13, epsrel=1e-13)[0]
    energy = quad(lambda k: k * ortho_spectrum(k), 0, M_E, epsabs=1e-13, epsrel=1e-13)[0]
    assert area == pytest.approx(1, abs=1e-10)
    assert 3 * energy == pytest.approx(2 * M_E, abs=1e-10)  # three photons share the two masses


def test_the_share_of_a_band_is_the_integral_of_the_spectrum():
    assert ortho_share(0, 1) == pytest.approx(1, abs=1e-13)
    for low, high in [(0.1, 0.2), (0.45, 0.6), (1e-4, 2e-3)]:
        expected = quad(ortho_spectrum, low, min(high, M_E), epsabs=1e-14)[0]
        assert ortho_share(low, high) == pytest.approx(expected, abs=1e-12)
    assert ortho_share(0.52, 3.0) == 0


def test_there_is_nothing_above_the_electron_mass_or_below_zero():
    np.testing.assert_array_equal(ortho_spectrum([-0.1, 0.0, M_E * 1.000001, 1.0]), 0)


@pytest.mark.parametrize("f", [0.0, 0.3, 0.93, 1.0])
def test_photons_and_energy_add_up_for_every_positronium_fraction(f):
    count = photons_per_annihilation(f)
    para, ortho, at_rest = f / 4, 3 * f / 4, 1 - f
    assert count.line == pytest.approx(2 * para + 2 * at_rest, abs=1e-14)
    assert count.continuum == pytest.approx(3 * ortho, abs=1e-14)
    mean_energy = quad(lambda k: k * ortho_spectrum(k), 0, M_E, epsabs=1e-13)[0]
    assert count.line * M_E + count.continuum * mean_energy == pytest.approx(2 * M_E, abs=1e-8)
    assert positronium_per_line_photon(f) * count.line == pytest.approx(f, abs=1e-14)


def test_the_known_ratio_of_continuum_to_line_is_recovered():
    f = np.linspace(0, 1, 11)
    count = photons_per_annihilation(f)
    np.testing.assert_allclose(count.continuum / count.line, 9 * f / (8 - 6 * f), rtol=1e-14)
    assert positronium_per_line_photon(0.97) == pytest.approx(1.78, abs=0.005)


@pytest.mark.parametrize("f", [-0.1, 1.08, np.nan])
def test_a_fraction_outside_zero_to_one_is_refused(f):
    with pytest.raises(ValueError, match=r"positronium_fraction = .*numbers from 0 to 1"):
        photons_per_annihilation(f)
