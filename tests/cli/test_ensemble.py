"""The ensemble's command: what is refused leaves nothing behind."""

import pytest
import yaml
from typer.testing import CliRunner

from skymodel.cli.app import app
from tests.runs.many.test_ensemble import MODEL, R_D


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--shard", "9/4"], "shard 9/4; allowed: 1/4 to 4/4"),
        (["--shard", "1"], "--shard 1; write part and number of parts"),
        (["--slurm", "nowhere.yaml"], "--slurm: no file 'nowhere.yaml'"),
        (["--slurm", "nowhere.yaml", "--scheduler", "tcp://127.0.0.1:1"], "are two clusters; give one"),
    ],
)
def test_a_refused_call_leaves_no_folder(options, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "galaxies.yaml").write_text(yaml.safe_dump({"model": MODEL, "priors": [R_D], "draws": 2}))
    found = CliRunner().invoke(app, ["ensemble", "galaxies.yaml", "--out", "draws", *options])
    assert found.exit_code == 2
    assert words in found.stderr
    assert not (tmp_path / "draws").exists()
