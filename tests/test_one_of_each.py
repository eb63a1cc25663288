"""One of each thing: what is needed everywhere is defined once, no code is written twice, no module grows too long."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = [path for name in ("skymodel", "profiles", "scripts") for path in sorted((ROOT / name).rglob("*.py"))]
LONGEST = 300  # lines of a module
SAME = 10  # code lines
TOO_LONG: set[str] = set()  # a list that stays empty
ONCE = {
    "an alias of an array kind": (r"^\w+(: TypeAlias)? = (npt\.)?NDArray\[|^type \w+ = .*NDArray\[", "arrays.py"),
    "the rounding floor": (r"\b64(\.0)? \* (float\()?np\.finfo|finfo\([\w.]*\)\.eps \* 64\b", "arrays.py"),
    "did you mean": (r"get_close_matches|SequenceMatcher", "spelling.py"),
    "an atomic write": (r"mkstemp|mkdtemp|NamedTemporaryFile|os\.replace\(|os\.rename\(", "whole.py"),
    "a test of what is a density": (r"is no density; ", "density.py"),
    "a rule of Gauss-Legendre on [0, 1]": (r"def gauss_legendre", "nodes.py"),
    "the integral of a power law between points": (r"def power_law_integral", "backgrounds.py"),
}


def name(path):
    return str(path.relative_to(ROOT))


def strays(pattern, home):
    """Return the lines that match outside of the one module where they may."""
    found = re.compile(pattern, re.MULTILINE)
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in FILES
        if path.name != home
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if found.search(line)
    ]


@pytest.mark.parametrize("thing", ONCE)
def test_what_everybody_needs_is_defined_once(thing):
    assert strays(*ONCE[thing]) == []


@pytest.mark.parametrize("thing", ONCE)
def test_and_is_defined_where_the_test_looks_for_it(thing):
    pattern, home = ONCE[thing]
    assert [path for path in FILES if path.name == home and re.search(pattern, path.read_text("utf-8"), re.MULTILINE)]


def test_no_module_is_longer_than_it_may_be():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    longer = {place for place, length in lengths.items() if length > LONGEST}
    assert longer - TOO_LONG == set()
    assert TOO_LONG - longer == set(), "these have been mended: take them off the list"


def code(source):
    """Return the lines of code as (number, text): no imports, docstrings, comments, blanks or lone brackets."""
    left_out = set()
    for node in ast.walk(ast.parse(source)):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if text or isinstance(node, ast.Import | ast.ImportFrom):
            left_out |= set(range(node.lineno, node.end_lineno + 1))
    lines = [(number, line.strip()) for number, line in enumerate(source.splitlines(), 1) if number not in left_out]
    return [(number, line) for number, line in lines if re.search(r"\w", line) and not line.startswith("#")]


def repeats(sources, same=SAME):
    """Return the places where `same` consecutive lines of code stand a second time."""
    first, found = {}, []
    for place, source in sources.items():
        lines = code(source)
        for start in range(len(lines) - same + 1):
            run = tuple(line for _, line in lines[start : start + same])
            here = f"{place}:{lines[start][0]}"
            if first.setdefault(run, here) != here:
                found.append((first[run], here))
    return found


def test_no_ten_lines_of_code_stand_twice():
    assert repeats({name(path): path.read_text(encoding="utf-8") for path in FILES}) == []


def test_ten_lines_that_stand_twice_are_found_whatever_their_indentation():
    lines = [f"x{number} = {number}" for number in range(SAME)]
    assert repeats({"a": "\n".join(lines), "b": "if True:\n" + "\n".join(f"    {line}" for line in lines)})
    assert not repeats({"a": "\n".join(lines), "b": "\n".join(lines[1:])})
