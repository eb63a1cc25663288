"""Text from outside on a terminal: shown in one line of bounded length, never obeyed."""

import pytest

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
