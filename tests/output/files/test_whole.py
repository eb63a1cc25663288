"""A file or folder is there whole or not at all, whatever stops the writing."""

import errno
import os
import subprocess
import sys
import tempfile

import pytest

from skymodel.output.files.whole import claimed, create, remove_left_overs, settle, to_disk, whole
from skymodel.output.folders.fresh import filled


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


def test_a_full_disk_is_said_with_the_place(tmp_path):
    words = r"^cannot write '.*note\.txt': No space left on device; make room or choose another place$"
    with pytest.raises(OSError, match=words), whole(tmp_path / "note.txt"):
        raise OSError(28, "No space left on device")
    with pytest.raises(OSError, match=r"^cannot write '\S*run': Not enough space on disk"):
        filled(tmp_path / "run", astropys_full_disk)
    assert list(tmp_path.iterdir()) == []


def astropys_full_disk(draft):
    with whole(draft / "maps.fits"):  # and the folder alone is named: the draft is gone
        raise OSError("Not enough space on disk: requested 2368, available 0.")


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
import sys
from pathlib import Path
from skymodel.output.folders.fresh import filled
from skymodel.output.files.whole import claimed
try:
    with claimed(Path(sys.argv[1])):
        print("won", flush=True)
        sys.stdin.read()
except FileExistsError as error:
    print("refused", flush=True)
"""


def racer(target):
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", RACER, str(target)], stdin=pipe, stdout=pipe, text=True)


def test_of_three_processes_that_claim_one_name_exactly_one_wins(tmp_path):
    racers = [racer(tmp_path / "out") for _ in range(3)]
    said = sorted(each.stdout.readline().strip() for each in racers)
    for each in racers:
        each.communicate(timeout=60)
    assert said == ["refused", "refused", "won"]
    assert list(tmp_path.iterdir()) == []


def test_a_claim_ends_with_its_process_even_if_it_is_killed(tmp_path):
    winner = racer(tmp_path / "out")
    assert winner.stdout.readline().strip() == "won"
    winner.kill()
    winner.communicate(timeout=30)
    with claimed(tmp_path / "out"):
        pass
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from skymodel.output.files import whole
target = Path(sys.argv[1])
def replaces(found):
    if found.name == "aside":  # the old folder is out of the way, the new one is not yet there
        os.kill(os.getpid(), signal.SIGKILL)
    return True
with whole.claimed(target), whole.beside(target) as workspace:
    (workspace / "new").mkdir()
    (workspace / "new" / "half.txt").write_text("half")
    if sys.argv[2] == "writing":
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[2] == "waiting":
        print("waiting", flush=True)
        sys.stdin.read()
    whole.settle(workspace / "new", target, replaces=replaces)
"""


def start(target, when):
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", KILLED, str(target), when], stdin=pipe, stdout=pipe, text=True)


@pytest.mark.parametrize("when", ["writing", "renaming"])
def test_what_a_killed_process_left_is_removed_and_what_it_had_moved_aside_comes_back(tmp_path, when):
    target = tmp_path / "my.run"
    target.mkdir()
    (target / "old.txt").write_text("old")
    start(target, when).communicate(timeout=30)
    assert len(list(tmp_path.glob(".my.run.*"))) == 2  # a claim and a workspace
    assert target.exists() == (when == "writing")
    assert remove_left_overs(tmp_path) == ["my.run"]
    assert (target / "old.txt").read_text() == "old"
    assert os.listdir(tmp_path) == ["my.run"]


def test_what_a_living_process_writes_and_what_is_not_ours_stays(tmp_path):
    (tmp_path / ".mine.claim").write_text("")
    (tmp_path / ".notes.partial").mkdir()
    process = start(tmp_path / "out", "waiting")
    assert process.stdout.readline() == "waiting\n"
    assert remove_left_overs(tmp_path) == []
    process.communicate("go on", timeout=30)
    assert (tmp_path / "out" / "half.txt").exists()
    assert sorted(os.listdir(tmp_path)) == [".mine.claim", ".notes.partial", "out"]


def test_a_workspace_taken_for_a_left_over_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    made, make = [], tempfile.mkdtemp

    def swept_at_once(**where):
        made.append(make(**where))
        if len(made) == 1:
            assert remove_left_overs(tmp_path) == ["out"]
        return made[-1]

    monkeypatch.setattr(tempfile, "mkdtemp", swept_at_once)
    with whole(tmp_path / "out") as draft:
        draft.write_text("all")
    assert len(made) == 2
    assert (tmp_path / "out").read_text() == "all"


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="gone' of 'out'"), whole(tmp_path / "gone" / "out"):
        pass


@pytest.mark.parametrize("links", [True, False])
def test_a_file_is_made_once(tmp_path, monkeypatch, links):
    def refused(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", refused)
    create(tmp_path / "it", "first")
    with pytest.raises(FileExistsError, match="is kept"):
        create(tmp_path / "it", "second")
    assert (tmp_path / "it").read_text() == "first"
    assert os.listdir(tmp_path) == ["it"]
