"""A configuration of one's own begins with a template that runs, a preset to copy, and a schema for the editor."""

import json

import pytest
import yaml
from typer.testing import CliRunner

from skymodel.cli.app import app
from skymodel.runs.config.model import RunConfig, load_config
from skymodel.runs.config.schema import json_schema


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_template_is_valid_as_it_is_and_full_of_comments(call, tmp_path):
    assert call("init", "mine.yaml").exit_code == 0
    text = (tmp_path / "mine.yaml").read_text()
    assert text.count("#") > 10
    config = load_config(tmp_path / "mine.yaml")
    assert [part.name for part in config.regions][-1] == "ridge"
    assert config.observer.z_sun == 0.0208
    assert set(yaml.safe_load(text)) <= set(RunConfig.model_fields)
    assert call("validate", "mine.yaml").exit_code == 0


def test_an_existing_file_is_kept(call, tmp_path):
    (tmp_path / "mine.yaml").write_text("precious\n")
    outcome = call("init", "mine.yaml")
    assert outcome.exit_code == 2
    assert "exists and is kept" in outcome.stderr
    assert (tmp_path / "mine.yaml").read_text() == "precious\n"


def test_a_preset_that_is_printed_can_be_run_again(call, tmp_path):
    (tmp_path / "copy.yaml").write_text(call("presets", "paper").stdout)
    assert load_config(tmp_path / "copy.yaml") == load_config("paper")


def test_the_presets_are_listed_with_what_they_are(call):
    lines = call("presets").stdout.splitlines()
    assert any(line.startswith("paper ") and "Lawson & Zhitnitsky" in line for line in lines)
    refused = call("presets", "papr")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "did you mean 'paper'" in refused.stderr


def test_the_schema_names_every_key_and_what_needs_a_unit(call):
    json_schema()  # pydantic 2.6 writes a field's default into the schema of its type, at the first call
    schema = json.loads(call("schema").stdout)
    assert schema == json.loads(json.dumps(json_schema()))
    assert set(schema["properties"]) == {"preset", *RunConfig.model_fields}
    assert "[kpc]" in json.dumps(schema["$defs"]["ObserverConfig"])
    assert {"type": "string"} in schema["properties"]["observer"]["anyOf"]  # 8.2 kpc
    kinds = json.dumps(schema["properties"]["emission"])
    assert "NuggetsConfig" in kinds
    assert "ElectrosphereConfig" in kinds
