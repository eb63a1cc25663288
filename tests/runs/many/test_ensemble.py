"""Ensembles: a draw is the same however it is computed, a failure is a row, bad priors are refused before the start."""

import numpy as np
import pytest
import yaml

import skymodel as sm
from profiles import NFW, ExponentialDisk
from skymodel.comparison.comptel.fit import fit_comptel
from skymodel.emission.electrosphere.spectrum import ElectrosphereEmission
from skymodel.emission.electrosphere.structure import Electrosphere
from skymodel.runs.many import sensitivity, workers
from skymodel.runs.many.ensemble import EnsembleConfig, compute, load_ensemble

MODEL = {
    "observer": {"r_sun": "8.2 kpc"},
    "dark_matter": {"type": "nfw", "r_s": "20 kpc"},
    "electrons": {"type": "exponential_disk", "n_0": "1 cm-3", "R_d": "2.6 kpc", "z_d": "0.3 kpc"},
}
R_D = {"parameter": "electrons.R_d", "distribution": "uniform", "low": "2 kpc", "high": "3 kpc"}
R_SUN = {"parameter": "observer.r_sun", "distribution": "normal", "mean": "8.2 kpc", "sd": "0.1 kpc"}


def config(**changes):
    return EnsembleConfig(**{"model": MODEL, "priors": [R_D, R_SUN], "draws": 8, "seed": 3, **changes})


def test_a_row_is_what_the_library_gives_for_the_drawn_galaxy():
    row = compute(config(), 3, 4).rows[0]
    pair = NFW(r_s=20.0) * ExponentialDisk(n_0=1.0, R_d=row["electrons.R_d"], z_d=0.3)
    expected = sm.window_factor(pair, observer=sm.Observer(r_sun=row["observer.r_sun"]), r_max=60.0, rtol=1e-8)
    assert abs(row["W"] - expected.value) <= row["W_error"] + expected.error
    assert row["W_error"] <= 1e-4 * row["W"]
    # The same bins are fitted with and without W, so the two chi differ by exactly W.
    assert row["chi_none"] / row["chi_with_window_none"] == pytest.approx(row["W"], rel=1e-14)
    assert row["chi_none"] == pytest.approx(0.02893, abs=5e-6)  # mu = 20 MeV, W = 1, no background


def test_an_ensemble_fits_with_any_spectrum_free_norms_and_shared_systematics():
    sphere = {"type": "electrosphere", "v_e": 0.315}
    model = {**MODEL, "emission": sphere, "fit": {"correlation": 0.5}}
    row = compute(config(model=model, backgrounds=["none", ["Ackermann"]]), 0, 1).rows[0]
    spectrum = ElectrosphereEmission(Electrosphere(60, 30, 0.315))
    for name, below in {"none": "none", "free_Ackermann": ["Ackermann"]}.items():
        expected = fit_comptel(spectrum, below, correlation=0.5)
        assert row[f"chi_{name}"] == expected.chi
        assert row[f"chi_square_{name}"] == expected.chi_square
    assert row["chi_with_window_none"] == row["chi_none"] / row["W"]


def test_both_countings_and_both_spectra_are_a_choice():
    options = {
        "printed": {"type": "nuggets"},
        "counted": {"type": "nuggets", "convention": "consistent"},
        "appendix": {"type": "electrosphere", "v_e": 0.315},
    }
    choice = {"parameter": "emission", "distribution": "choice", "options": options}
    rows = compute(config(priors=[choice]), 0, 16).rows
    chi = {name: set(rows["chi_none"][rows["emission"] == name]) for name in options}
    assert all(len(found) == 1 for found in chi.values())
    printed, counted, appendix = (found.pop() for found in chi.values())
    assert counted / printed == pytest.approx(1.78, abs=0.005)
    assert appendix == pytest.approx(0.130, rel=0.02)  # two digits were published


def test_batches_and_shards_give_the_bits_of_one_piece():
    whole = compute(config(), 0, 8).rows
    parts = [compute(config(), *part).rows for i in range(3) for part in workers.shard([(0, 8)], 8, i, 3)]
    assert whole.tobytes() == np.concatenate(parts).tobytes()


def test_shares_of_the_sky_are_added_when_asked_for():
    row = compute(config(shares=True), 0, 1).rows[0]
    circle, window = (region.solid_angle for region in (sm.INTEGRAL_CIRCLE, sm.COMPTEL_WINDOW))
    assert row["share_window"] / row["share_circle"] == pytest.approx(row["W"] * window / circle, rel=1e-12)
    assert 0 < row["share_circle"] < row["share_window"] < 1


