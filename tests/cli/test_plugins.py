"""Every command that names a density says what it may import: a file beside the configuration, a plug-in, nothing."""

import contextvars
import inspect
import pickle
import sys

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from profiles.shelf import trust
from skymodel.cli.app import app
from skymodel.runs.many.ensemble import compute, load_ensemble

NAMES_A_DENSITY = {"config", "halo", "electrons", "origin"}
HALO = "from profiles import NFW\nready = NFW(r_s=12.0)\n"
MODEL = {"dark_matter": {"type": "halo_beside:ready"}, "electrons": {"type": "hernquist_bulge"}}
PRIOR = {"parameter": "observer.r_sun", "distribution": "uniform", "low": "8 kpc", "high": "8.4 kpc"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a density and a configuration of it, which is not the working directory."""
    (tmp_path / "here").mkdir()
    there = tmp_path / "there"
    there.mkdir()
    (there / "halo_beside.py").write_text(HALO)
    (there / "mine.yaml").write_text(yaml.safe_dump(MODEL))
    (there / "galaxies.yaml").write_text(yaml.safe_dump({"model": MODEL, "priors": [PRIOR], "draws": 2}))
    monkeypatch.chdir(tmp_path / "here")
    yield there
    sys.modules.pop("halo_beside", None)


@pytest.mark.parametrize("command", app.registered_commands, ids=lambda command: command.callback.__name__)
def test_a_command_that_names_a_density_says_what_it_may_import(command):
    parameters = set(inspect.signature(command.callback).parameters)
    assert {"plugin", "no_plugins"} <= parameters or not parameters & NAMES_A_DENSITY


def test_a_density_beside_the_configuration_is_found_by_the_small_commands(folder):
    mine = str(folder / "mine.yaml")
    own = CliRunner().invoke(app, ["los", "30", "2", "--config", mine, "--json"])
    same = CliRunner().invoke(app, ["los", "30", "2", "--config", mine, "--halo", "{type: nfw, r_s: 12 kpc}", "--json"])
    assert own.exit_code == 0, own.output
    assert own.stdout == same.stdout
    refused = CliRunner().invoke(app, ["los", "30", "2", "--config", mine, "--no-plugins"])
    assert refused.exit_code == 2
    assert "plug-ins are switched off" in refused.stderr


def test_a_worker_of_an_ensemble_may_import_what_the_ensemble_may(folder):
    with trust.trusting(plugins=("somebodys",)):
        sent = pickle.dumps(load_ensemble(folder / "galaxies.yaml"))
    sys.modules.pop("halo_beside")
    rows = contextvars.Context().run(lambda: compute(pickle.loads(sent), 0, 2).rows)  # as new as another process
    assert rows["failure"].tolist() == ["", ""]
    assert np.all(rows["W"] > 0)
    assert pickle.loads(sent)._trust.plugins == {"somebodys"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("!!python/name:os.system x", "--region is refused: a tag"),
        ("&a [*a]", "--region is refused: on line 1 *a stands inside itself"),
        ("[" * 3000, "--region is refused: more than 40 levels"),
        ("{lon: 0 deg, lat: ", "--region is not valid YAML"),
    ],
)
@pytest.mark.parametrize("command", [["compare", "a.fits", "b.fits"], ["flux"]], ids=["compare", "flux"])
def test_yaml_on_the_command_line_is_as_plain_as_in_a_file(command, text, words):
    outcome = CliRunner().invoke(app, [*command, "--region", text])
    assert outcome.exit_code == 2
    assert outcome.stderr.startswith(f"skymodel: {words}")
    assert outcome.stderr.count("\n") == 1
