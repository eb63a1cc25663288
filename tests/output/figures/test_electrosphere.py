"""The figure of the computed electrosphere says what turns where, and which spectrum has the barrier."""

import pytest

from skymodel.emission.electrosphere.solved import SolvedElectrosphere
from skymodel.output.figures.electrosphere import ELECTRONS, electrosphere_figure


@pytest.mark.slow
def test_every_electron_turns_on_the_curve_of_its_potential_and_every_spectrum_is_named():
    left, right = electrosphere_figure().axes
    star = SolvedElectrosphere(20.0, 0.001)
    points = [line for line in left.lines if line.get_marker() == "o"]
    assert len(points) == len(ELECTRONS)
    for point, energy in zip(points, ELECTRONS.values(), strict=True):
        assert float(star.potential(point.get_xdata()[0])) == pytest.approx(energy, rel=1e-6)
    names = [text.get_text() for text in right.get_legend().get_texts()]
    assert (
        sum("without the barrier" in name for name in names) == sum("with the barrier" in name for name in names) == 2
    )
