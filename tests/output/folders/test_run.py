"""A run's folder is whole or not there; what was there before is kept unless it may be overwritten."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from skymodel.output.folders import run as folder
from skymodel.output.folders.run import check, write


@pytest.fixture
def result(monkeypatch):
    """A stand-in for a run: two files, whose text can be set and whose writing can be made to fail."""
    state = SimpleNamespace(text="first", failure=None)

    def second(path):
        if state.failure is not None:
            path.write_text("half")
            raise state.failure
        path.write_text(state.text)

    def write_files(_, draft, *__):
        (draft / folder.CONFIG).write_text("label: mine\n")
        second(draft / "second.txt")

    monkeypatch.setattr(folder, "_write_files", write_files)
    monkeypatch.setattr(folder, "_write_report", lambda *_: None)
    return state


def contents(path):
    return {entry.name: entry.read_text() for entry in path.iterdir()}


def test_a_new_folder_holds_the_files_and_nothing_is_left_beside_it(tmp_path, result):
    target = write(result, tmp_path / "deep" / "out")
    assert target == tmp_path / "deep" / "out"
    assert contents(target) == {folder.CONFIG: "label: mine\n", "second.txt": "first"}
    assert list(target.parent.iterdir()) == [target]


def test_an_empty_folder_is_used(tmp_path, result):
    (tmp_path / "out").mkdir()
    assert contents(write(result, tmp_path / "out"))["second.txt"] == "first"


def test_a_folder_that_holds_a_run_is_kept_unless_told_otherwise(tmp_path, result):
    write(result, tmp_path / "out")
    result.text = "second"
    with pytest.raises(FileExistsError, match="already holds a run, which is kept"):
        write(result, tmp_path / "out")
    assert contents(tmp_path / "out")["second.txt"] == "first"


def test_overwriting_replaces_the_run_as_a_whole(tmp_path, result):
    write(result, tmp_path / "out")
    (tmp_path / "out" / "stale.txt").write_text("old")
    result.text = "second"
    write(result, tmp_path / "out", overwrite=True)
    assert contents(tmp_path / "out") == {folder.CONFIG: "label: mine\n", "second.txt": "second"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_holds_something_else_is_never_touched(tmp_path, result, overwrite):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds no run, so it is kept"):
        write(result, tmp_path, overwrite=overwrite)
    assert contents(tmp_path) == {"thesis.tex": "years of work"}


def test_a_format_that_figures_do_not_have_is_refused(tmp_path, result):
    with pytest.raises(ValueError, match="figures as 'pfd'; did you mean 'pdf'"):
        write(result, tmp_path / "run", figures="pfd")
    assert not (tmp_path / "run").exists()


def test_a_file_in_the_way_is_kept(tmp_path, result):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(FileExistsError, match="exists and holds no run"):
        write(result, tmp_path / "out", overwrite=True)
    assert (tmp_path / "out").read_text() == "a file"


def test_a_link_that_leads_nowhere_is_kept(tmp_path, result):
    (tmp_path / "out").symlink_to(tmp_path / "gone")
    with pytest.raises(FileExistsError, match="exists and holds no run"):
        check(tmp_path / "out", overwrite=True)


def test_a_folder_inside_a_file_is_refused_before_computing(tmp_path):
    (tmp_path / "notes").write_text("a file")
    with pytest.raises(NotADirectoryError, match="notes' is a file and not a folder"):
        check(tmp_path / "notes" / "deep" / "out")


@pytest.mark.parametrize("name", ["deep/out", None])
def test_a_place_that_may_not_be_written_to_is_refused_before_computing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)

    def refused(dir):  # an administrator may write anywhere, and /proc gives permission but takes no file
        assert dir == tmp_path
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(folder.tempfile, "TemporaryFile", refused)
    with pytest.raises(PermissionError, match=rf"'{tmp_path}' may not be written to \(Permission denied\); choose"):
        check(None if name is None else tmp_path / name)


def test_a_full_disk_is_reported_with_the_place_and_a_cure(tmp_path, result):
    result.failure = OSError(28, "No space left on device")
    with pytest.raises(OSError, match=r"cannot write '.*out': No space left on device; make room"):
        write(result, tmp_path / "out")


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_interrupt_just_after_the_new_run_is_in_place_keeps_it(tmp_path, result, monkeypatch, overwrite):
    if overwrite:
        write(result, tmp_path / "out")
    result.text = "second"
    interrupt_after(monkeypatch, "new")
    with pytest.raises(KeyboardInterrupt):
        write(result, tmp_path / "out", overwrite=overwrite)
    assert contents(tmp_path / "out")["second.txt"] == "second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_an_interrupt_just_after_the_old_run_stepped_aside_brings_it_back(tmp_path, result, monkeypatch):
    write(result, tmp_path / "out")
    result.text = "second"
    interrupt_after(monkeypatch, "out")
    with pytest.raises(KeyboardInterrupt):
        write(result, tmp_path / "out", overwrite=True)
    assert contents(tmp_path / "out")["second.txt"] == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def interrupt_after(monkeypatch, name):
    """Let Ctrl-C arrive just after the first renaming of the folder `name`."""
    rename = folder.Path.rename

    def interrupted(self, target):
        moved = rename(self, target)
        if self.name == name:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(folder.Path, "rename", interrupted)


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt(), ValueError("bug")])
def test_a_failure_or_an_interrupt_while_writing_leaves_nothing_behind(tmp_path, result, failure):
    result.failure = failure
    with pytest.raises(type(failure)):
        write(result, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_while_overwriting_keeps_the_old_run(tmp_path, result):
    write(result, tmp_path / "out")
    result.failure = OSError("disk full")
    with pytest.raises(OSError, match="disk full"):
        write(result, tmp_path / "out", overwrite=True)
    assert contents(tmp_path / "out")["second.txt"] == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_failure_to_rename_brings_the_old_run_back(tmp_path, result, monkeypatch):
    write(result, tmp_path / "out")
    rename = folder.Path.rename

    def stubborn(self, target):
        if self.name == "new":
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(folder.Path, "rename", stubborn)
    with pytest.raises(OSError, match="no"):
        write(result, tmp_path / "out", overwrite=True)
    assert contents(tmp_path / "out")["second.txt"] == "first"


def test_without_a_name_runs_are_numbered_so_that_a_second_one_just_works(tmp_path, result, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert [str(write(result)) for _ in range(3)] == ["skymodel-run-001", "skymodel-run-002", "skymodel-run-003"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [f"skymodel-run-00{n}" for n in (1, 2, 3)]


def test_a_number_that_another_run_takes_meanwhile_is_skipped(tmp_path, result, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rename = folder.Path.rename

    def raced(self, target):
        if target.name == "skymodel-run-001":
            target.mkdir()
            (target / "theirs").write_text("theirs")
        return rename(self, target)

    monkeypatch.setattr(folder.Path, "rename", raced)
    assert str(write(result)) == "skymodel-run-002"
    assert contents(tmp_path / "skymodel-run-001") == {"theirs": "theirs"}


def test_the_folder_has_the_usual_permissions_and_not_those_of_a_temporary_one(tmp_path, result):
    (tmp_path / "usual").mkdir()
    assert write(result, tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_check_before_a_run_says_what_writing_would(tmp_path, result):
    check(None)
    check(tmp_path / "new")
    write(result, tmp_path / "out")
    check(tmp_path / "out", overwrite=True)
    with pytest.raises(FileExistsError, match="overwrite it"):
        check(tmp_path / "out")


RACES = 200
RACERS = """
import os, sys, time
from pathlib import Path
from skymodel.output.files.whole import claimed
from skymodel.output.folders import run as folder

