"""A file or folder is there whole or not at all, whatever stops the writing."""

import os
import subprocess
import sys

import pytest

from skymodel.output.files.whole import claimed, settle, to_disk, whole


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


def draft_of(tmp_path, name="new"):
    folder = tmp_path / name
    folder.mkdir(parents=True)
    (folder / "result.txt").write_text("mine")
    return folder


def test_a_folder_that_appeared_meanwhile_is_kept(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="is kept"):
        settle(draft_of(tmp_path), target)
    assert (target / "thesis.txt").read_text() == "years of work"


def test_a_folder_that_may_be_replaced_is_looked_at_again_before_it_goes(tmp_path):
    target, looks = tmp_path / "out", []
    target.mkdir()
    (target / "old.txt").write_text("old")

    def replaces(folder):
        looks.append(folder)
        return len(looks) == 1  # at the second look it is somebody else's

    with pytest.raises(FileExistsError, match="appeared meanwhile"):
        settle(draft_of(tmp_path), target, replaces=replaces)
    assert (target / "old.txt").read_text() == "old"


def test_an_empty_folder_is_no_obstacle(tmp_path):
    (tmp_path / "out").mkdir()
    settle(draft_of(tmp_path), tmp_path / "out")
    assert (tmp_path / "out" / "result.txt").read_text() == "mine"


RACER = """
import sys, time
from pathlib import Path
from skymodel.output.files.whole import claimed
try:
    with claimed(Path(sys.argv[1])):
        print("won", flush=True)
        time.sleep(float(sys.argv[2]))
except FileExistsError as error:
    print("refused", flush=True)
"""


def test_of_two_processes_that_claim_one_name_exactly_one_wins(tmp_path):
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(tmp_path / "out"), "5"], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)
    assert said == ["refused", "refused", "won"]
    assert list(tmp_path.iterdir()) == []


def test_a_claim_ends_with_its_process_even_if_it_is_killed(tmp_path):
    racer = subprocess.Popen(
        [sys.executable, "-c", RACER, str(tmp_path / "out"), "60"], stdout=subprocess.PIPE, text=True
    )
    assert racer.stdout.readline().strip() == "won"
    racer.kill()
    racer.communicate(timeout=30)
    with claimed(tmp_path / "out"):
        pass
    assert list(tmp_path.iterdir()) == []
