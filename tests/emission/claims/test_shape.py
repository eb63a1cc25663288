"""How flat the electrosphere's spectrum is, and at which speed."""

from dataclasses import replace

import numpy as np
import pytest

from skymodel.emission.claims import FAILS, flatness, paper_claims
from skymodel.emission.electrosphere.structure import Electrosphere
from tests.emission.claims.conftest import SCENARIO


def test_flatness_is_the_largest_over_the_smallest():
    model = SCENARIO.electrosphere(0.3)
    k = np.linspace(2, 20, 3001)
    values = k**2 * model.sphere.continuum_intensity(k, chi=0.2)
    assert flatness(model) == pytest.approx(values.max() / values.min(), rel=1e-3)  # the peak is broad
    assert flatness(replace(model, sphere=Electrosphere(15, 20, 0.3))) == np.inf  # nothing at 20 MeV


def test_with_photons_conserved_no_speed_makes_the_spectrum_flat(by_name):
    assert by_name["flat_conserved"].verdict == FAILS
    # the minimum, not the nearest point of a grid
    assert by_name["flat_conserved"].value == pytest.approx(2.616, abs=5e-4)
    assert "0.00734 c" in by_name["flat_conserved"].quantity


def test_the_flat_spectrum_needs_a_third_of_the_speed_of_light(by_name):
    claim = by_name["flat"]
    assert claim.condition == "v_e >= 0.315 c"
    assert claim.under_condition == pytest.approx(2, rel=1e-4)
    assert "0.125 c rms" in claim.note
    assert "which gives 2.55. A factor of 2.5 needs v_e >= 0.131 c" in claim.note


def test_an_electrosphere_too_thin_for_twenty_mev_is_flat_at_no_speed():
    claims = {claim.name: claim for claim in paper_claims(replace(SCENARIO, mu_0=15.0, z_max=20.0))}
    assert claims["speed"].value == np.inf
    assert claims["speed"].verdict == claims["flat"].verdict == FAILS
