"""The mutants of a module: each place is changed once, text for readers never, and the code around it stays."""

import ast

import pytest


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("x < y", {"x <= y", "x > y"}),
        ("x + y * 2", {"x - y * 2", "x + y / 2", "x + y * 3"}),
        ("-x", {"+x"}),
        ("not x", {"not not x"}),
        ("min(x, 1.0)", {"max(x, 1.0)", "min(x, 1.5)"}),
        ("x and True", {"x or True", "x and False"}),
        ("x > 0.0", {"x >= 0.0", "x < 0.0", "x > 1.0"}),
        ("print('five', x)", set()),
        ("@final(True)\ndef f(x: int | None=None) -> int | None:\n    y: int | None", set()),
    ],
)
def test_each_place_is_changed_once(script, source, made):
    assert {ast.unparse(tree) for _, tree in script.mutants(source)} == made


def test_every_target_and_its_tests_are_there(script):
    for name, tests in script.TARGETS.items():
        for path, _, test in (path.partition("::") for path in (name, *tests)):
            assert f"def {test}" in (script.ROOT / path).read_text(encoding="utf-8")
