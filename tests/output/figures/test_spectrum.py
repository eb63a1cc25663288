"""The figure of the spectrum: both conventions, COMPTEL's bands as published, a rival once."""

import numpy as np

from skymodel.bounded import Bounded
from skymodel.emission.event.bands import CONTINUUM_1_20
from skymodel.emission.nuggets.rivals import PowerLaw
from skymodel.emission.nuggets.tied import TiedToLine
from skymodel.output.figures.spectrum import spectrum_figure
from skymodel.output.figures.style import style
from skymodel.runs.one.spectrum import spectrum_table
from tests.output.figures.drawing import LABEL, SPECTRUM, drawn, texts


def test_the_spectrum_names_both_conventions_with_and_without_the_window_factor(saved):
    with style():
        made = spectrum_figure(SPECTRUM, LABEL)
    assert saved(made)
    shown = texts(made)
    for part in ("'paper'", "'consistent'", "$W = 1$", "with $W$", "COMPTEL", "GALPROP", "MeV cm$^{-2}$", LABEL):
        assert part in shown


def test_the_spectrum_draws_the_tables_curves():
    curves = drawn(spectrum_figure(SPECTRUM).axes[0])
    plain, windowed = (curves[f"nuggets, {meaning}, 'paper' counting"] for meaning in ("$W = 1$", "with $W$"))
    np.testing.assert_array_equal(plain[0], SPECTRUM["E"].value)
    kept = SPECTRUM["E2I_paper"].value > 0
    np.testing.assert_array_equal(plain[1][kept], SPECTRUM["E2I_paper"].value[kept])
    np.testing.assert_allclose(windowed[1][kept] / plain[1][kept], 0.27, rtol=1e-14)


def test_comptels_bands_are_drawn_slanted_as_published():
    axes = spectrum_figure(SPECTRUM).axes[0]
    corners = [band.get_paths()[0].vertices for band in axes.collections]
    assert len(corners) == 3 + 4  # and the measured errors of four curves
    first = {(round(float(x), 6), round(float(y), 4)) for x, y in corners[0]}
    # the 1-3 MeV band of Strong et al. 1999, figure 3, read off to four decimals
    assert {(1.0, 0.0108), (3.0, 0.0126), (1.0, 0.0161), (3.0, 0.0189)} <= first


def test_the_spectrum_of_a_rival_is_drawn_once_since_it_is_counted_in_one_way():
    model = TiedToLine.by_band(PowerLaw(1.6), CONTINUUM_1_20, 0.5)
    made = spectrum_figure(spectrum_table(model, 0.0158, Bounded(0.6, 0.01)))
    labels = [line.get_label() for line in made.axes[0].get_lines()]
    assert [label for label in labels if label.startswith("rival")] == ["rival, $W = 1$", "rival, with $W$"]
    assert not any(label.startswith("nuggets") for label in labels)
