"""Configurations as files: where a run's file starts from."""

import pytest

from skymodel.runs.config.model import as_config, load_config


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
