"""The spectrum table holds eq. (6) in both counting conventions, with and without the window factor."""

import numpy as np
import pytest
from astropy import units as u

from skymodel.bounded import Bounded
from skymodel.emission.event.annihilation import photon_range
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.one.spectrum import energies, spectrum_table

PAPER = NuggetEmission(mu=20.0, chi=0.1)


def at(table, column, k):
    """Return a column at an energy, interpolated as a power law between the table's."""
    energy, values = table["E"].to_value("MeV"), table[column].to_value("MeV cm-2 s-1 sr-1")
    keep = values > 0
    return np.exp(np.interp(np.log(k), np.log(energy[keep]), np.log(values[keep])))


@pytest.mark.parametrize(("k", "value"), [(1.0, 2.8657e-3), (5.0, 1.70579e-2), (10.0, 6.28020e-2)])
def test_the_papers_convention_has_the_checked_values_of_equation_6(k, value):
    table = spectrum_table(PAPER, 0.025, Bounded(0.5, 0.0))
    # interpolation between 200 energies of a smooth curve costs up to 3e-4
    assert at(table, "E2I_paper", k) == pytest.approx(value, rel=5e-4)


def test_above_the_line_the_papers_count_is_1_78_times_the_consistent_one():
    table = spectrum_table(PAPER, 0.025, Bounded(0.5, 0.0))
    above = (table["E"] > 0.6 * u.MeV) & (table["E2I_consistent"] > 0)
    ratio = table["E2I_paper"][above] / table["E2I_consistent"][above]
    np.testing.assert_allclose(ratio, 1.78, rtol=5e-3)  # 2 x exact rate / eq. (5) at mu = 20 MeV, three digits
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


def test_the_window_factor_and_its_error_scale_every_energy():
    table = spectrum_table(PAPER, 0.025, Bounded(0.27, 0.003))
    for convention in ("paper", "consistent"):
        plain = table[f"E2I_{convention}"]
        np.testing.assert_allclose(table[f"E2I_{convention}_with_window"], 0.27 * plain, rtol=1e-15)
        np.testing.assert_allclose(table[f"E2I_{convention}_with_window_error"], 0.003 * plain, rtol=1e-15)


def test_the_anchors_error_is_carried_in_columns_of_its_own():
    table = spectrum_table(PAPER, 0.025, Bounded(0.27, 0.0), relative_error=0.056)
    for convention in ("paper", "consistent"):
        for column in (f"E2I_{convention}", f"E2I_{convention}_with_window"):
            np.testing.assert_allclose(table[f"{column}_error_measured"], 0.056 * table[column], rtol=1e-14)


def test_the_spectrum_is_proportional_to_the_line():
    one, two = (spectrum_table(PAPER, line, Bounded(1.0, 0.0))["E2I_consistent"] for line in (0.025, 0.05))
    np.testing.assert_allclose(two, 2 * one, rtol=1e-15)


@pytest.mark.parametrize("mu", [0.6, 2.0, 20.0, 100.0])
def test_the_energies_rise_and_end_at_the_kinematic_edge(mu):
    k = energies(NuggetEmission(mu=mu))
    assert np.all(np.diff(k) > 0)
    assert k[-1] == pytest.approx(photon_range(mu).high, rel=1e-15)
