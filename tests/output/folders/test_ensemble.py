"""The folder of an ensemble, through the command: it grows, resumes, is shared by shards, and refuses another's."""

import re

import numpy as np
import pytest
import yaml
from astropy.table import QTable
from typer.testing import CliRunner

from skymodel.cli.app import app
from skymodel.output.folders.ensemble import draw_table
from skymodel.runs.many.ensemble import compute
from tests.runs.many.test_ensemble import MODEL, R_D, R_SUN, config

FILES = ["corner.png", "draws.fits", "ensemble.yaml", "quantiles.ecsv", "report.html"]
FILES += ["sensitivity.ecsv", "sensitivity.png"]


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "galaxies.yaml").write_text(yaml.safe_dump({"model": MODEL, "priors": [R_D, R_SUN], "draws": 6}))
    return lambda *more: CliRunner().invoke(app, ["ensemble", "galaxies.yaml", "--out", "out", *more])


def parts(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")}


def test_the_command_writes_the_draws_the_quantiles_the_verdict_and_figures(call, tmp_path):
    outcome = call()
    assert outcome.exit_code == 0, outcome.output
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if not p.name.startswith("part-")) == [
        *FILES,
        "verdict.txt",
    ]
    table = QTable.read(tmp_path / "out" / "draws.fits")
    assert table["draw"].tolist() == list(range(6))
    assert table["electrons.R_d"].unit == "kpc"
    expected = compute(config(draws=6, seed=1), 0, 6).rows
    assert np.array_equal(table["W"], expected["W"])
    quantiles = QTable.read(tmp_path / "out" / "quantiles.ecsv")
    median = quantiles["q50"][list(quantiles["quantity"]).index("W")]
    assert median == pytest.approx(np.median(expected["W"]), rel=1e-12)
    assert "W = " in (tmp_path / "out" / "verdict.txt").read_text()


@pytest.mark.usefixtures("undrawn")
def test_a_second_call_computes_nothing_and_more_draws_only_the_new_ones(call, tmp_path):
    call()
    before = parts(tmp_path / "out")
    assert "0 draws computed, 0 of 6" in call().output
    assert parts(tmp_path / "out") == before
    assert "4 draws computed, 0 of 10" in call("--draws", "10").output
    after = parts(tmp_path / "out")
    assert {name: after[name] for name in before} == before


@pytest.mark.usefixtures("undrawn")
def test_draws_that_failed_are_counted_with_their_reason(call, tmp_path):
    options = {"nfw": {"type": "nfw"}, "steep": {"type": "generalized_nfw", "gamma": 2.5}}
    halo = {"parameter": "dark_matter", "distribution": "choice", "options": options}
    model = {**MODEL, "electrons": {"type": "hernquist_bulge"}}  # with a slope of 2.5 the pair is not integrable
    (tmp_path / "galaxies.yaml").write_text(yaml.safe_dump({"model": model, "priors": [halo], "draws": 4}))
    outcome = call()
    assert outcome.exit_code == 0, outcome.output
    assert "Over 2 galaxies (2 more failed)" in outcome.output
    assert "Draws failed: 2 times ValueError: " in outcome.output


@pytest.mark.usefixtures("undrawn")
def test_a_full_disk_is_said_and_the_same_command_goes_on(call, tmp_path, monkeypatch):
    def full(path, **content):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    call("--draws", "2")
    with monkeypatch.context() as patch:
        patch.setattr(np, "savez_compressed", full)
        outcome = call()
    assert outcome.exit_code == 2
    # how many draws are written at a time depends on how long they take
    part = "cannot write '.*out/part-000000000002-00000000000[4-6].npz': No space left on device; make room"
    assert re.search(rf"^skymodel: {part} .*; the draws before are kept in '.*out' and the same", outcome.stderr)
    assert list(parts(tmp_path / "out")) == ["part-000000000000-000000000002.npz"]
    assert "4 draws computed, 0 of 6" in call().output


@pytest.mark.usefixtures("undrawn")
def test_a_disk_that_fills_up_at_the_end_is_said_with_the_file_and_keeps_the_draws(call, tmp_path, monkeypatch):
    write = type(tmp_path).write_text

    def full(path, text, **how):
        if path.name == "verdict.txt":
            raise OSError(28, "No space left on device")
        return write(path, text, **how)

    with monkeypatch.context() as patch:
        patch.setattr(type(tmp_path), "write_text", full)
        outcome = call()
    assert outcome.exit_code == 2
    words = "cannot write 'out/verdict.txt': No space left on device; make room or choose another place"
    assert outcome.stderr == f"skymodel: {words}; the draws are kept in 'out' and the same command goes on\n"
    assert "0 draws computed, 0 of 6" in call().output


@pytest.mark.usefixtures("undrawn")
def test_shards_fill_one_folder_and_the_last_call_sums_up(call, tmp_path):
    first = call("--shard", "2/2")
    assert "3 draws computed, 3 of 6 still missing" in first.output
    assert not (tmp_path / "out" / "draws.fits").exists()
    assert "3 draws computed, 0 of 6" in call().output
    assert QTable.read(tmp_path / "out" / "draws.fits")["draw"].tolist() == list(range(6))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--shard", "3/2"], "shard 3/2; allowed: 1/2 to 2/2"),
        (["--shard", "half"], "write part and number of parts"),
        (["--slurm", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(call, more, words):
    outcome = call(*more)
    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert outcome.stderr.count("\n") == 1


@pytest.mark.usefixtures("undrawn")
def test_a_folder_of_another_ensemble_is_refused_and_kept(call, tmp_path):
    call()
    before = parts(tmp_path / "out")
    (tmp_path / "galaxies.yaml").write_text(
        yaml.safe_dump({"model": MODEL, "priors": [R_D], "draws": 6, "sampling": "random"})
    )
    outcome = call()
    assert outcome.exit_code == 2
    assert "another configuration: priors, sampling differ" in outcome.stderr
    assert parts(tmp_path / "out") == before


def test_the_table_of_draws_says_which_configuration_made_it():
    made = config(draws=2)
    assert draw_table(made, compute(made, 0, 2).rows).meta["DIGEST"] == f"sha256:{made.digest}"
