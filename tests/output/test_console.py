"""What is printed is never better than what was computed."""

from profiles.library import Row
from skymodel.output.console import show_catalogue


def test_the_catalogue_is_printed_with_what_is_doubtful_marked(capsys):
    sound = Row("sound", "preset", "Sound numbers", "A 2001", "read in A", "skymodel")
    doubtful = Row("doubtful", "preset", "Doubtful numbers", "B 2002", "memory, unverified", "skymodel")
    show_catalogue([sound, doubtful])
    printed = capsys.readouterr().out
    assert "Doubtful numbers [memory, unverified]" in printed
    assert "read in A" not in printed


def test_a_strangers_words_in_a_table_are_not_obeyed(capsys):
    show_catalogue([Row("a\x1b[1m", "profile", "b\x1b[2J", "", "", "")])
    assert "\x1b" not in capsys.readouterr().out
