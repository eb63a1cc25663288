"""The study script resumes: what is done is not done again, what is missing is."""

import json

import pytest
from astropy.table import QTable

from skymodel.comparison.forecast.observations import Observation, load_observations
from skymodel.comparison.forecast.stories import skies
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.rivals.skies import rival
from skymodel.emission.event.bands import LINE_511, Band
from tests.conftest import require


@pytest.fixture
def cells(script, monkeypatch):
    """Replace the computation of a cell by one that notes the call."""
    done = []

    def one_cell(cell, found, mocks):
        done.append(cell)
        return {"pearson": {"significance": 1.0, "power": 0.5, "extrapolated": False}}

    monkeypatch.setattr(script, "one_cell", one_cell)
    monkeypatch.setattr(script, "made", lambda nside: None)
    return done


def test_only_missing_cells_are_computed(script, cells, tmp_path):
    seen = [load_observations()[key] for key in ("spi_line", "comptel_1_3")]
    script.verdicts(tmp_path, "past", seen, 64, 10, 1)
    assert len(cells) == 2 * len(script.STORIES)
    next((tmp_path / "cells_past_nside64_mocks10").glob("*.json")).unlink()
    script.verdicts(tmp_path, "past", seen, 64, 10, 1)
    assert len(cells) == 2 * len(script.STORIES) + 1
    table = QTable.read(tmp_path / "verdicts_past.ecsv", format="ascii.ecsv")
    assert len(table) == 2 * len(script.STORIES)
    assert list(map(float, table["power"])) == [0.5] * len(table)


@pytest.mark.slow
def test_two_processes_find_what_one_finds(script, monkeypatch, tmp_path):
    require("distributed")
    seen = [
        Observation("one", LINE_511, 6.0, 2e9, 2.0),
        Observation("two", Band("CONTINUUM_1_3", 1.0, 3.0), 6.0, 2e9, 2.0),
    ]
    field = field_of(script.REGION, 32)
    found = skies(rival("gaussian_disk").sky(32), field, names=("siegert2016", "knoedlseder2025"))
    monkeypatch.setattr(script, "made", lambda nside: found)
    cells = {tmp_path / story: (story, *seen) for story in ("nuggets", "positrons in flight")}
    alone, together = (dict(script.computed(cells, 32, 20, count)) for count in (1, 2))
    assert together == alone
    assert set(alone) == set(cells)
    assert alone[tmp_path / "positrons in flight"]["likelihood ratio"]["significance"] > 0


def test_other_settings_do_not_mix_with_what_a_folder_holds(script, tmp_path):
    made = lambda: QTable({"a": [1.0]})  # noqa: E731
    assert script.kept(tmp_path / "t.ecsv", made, {"nside": 64})["a"][0] == 1
    with pytest.raises(SystemExit, match="nside"):
        script.kept(tmp_path / "t.ecsv", made, {"nside": 32})


def test_a_file_appears_whole(script, tmp_path):
    script.settle(tmp_path / "cell.json", json.dumps({"a": 1}))
    assert [path.name for path in tmp_path.iterdir()] == ["cell.json"]
