"""One normalisation for all bands: energies from counting, measurements from the shipped tables."""

import numpy as np
import pytest
from astropy.table import QTable

from skymodel.datafiles import data_path
from skymodel.emission.nuggets.all_bands import WINDOW_OF_B, all_bands, bands_table
from skymodel.emission.nuggets.model import NuggetEmission


def test_the_energies_of_an_encounter_are_those_of_counted_photons():
    line, continuum, xray, gamma = all_bands(NuggetEmission(mu=20.0, chi=0.1))
    assert line.energy == pytest.approx(0.511 / 2, rel=1e-4)  # half a line photon for each atom
    assert xray.energy == gamma.energy == pytest.approx(2 * 938.272, rel=1e-6)
    # chi annihilations an atom, each with two photons that share less than mu + m
    assert 0.5 < continuum.energy < 0.1 * (20 + 2 * 0.511)
    twice = all_bands(NuggetEmission(mu=20.0, chi=0.2))[1]
    assert twice.energy == pytest.approx(2 * continuum.energy, rel=1e-12)


def test_the_prediction_is_the_energy_times_the_encounters_that_the_line_counts():
    for share in (1.0, 0.9):
        line, *others = all_bands(NuggetEmission(positronium_fraction=share))
        assert line.predicted == pytest.approx(0.025 * 0.51099895, rel=1e-12)
        for entry in others:
            assert entry.predicted / line.predicted == pytest.approx(entry.energy / line.energy, rel=1e-12)


def test_the_measurements_are_the_sums_over_the_shipped_tables():
    _, continuum, _, gamma = all_bands()
    egret = QTable.read(data_path("egret_strong1999_fig3_l30_b5.ecsv"), format="ascii.ecsv")
    above = egret["E"].value > 100
    width = np.log((egret["E_hi"] / egret["E_lo"]).value)
    assert gamma.measured == pytest.approx(float((egret["E2I"].value * width)[above].sum()), rel=0.01)
    comptel = QTable.read(data_path("comptel_strong1999_fig3_l30_b5.ecsv"), format="ascii.ecsv")["E2I_mid"].value
    assert continuum.measured == pytest.approx(comptel @ np.log([3, 10 / 3, 2]), rel=0.01)


def test_protons_would_outshine_every_band_unless_their_energy_comes_out_elsewhere():
    _, continuum, xray, gamma = all_bands()
    assert gamma.share < 0.01
    assert xray.share < 0.01
    assert continuum.share < 1  # chi = 0.1 at mu = 20 MeV is above COMPTEL with W = 1


def test_the_table_has_the_implied_b_of_each_tracer_with_the_published_window():
    table = bands_table(mean_j={"interstellar electrons": 33.9, "visible matter, as printed": 1693.0})
    found = table.meta["implied_B"]
    assert found["visible matter, as printed"] / found["interstellar electrons"] == pytest.approx((1693 / 33.9) ** 3)
    assert max(found.values()) < WINDOW_OF_B[0]  # neither tracer reaches what is still allowed
    assert list(table["band"]) == ["511 keV line", "1-20 MeV", "8 keV", "> 100 MeV"]
    assert table["predicted"].unit == "MeV cm-2 s-1 sr-1"
