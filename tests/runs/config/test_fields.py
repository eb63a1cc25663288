"""Fields of the configuration: laws in closed form, means over phases, and the band ratio that they break."""

import numpy as np
import pytest

from profiles import ExponentialDisk, GaussianBulge, from_function
from skymodel.comparison.ratio.ratio import ratio
from skymodel.emission.event.bands import CONTINUUM_1_20, LINE_511
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.config.fields import FieldsConfig
from skymodel.runs.config.model import RunConfig
from skymodel.sightlines.means import region_mean
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE

DENSITIES = {"dark_matter": {"type": "nfw"}, "electrons": [{"type": "exponential_disk"}, {"type": "gaussian_bulge"}]}
GROWING = {"type": "radial", "value": 0.1, "scale": "1 kpc", "index": 1}
EMPTY = {"type": "gaussian_bulge", "n_0": "1e-320 cm-3", "sigma": "0.001 kpc"}
PHASES = {
    "type": "by_phase",
    "phases": [
        {"value": 0.1, "electrons": {"type": "exponential_disk"}},
        {"value": 0.5, "electrons": {"type": "gaussian_bulge"}},
    ],
}


def in_circle(fields, **emission):
    model = RunConfig(**DENSITIES, fields=fields, emission=emission).model()
    bands = (CONTINUUM_1_20, INTEGRAL_CIRCLE), (LINE_511, INTEGRAL_CIRCLE)
    return ratio(model, numerator=bands[0], denominator=bands[1], rtol=1e-5).value


def test_laws_have_their_values():
    fields = FieldsConfig(chi=GROWING, kappa=0.3, mu={"type": "radial", "value": 20, "scale": "2 kpc", "index": -1})
    assert float(fields.local["chi"](3.0, 0.0, 4.0)) == pytest.approx(0.6)
    assert float(fields.local["mu"](2.0, 0.0, 0.0)) == pytest.approx(10)
    assert float(fields.rate(1.0, 1.0, 1.0)) == 0.3
    law = {"type": "kinetic", "speed": 2.0, "temperature": 4.0, "ionisation": 0.5, "speed_index": 2}
    assert float(FieldsConfig(kappa=law).rate(1.0, 0.0, 0.0)) == pytest.approx(2**2 * 4**-0.5 * 0.5)


def test_a_phase_has_its_value_and_mixtures_the_mean_of_their_electrons():
    field = FieldsConfig(chi=PHASES).local["chi"]
    disk, bulge = ExponentialDisk(), GaussianBulge()
    for place in ((0.1, 0.0, 0.05), (-6.0, 1.0, 0.1)):
        expected = (0.1 * disk(*place) + 0.5 * bulge(*place)) / (disk(*place) + bulge(*place))
        assert float(field(*place)) == pytest.approx(float(expected), rel=1e-12)


def test_uniform_fields_leave_the_ratio_to_rounding():
    factor = NuggetEmission(mu=20.0, chi=0.1).band_factor(CONTINUUM_1_20)
    assert in_circle({}) == pytest.approx(factor, rel=1e-14)
    assert in_circle({"kappa": GROWING}) == pytest.approx(factor, rel=1e-14)  # one rate for both bands
    assert in_circle({"chi": 0.1, "f_ps": 1.0, "mu": 20.0}) == pytest.approx(factor, rel=1e-6)


def test_a_chi_by_phase_breaks_the_ratio_in_one_window_as_the_sum_over_phases_says():
    dark = RunConfig(**DENSITIES).dark_matter
    means = [
        region_mean(dark * electrons, INTEGRAL_CIRCLE, r_max=60, rtol=1e-6).value
        for electrons in (ExponentialDisk(), GaussianBulge())
    ]
    chi = (0.1 * means[0] + 0.5 * means[1]) / sum(means)
    expected = NuggetEmission(mu=20.0, chi=chi).band_factor(CONTINUUM_1_20)
    assert in_circle({"chi": PHASES}) == pytest.approx(expected, rel=1e-5)


def test_a_positronium_fraction_that_is_everywhere_the_same_is_that_of_the_emission():
    expected = NuggetEmission(mu=20.0, chi=0.1, positronium_fraction=0.8).band_factor(CONTINUUM_1_20)
    assert in_circle({"f_ps": 0.8}) == pytest.approx(expected, rel=1e-6)


def test_a_varying_rate_moves_the_ratio_across_windows_alone():
    models = [RunConfig(**DENSITIES, fields=fields).model() for fields in ({}, {"kappa": GROWING})]
    across = [
        ratio(model, numerator=(CONTINUUM_1_20, COMPTEL_WINDOW), denominator=(LINE_511, INTEGRAL_CIRCLE)).value
        for model in models
    ]
    assert across[1] > 1.2 * across[0]


def test_fields_survive_the_resolved_configuration():
    config = RunConfig(**DENSITIES, fields={"chi": PHASES, "kappa": {"type": "kinetic", "speed": GROWING}})
    assert RunConfig(**config.resolved()) == config


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"chi": -0.1}, "greater than or equal to 0"),
        ({"chi": from_function(lambda x, y, z: 1 - x, unit="", symmetry="none")}, "chi is -.* allowed: finite and at"),
        ({"chi": from_function(lambda x, y, z: np.nan * x, unit="", symmetry="none")}, "chi is nan"),
        ({"f_ps": 2.0}, "f_ps is 2 .* allowed: from 0 to 1"),
        ({"chi": {"type": "by_phase", "phases": [{"value": 1, "electrons": EMPTY}]}}, "phase 1 has no gas"),
        ({"kappa": {"type": "kinetic"}}, "needs one or more of speed"),
        ({"chi": {"type": "radal", "value": 1}}, "did you mean 'radial'"),
    ],
)
def test_what_is_no_field_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        RunConfig(**DENSITIES, fields=fields)


def test_fields_of_chi_need_uniform_nuggets():
    config = RunConfig(**DENSITIES, fields={"chi": GROWING}, emission={"type": "electrosphere", "v_e": 0.3})
    with pytest.raises(ValueError, match="need uniform nuggets"):
        config.model().emissivity(CONTINUUM_1_20)