def test_a_draw_that_fails_is_a_row_with_its_reason_and_the_rest_goes_on():
    core = {"type": "generalized_nfw", "gamma": 2.5}  # with a bulge of slope 1 the pair is not integrable
    steep = {"parameter": "dark_matter", "distribution": "choice", "options": {"nfw": {"type": "nfw"}, "steep": core}}
    model = {**MODEL, "electrons": {"type": "hernquist_bulge"}}
    rows = compute(config(model=model, priors=[steep]), 0, 8).rows
    failed = rows["dark_matter"] == "steep"
    assert failed.any()
    assert (~failed).any()
    assert (rows["failure"][failed] != "").all()
    assert np.isnan(rows["W"][failed]).all()
    assert np.isfinite(rows["W"][~failed]).all()
    assert sum(sensitivity.failures(rows).values()) == failed.sum()
    assert sensitivity.quantile_table(rows).meta["draws"] == (~failed).sum()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"priors": [{**R_SUN, "parameter": "electrons.z_d", "mean": "0.3 kpc"}]},
            "prior on electrons.z_d at probability 1e-07: .*z_d = -0.2.* kpc; allowed: a finite number > 0",
        ),
        ({"priors": [{**R_D, "parameter": "electrons.R_dd"}]}, "R_dd"),
        ({"priors": [{**R_D, "parameter": "electrons.0.R_d"}]}, "electrons"),
        ({"sampling": "saltelli", "draws": 10}, "for example 8 or 16"),
        ({"backgrounds": ["GALPROP"]}, "Ackermann"),
        ({"backgrounds": [["Ackermann", "isotropic", "sources"]]}, "3 points cannot fix 4 parameters"),
        ({"draws": 0}, "draws"),
    ],
)
def test_an_ensemble_that_cannot_be_drawn_is_refused_at_once(changes, words):
    with pytest.raises(ValueError, match=words):
        config(**changes)


def test_the_resolved_configuration_repeats_the_ensemble(tmp_path):
    first = config(sampling="random")
    path = tmp_path / "again.yaml"
    path.write_text(yaml.safe_dump(first.resolved()))
    again = load_ensemble(path)
    assert again.digest == first.digest
    assert compute(again, 2, 3).rows.tobytes() == compute(first, 2, 3).rows.tobytes()


def test_an_unknown_key_of_an_ensemble_is_named_with_the_nearest(tmp_path):
    path = tmp_path / "typo.yaml"
    path.write_text("model: paper\nprior: []\n")
    with pytest.raises(ValueError, match="unknown key 'prior'.*did you mean 'priors'"):
        load_ensemble(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"model": "paper"}, "^priors is missing; an ensemble needs model and priors$"),
        ({"priors": [R_D]}, "^model is missing; an ensemble needs model and priors$"),
        (
            {"model": MODEL, "priors": [{**R_D, "low": "-1 kpc"}]},
            "^prior on electrons.R_d at probability 1e-07: electrons: ExponentialDisk.R_d = -0.99.* > 0$",
        ),
        ({**MODEL, "ensemble": {"draws": 4}}, "^ensemble.priors is missing; an ensemble needs model and priors$"),
        (
            {**MODEL, "ensemble": {"priors": [R_D], "drwas": 4}},
            "^unknown key 'drwas' in ensemble; did you mean 'draws'",
        ),
        ({**MODEL, "ensemble": {"priors": [R_D], "draws": 0}}, "^ensemble.draws: 0 is refused; "),
        ({**MODEL, "ensemble": {"priors": [R_D], "backgrounds": ["x"]}}, "^ensemble: no background 'x'"),
        ({**MODEL, "ensemble": {"priors": [{**R_D, "low": "-1 kpc"}]}}, "^ensemble: prior on electrons.R_d at prob"),
        ({**MODEL, "ensemble": {"priors": [{**R_D, "high": "x"}]}}, "^ensemble.priors: prior on .*R_d: high: 'x' is"),
        ({**MODEL, "ensemble": 3}, "^ensemble: 3 is no mapping; .*priors"),
        (MODEL, "^ensemble is missing; a run's file needs a section 'ensemble:' with priors"),
        ({**MODEL, "map": {"nside": 3}, "ensemble": {"priors": [R_D]}}, "^map.nside: 3 is not a power of two"),
        ({"model": {**MODEL, "map": {"nside": 3}}, "priors": [R_D]}, "^model: map.nside: 3 is not a power of two"),
        (
            {**MODEL, "dark_matter": "nfw", "ensemble": {"priors": [{**R_D, "parameter": "dark_matter.r_s"}]}},
            "^ensemble: prior on dark_matter.r_s: 'r_s' lies inside 'nfw', which holds no parameters$",
        ),
        ({"model": MODEL, "priors": [{**R_D, "distribution": "flat"}]}, "^priors: prior on electrons.R_d: dist[^\n]*$"),
    ],
)
def test_a_file_that_cannot_be_drawn_is_refused_in_one_line(tmp_path, content, words):
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(ValueError, match=words):
        load_ensemble(path)
