"""The figure of chi shows every row of the table where it says, with its error, and chi-square beside."""

import numpy as np
import pytest

from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.output.figures.chi import chi_figure
from skymodel.runs.fits.table import fit_table

SPECTRA = {"eq. (6), mu = 20 MeV": NuggetEmission(), "counted": NuggetEmission(convention="consistent")}
WINDOWS = {"paper: W = 1": 1.0, "this run (gas)": 0.4}


@pytest.fixture(scope="module")
def table():
    return fit_table(
        SPECTRA, backgrounds=["none", "Ackermann", ["Ackermann"]], window_factors=WINDOWS, relative_error=0.1
    )


def test_every_fit_is_a_mark_at_its_chi_with_its_error_on_the_row_of_its_background(table):
    axes = chi_figure(table).axes
    backgrounds = list(dict.fromkeys(map(str, table["background"])))
    for panel, spectrum in zip(axes, SPECTRA, strict=True):
        rows = table[table["spectrum"] == spectrum]
        marks = np.concatenate([bar.lines[0].get_xydata() for bar in panel.containers])
        ends = np.concatenate(
            [np.diff(line[:, 0]) / 2 for bar in panel.containers for line in bar.lines[2][0].get_segments()]
        )
        assert sorted(marks[:, 0]) == pytest.approx(sorted(rows["chi"]))
        assert sorted(ends) == pytest.approx(sorted(rows["chi_error_measured"]))
        drawn = {(backgrounds[round(height)], round(float(chi), 12)) for chi, height in marks}
        assert drawn == {(str(row["background"]), round(float(row["chi"]), 12)) for row in rows}


def test_the_legend_tells_whose_w_and_which_counting_and_chi_square_stands_beside(table):
    made = chi_figure(table, "a label")
    names = [text.get_text() for text in made.legends[0].get_texts()]
    assert names == [
        f"{who}, '{how}' counting"
        for who in ("paper, $W$ = 1", "this run, $W$ = 0.4")
        for how in ("paper", "consistent")
    ]
    beside = [text.get_text() for text in made.axes[0].texts]
    plain = table[(table["spectrum"] == next(iter(SPECTRA))) & (table["background"] == "none")][0]
    assert f"{plain['chi_square']:.1f}/2" in beside
    assert made.axes[0].get_title() == "eq. (6), $\\mu$\u00a0=\u00a020\u00a0MeV"
