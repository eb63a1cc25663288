"""What the window factor depends on."""

import pytest

from skymodel.runs.many import sensitivity
from skymodel.runs.many.ensemble import compute
from tests.runs.many.test_ensemble import R_D, R_SUN, config


@pytest.mark.slow
def test_sobol_indices_find_the_parameter_that_matters():
    # Ishigami-like truth is not needed: with one parameter frozen to a sliver, all variance must be the other's.
    sliver = {**R_SUN, "sd": "1e-6 kpc"}
    made = config(priors=[R_D, sliver], sampling="saltelli", draws=4 * 64)
    found = sensitivity.sobol(made, compute(made, 0, made.draws).rows)
    assert found.names == ("electrons.R_d", "observer.r_sun")
    assert found.first[0] == pytest.approx(1, abs=0.05)
    assert found.total[1] == pytest.approx(0, abs=1e-3)
