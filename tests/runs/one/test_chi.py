"""A configuration is fitted without its map: chi of its own spectrum, W of its own densities, its own anchor."""

import numpy as np
import pytest

from profiles import NFW, ExponentialDisk, from_function
from skymodel.comparison.comptel.fit import fit_comptel
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one import chi
from skymodel.runs.one.chi import PAPERS, fit
from skymodel.sightlines.means import Ratio

DENSITIES = {"dark_matter": NFW(r_s=20), "electrons": ExponentialDisk(R_d=2.6, z_d=0.3)}


@pytest.fixture
def found(monkeypatch):
    """Return a function that fits a configuration whose W is 0.4."""
    monkeypatch.setattr(chi, "window_factor", lambda *_, **__: Ratio(0.4, 1e-6, numerator=None, denominator=None))
    return lambda **changes: fit(RunConfig(**DENSITIES, **changes))


def rows(result, spectrum, counting="paper", background="none"):
    wanted = (spectrum, counting, background)
    return [row for row in result.table if (row["spectrum"], row["counting"], row["background"]) == wanted]


def spectra(result):
    return list(dict.fromkeys(map(str, result.table["spectrum"])))


def test_the_window_factor_is_that_of_the_densities():
    result = fit(RunConfig(**DENSITIES))
    assert result.window.value == pytest.approx(0.381, abs=5e-4)  # 0.38 of a sum over the sky by hand
    assert {str(row["W_of"]): float(row["W"]) for row in result.table} == {PAPERS: 1.0, result.own: result.window.value}


def test_chi_is_the_fit_of_the_configured_spectrum_over_its_window_factor(found):
    result = found(emission={"mu": "10 MeV"})
    papers, own = rows(result, "eq. (6), mu = 10 MeV", background="Ackermann")
    direct = fit_comptel(NuggetEmission(mu=10.0), "Ackermann", 0.4)
    assert own["chi"] == pytest.approx(direct.chi, rel=1e-12)
    assert own["chi_square"] == pytest.approx(direct.chi_square, rel=1e-12)
    assert papers["chi"] == pytest.approx(0.4 * direct.chi, rel=1e-12)


def test_the_papers_own_spectrum_is_not_listed_twice_whatever_its_chi_and_counting(found):
    for emission in ({}, {"chi": 0.3}, {"convention": "consistent"}):
        assert len(spectra(found(emission=emission))) == 3


def test_another_spectrum_stands_before_the_papers(found):
    result = found(emission={"positronium_fraction": 0.97})
    assert spectra(result)[0] == "this run: nuggets"
    assert len(spectra(result)) == 4
    ours, papers = (rows(result, name)[0]["chi"] for name in spectra(result)[:2])
    assert ours / papers == pytest.approx(
        (2 - 1.5 * 0.97) / (0.97 * 0.5), rel=1e-12
    )  # events of a line photon, inverse
    other = {"type": "power_law", "index": 2.0, "photons_per_line_photon": 0.1}
    assert spectra(found(emission=other))[0] == "this run: power_law"


def test_the_anchor_and_the_correlation_of_the_points_are_counted(found):
    bright = found(anchor={"line_intensity": "0.05 cm-2 s-1 sr-1", "line_intensity_error": "0.005 cm-2 s-1 sr-1"})
    plain, shared = found(), found(fit={"correlation": 0.5})
    first = [rows(each, "eq. (6), mu = 20 MeV")[0] for each in (plain, bright, shared)]
    assert first[1]["chi"] == pytest.approx(first[0]["chi"] / 2, rel=1e-12)
    assert first[1]["chi_error_measured"] == pytest.approx(
        np.hypot(first[1]["chi_error"], 0.1 * first[1]["chi"]), rel=1e-12
    )
    assert (first[0]["chi"], first[2]["chi"]) == (pytest.approx(0.0289, abs=5e-5), pytest.approx(0.0127, abs=5e-5))


def test_what_varies_over_the_galaxy_is_said_to_be_left_out(found):
    assert found().notes == ()
    assert "fields" in found(fields={"chi": {"type": "radial", "value": 0.1, "scale": "2 kpc", "index": 1.0}}).notes[0]


def test_densities_that_misbehave_are_refused_before_anything_is_integrated(found):
    with pytest.raises(ValueError, match="electrons"):
        fit(RunConfig(dark_matter=NFW(), electrons=from_function(lambda x, y, z: x, unit="cm-3", symmetry="none")))
