"""Any emission by its type."""

import pytest

from skymodel.runs.config.model import RunConfig
from tests.runs.config.test_model import make


@pytest.mark.parametrize(
    ("emission", "ratio"),
    [
        ({"type": "electrosphere", "v_e": 0.1}, 0.989),  # the class's own example
        ({"type": "power_law", "index": 1.5, "photons_per_line_photon": 0.56}, 0.56),
        ({"type": "cascade", "mass": "10 MeV", "mediator": "6 MeV", "photons_per_line_photon": 0.3}, 0.3),
    ],
)
def test_any_emission_can_be_asked_for_by_its_type(emission, ratio):
    config = make(emission=emission)
    model = config.emission.build()
    assert model.band_factor(config.emission.continuum) == pytest.approx(ratio, abs=5e-4)
    assert RunConfig(**config.resolved()) == config
