"""The attack finds what falls, takes nothing sound for fallen, and repeats a case by its number."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def thrower(script):
    return script.Attack(seed=1)


def test_sound_files_are_taken(script, thrower, tmp_path):
    for name, content in thrower._files.originals().items():
        path = tmp_path / name
        path.write_bytes(content)
        assert "taken" in {script.read(reading, path)[0] for reading in thrower._readings.values()}, name


@pytest.mark.parametrize("number", range(0, 35, 3))
def test_what_is_thrown_is_taken_or_refused_and_so_again(thrower, number):
    found = thrower.case(number)
    assert found["outcome"] in ("taken", "refused"), found
    assert thrower.case(number)["outcome"] == found["outcome"]


def falls(error):
    def reading(_):
        raise error

    return reading


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ValueError("one"), "refused"),
        (OSError("two"), "refused"),
        (KeyError("x"), "traceback"),
        (SystemExit(0), "traceback"),
    ],
)
def test_only_what_is_said_properly_is_a_refusal(script, error, outcome):
    assert script.read(falls(error), Path())[0] == outcome


def test_a_call_that_a_configuration_may_not_make_is_seen(script, thrower, monkeypatch):
    import subprocess

    monkeypatch.setattr(script, "commanded", lambda *_: (subprocess.run(["true"], check=True), ("taken", ""))[1])
    found = thrower.case(0)  # a configuration
    assert found["outcome"] == "does"
    assert "subprocess.Popen" in found["what"]


def test_what_is_left_over_is_seen(script, thrower, monkeypatch):
    monkeypatch.setattr(script, "commanded", lambda *_: (Path("left").touch(), ("taken", ""))[1])
    assert thrower.case(0)["outcome"] == "leaves"


def test_an_answer_of_two_lines_and_one_with_escapes_are_seen(script, monkeypatch):
    from skymodel.cli import app as cli

    for text in ("one\ntwo\n", "a\x1b[2J\n"):
        monkeypatch.setattr(cli, "app", lambda *_, said=text, **__: (sys.stderr.write(said), 2)[1])
        assert script.commanded("validate")[0] == "says"
