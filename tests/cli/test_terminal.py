"""Text from outside on a terminal: shown in one line of bounded length, never obeyed."""

import pytest
from typer.testing import CliRunner

from skymodel.cli.app import app
from skymodel.cli.terminal import shown


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\x1b[31mb", "a[31mb"),
        ("two\nlines\tand\r\x07a bell", "two lines and a bell"),
        ("\x9b2Jc1", "2Jc1"),
        ("\u202ereversed", "reversed"),
        ("μ = 20 MeV", "μ = 20 MeV"),
    ],
)
def test_control_characters_are_left_out(text, plain):
    assert shown(text) == plain


def test_a_long_message_keeps_its_beginning_and_its_end():
    told = shown("x" * 500 + "y" * 100_000 + "z" * 500)
    assert len(told) < 1000
    assert told.startswith("x") and told.endswith("z")  # noqa: PT018


EVIL = "a\x1b[2J\x9b1m\u202eb.yaml"
PLAIN = "dark_matter: {type: nfw}\nelectrons: [{type: hernquist_bulge}]\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["validate", EVIL], 0),
        (["validate", f"missing{EVIL}"], 2),
        (["init", f"new{EVIL}"], 0),
        (["profiles", EVIL], 2),
        (["presets", EVIL], 2),
        (["flux", "--halo", EVIL], 2),
        (["flux", "--halo", f"{{type: nfw, {EVIL[1:]}: 1}}"], 2),
        (["flux", "--region", EVIL], 2),
        (["compare", EVIL, EVIL], 2),
        (["run", "--out", "taken\x1b[1m"], 2),
        (["run", f"--{EVIL}"], 2),
        ([EVIL], 2),
    ],
)
def test_names_with_escapes_are_shown_and_not_obeyed(arguments, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / EVIL).write_text(PLAIN)
    (tmp_path / "taken\x1b[1m").mkdir()
    (tmp_path / "taken\x1b[1m" / "thesis.txt").write_text("")
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == code, outcome.output
    assert not {"\x1b", "\x9b", "\u202e"} & set(outcome.output), outcome.output
