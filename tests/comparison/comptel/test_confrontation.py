"""Figure 1's parameters against COMPTEL's points: pulls that were computed independently, to 0.1."""

import pytest

from skymodel.comparison.comptel.confrontation import confront, galprop_backgrounds
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere

MODEL = ElectrosphereEmission(Electrosphere(60, 30, 0.315), chi=0.2)


@pytest.mark.parametrize(("window", "high"), [(1.0, (-3.0, -4.8, -2.4)), (0.27, (0.7, -1.1, 1.2))])
def test_the_pulls_at_10_to_30_mev_are_those_of_an_independent_computation(window, high):
    found = {
        entry.background.name.removeprefix("GALPROP ").replace(" ", "_"): entry.pulls(True)[-1]
        for entry in confront(MODEL, galprop_backgrounds(), window)
    }
    names = ("Ackermann", "Orlando_DRE", "Orlando_DRELowV")
    assert [found[name] for name in names] == pytest.approx(high, abs=0.05)