folder._write_files = lambda result, draft, *_: (draft / folder.CONFIG).write_text(result)  # a run

def runs(me, place, count):
    for number in range(count):
        out = place / f"out{number}"
        try:
            folder.check(out)
            with claimed(out):
                time.sleep(0.002 * (number % 3))
                folder.write(str(me), out, report=False)
            answer = "won"
        except FileExistsError as error:
            answer = "refused" if "wait for it" in str(error) or "is kept" in str(error) else str(error)
        os.write(1, f"{number} {me} {answer}\\n".encode())

start, go = os.pipe()
for me in range(2):
    if os.fork() == 0:
        os.close(go)
        os.read(start, 1)
        runs(me, Path(sys.argv[1]), int(sys.argv[2]))
        os._exit(0)
os.close(go)
os.wait(), os.wait()
"""


def test_of_two_runs_into_one_folder_exactly_one_wins_and_the_other_is_told(tmp_path):
    line = [sys.executable, "-c", RACERS, str(tmp_path), str(RACES)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=True)
    said = {}
    for number, me, answer in (line.split(" ", 2) for line in done.stdout.splitlines()):
        said.setdefault(int(number), {})[me] = answer
    for number in range(RACES):
        assert sorted(said[number].values()) == ["refused", "won"], said[number]
        winner = next(me for me, answer in said[number].items() if answer == "won")
        assert (tmp_path / f"out{number}" / folder.CONFIG).read_text() == winner
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
