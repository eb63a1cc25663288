"""Tabulated spectra: power laws between rows, exact means, and clear refusals."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import MaskedColumn, QTable
from scipy.integrate import quad

from skymodel.emission.event.bands import Band
from skymodel.emission.event.spectrum_table import SpectrumTable, read_spectrum

K = np.array([1.0, 3.0, 10.0, 30.0])
TABLE = SpectrumTable(K, np.array([1e-2, 2e-2, 2e-2, 5e-3]), "mine")


def test_between_rows_the_spectrum_is_a_power_law_and_rows_are_kept():
    np.testing.assert_allclose(TABLE(K), TABLE.e2i, rtol=1e-14)
    assert TABLE(np.sqrt(3.0)) == pytest.approx(np.sqrt(2) * 1e-2, rel=1e-14)


def test_the_mean_of_a_band_is_the_integral_over_the_logarithm():
    expected = quad(lambda x: TABLE(np.exp(x)), np.log(2), np.log(20), points=np.log([3, 10]), epsrel=1e-10)[0]
    assert TABLE.log_mean(Band("X", 2, 20)) == pytest.approx(expected / np.log(10), rel=1e-9)


def test_a_file_is_read_in_whatever_units_it_has(tmp_path):
    path = tmp_path / "mine.ecsv"
    per_energy = TABLE.e2i / K**2 * u.Unit("cm-2 s-1 sr-1 MeV-1")
    QTable({"E": (K * u.MeV).to("GeV"), "I": per_energy.to("m-2 s-1 sr-1 keV-1")}).write(path)
    found = read_spectrum(path)
    np.testing.assert_allclose(found.energies, K)
    np.testing.assert_allclose(found.e2i, TABLE.e2i)
    assert found.name == "mine"


@pytest.mark.parametrize("band", [Band("X", 0.5, 3), Band("X", 3, 31)])
def test_a_band_beyond_the_data_is_refused(band):
    with pytest.raises(ValueError, match="reaches from 1 to 30 MeV"):
        TABLE.log_mean(band)


@pytest.mark.parametrize(
    ("energies", "values", "message"),
    [
        ([1, 2, 3], [1, np.nan, 1], "row 1 is missing"),
        ([1, 2, 3], [1, 0, 1], "row 1 is missing or not above 0"),
        ([1, 3, 2], [1, 1, 1], "do not increase"),
        ([1, 1], [1, 1], "do not increase"),
        ([1], [1], "two rows"),
        ([1, 2], [1, 1, 1], "two rows"),
    ],
)
def test_gaps_and_wrong_orders_are_refused(energies, values, message):
    with pytest.raises(ValueError, match=message):
        SpectrumTable(np.array(energies, float), np.array(values, float), "bad")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"E": K * u.MeV, "y": np.ones(4)}, "no column converts"),
        ({"E": K, "y": np.ones(4) * u.Unit("MeV cm-2 s-1 sr-1")}, r"'E' has the unit \[None\]"),
        ({"E": K * u.kpc, "y": np.ones(4) * u.Unit("MeV cm-2 s-1 sr-1")}, r"'E' has the unit \[kpc\]"),
        ({"energy": K * u.MeV, "y": np.ones(4) * u.Unit("MeV cm-2 s-1 sr-1")}, "no column 'E'"),
    ],
)
def test_columns_without_or_with_wrong_units_are_refused(tmp_path, columns, message):
    path = tmp_path / "bad.ecsv"
    QTable(columns).write(path)
    with pytest.raises(ValueError, match=message):
        read_spectrum(path)


def test_an_empty_cell_of_a_file_is_a_gap(tmp_path):
    path = tmp_path / "gap.ecsv"
    values = MaskedColumn([1.0, 2.0, 3.0, 4.0], mask=[False, False, True, False], unit="MeV cm-2 s-1 sr-1")
    from astropy.table import Table

    Table({"E": K * u.MeV, "y": values}).write(path, format="ascii.ecsv")
    with pytest.raises(ValueError, match="row 2 is missing"):
        read_spectrum(path)
