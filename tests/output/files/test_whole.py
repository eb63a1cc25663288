"""A file or folder is there whole or not at all, whatever stops the writing."""

import os

import pytest

from skymodel.output.files.whole import settle, to_disk, whole


def test_a_file_takes_its_place_when_it_is_done_and_not_before(tmp_path):
    path = tmp_path / "table.txt"
    path.write_text("old")
    with whole(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["table.txt"]


def test_a_folder_takes_the_place_of_another_as_a_whole(tmp_path):
    place = tmp_path / "run"
    place.mkdir()
    (place / "old").write_text("")
    with whole(place) as draft:
        draft.mkdir()
        (draft / "new").write_text("")
        to_disk(draft)
    assert os.listdir(place) == ["new"]
    assert os.listdir(tmp_path) == ["run"]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_what_stops_the_writing_leaves_what_was_there_and_nothing_else(tmp_path, stop):
    path = tmp_path / "table.txt"
    path.write_text("old")

    def interrupted():
        with whole(path) as draft:
            draft.write_text("half of i")
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["table.txt"]


def test_a_file_never_takes_the_place_of_a_folder(tmp_path):
    (tmp_path / "run").mkdir()
    with pytest.raises(OSError, match="directory"), whole(tmp_path / "run") as draft:
        draft.write_text("a file")
    assert (tmp_path / "run").is_dir()


def test_a_folder_that_cannot_be_settled_gives_the_old_one_back(tmp_path, monkeypatch):
    old, draft = tmp_path / "run", tmp_path / "draft"
    for folder in (old, draft):
        folder.mkdir()
        (folder / folder.name).write_text("")
    rename = type(old).rename
    monkeypatch.setattr(type(old), "rename", lambda self, to: rename(self, to) if self.name != "draft" else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        settle(draft, old)
    assert os.listdir(old) == ["run"]
