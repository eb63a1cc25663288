"""YAML from outside is plain, bounded in size, depth and entries, and refused in one line and no time otherwise."""

import os
import time

import pytest

from skymodel.runs.config.yamlfile import parse_yaml, read_yaml

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: !!bool abc", "tag"),
        ("a: !!int ''", "tag"),
        ("a: !!float ''", "tag"),
        ("a: !!timestamp abc", "tag"),
        ("a: !!omap [x]", "tag"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("a: " + "9" * 5000, "digits"),
        ("a: " + "[" * 3000, "levels"),
        ("a: " + "{b: " * 300, "levels"),
        ("a: &r {complement: *r}", "inside itself"),
        (BOMB, "entries"),
        ("a: " + "x" * 20_000, "characters"),
        ("".join(f"k{i}: 1\n" for i in range(30_000)), "entries"),
        ("a: 2001-99-99", "not valid YAML"),
        ("a: 1\na: 2", "written twice"),
        ("a: [", "not valid YAML"),
        ("\x00", "not valid YAML"),
        ("x" * 2_000_000, "characters"),
    ],
)
def test_what_is_not_plain_is_refused_in_one_short_line_and_at_once(text, why):
    start = time.perf_counter()
    with pytest.raises(ValueError, match=why) as refused:
        parse_yaml(text, "this")
    assert time.perf_counter() - start < 5
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


def test_a_list_of_500_clumps_passes():
    text = "electrons:\n" + "- {type: gaussian_cloud, n_0: 1 cm-3, x: 1 kpc, y: 2 kpc, z: 0.1 kpc, sigma: 5 pc}\n" * 500
    assert len(parse_yaml(text, "this")["electrons"]) == 500


def test_aliases_that_do_not_multiply_pass():
    assert parse_yaml("a: &a {x: 1}\nb: *a", "this") == {"a": {"x": 1}, "b": {"x": 1}}


def test_a_pipe_and_a_device_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", type(tmp_path)("/dev/zero"), tmp_path):
        with pytest.raises(ValueError, match="no regular file"):
            read_yaml(path)
