"""Configurations as files: where a run's file starts from."""

import pytest

from skymodel.runs.config.model import as_config, load_config
from skymodel.runs.config.schema import json_schema
from skymodel.runs.many.ensemble import EnsembleConfig


def test_a_configuration_may_start_from_a_shipped_one(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("preset: interstellar\nmap: {nside: 16}\npath: {s_max: 30 kpc}\n")
    mine, whole = load_config(path), load_config("interstellar")
    assert (mine.map.nside, mine.map.rtol, mine.path.s_max, mine.path.r_max) == (16, whole.map.rtol, 30.0, None)
    assert (mine.electrons, mine.tracer, mine.label) == (whole.electrons, "interstellar", whole.label)
    assert mine == as_config({"preset": "interstellar", "map": {"nside": 16}, "path": {"s_max": "30 kpc"}})
    other = as_config({"preset": "paper", "dark_matter": {"type": "burkert"}})
    assert (other.label, other.electrons) == ("", load_config("paper").electrons)
    with pytest.raises(ValueError, match="no preset 'papr'; did you mean 'paper'"):
        as_config({"preset": "papr"})


def test_an_ensemble_and_an_editor_know_the_key_preset_too():
    prior = {"parameter": "dark_matter.r_s", "distribution": "uniform", "low": "15 kpc", "high": "25 kpc"}
    galaxies = EnsembleConfig(model={"preset": "paper", "map": {"nside": 8}}, priors=[prior], draws=4)
    assert galaxies.model["map"]["nside"] == 8
    assert EnsembleConfig(**galaxies.resolved()).digest == galaxies.digest
    schema = json_schema()
    assert schema["properties"]["preset"]["enum"] == ["interstellar", "paper"]
    assert schema["anyOf"] == [{"required": ["preset"]}, {"required": ["dark_matter", "electrons"]}]
    assert "required" not in schema
