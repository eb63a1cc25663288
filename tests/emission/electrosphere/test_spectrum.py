"""The emission of an electrosphere: bands, logarithmic means, the consistent count."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.emission.event.annihilation import photon_range
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511, Band
from skymodel.emission.event.constants import ELECTRON_MASS as m
from tests.emission.electrosphere.test_structure import SPHERE


@pytest.mark.parametrize("convention", ["paper", "consistent"])
@pytest.mark.parametrize("band", [CONTINUUM_1_20, Band("SOFT", 0.2, 0.6), Band("TOP", 30, 90)])
def test_the_band_factor_is_the_integral_of_the_spectrum_plus_the_line(band, convention):
    model = ElectrosphereEmission(SPHERE, chi=0.2, convention=convention)
    kinks = [m, *np.ravel([photon_range(mu) for mu in (SPHERE.lowest_mu, SPHERE.mu_0)])]
    borders = np.unique(np.clip([band.low, *kinks, band.high], band.low, band.high))
    # the other order of integration: over heights for each energy, then over energies
    smooth = sum(quad(lambda k: float(model.spectrum(k, 1.0)), *ends, epsrel=1e-9)[0] for ends in pairwise(borders))
    assert model.band_factor(band) == pytest.approx(smooth + band.holds_line, rel=1e-8)
    assert model.band_factor(LINE_511) == 1


@pytest.mark.parametrize("convention", ["paper", "consistent"])
def test_the_logarithmic_mean_is_that_of_k_squared_times_the_direct_spectrum(convention):
    model = ElectrosphereEmission(SPHERE, chi=0.2, convention=convention)
    kink = float(photon_range(SPHERE.lowest_mu).high)
    parts = [
        quad(lambda k: k * model.direct_spectrum(k, 0.03), *ends, epsrel=1e-9)[0] for ends in ((1, kink), (kink, 9))
    ]
    assert model.log_mean(Band("X", 1.0, 9.0), 0.03) == pytest.approx(sum(parts) / np.log(9), rel=1e-8)


def test_every_electron_annihilates_when_it_is_slow_so_the_consistent_count_is_four_chi_photons():
    model = ElectrosphereEmission(Electrosphere(60, 30, 1e-3), chi=0.1, convention="consistent")
    everything = model.photons(Band("ALL", 0.1, 100))
    assert everything.direct == pytest.approx(2 * 0.1 * 2, rel=1e-8)  # 2 Ps per line photon, chi each, 2 photons each
