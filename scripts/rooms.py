"""How large each room is: files, lines of code, classes and constants; of a revision, or of the files as they are.

    python scripts/rooms.py                 # the files as they are
    python scripts/rooms.py v0.1.0          # a revision

A line of code is one that is no import, docstring, comment or blank. The rooms of a flat layout are its packages.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")


class Size(NamedTuple):
    """What a module, or a room, adds up to."""

    files: int
    lines: int
    classes: int
    constants: int

    def plus(self, other: Size) -> Size:
        """Return both together."""
        return Size(*(a + b for a, b in zip(self, other, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision", nargs="?", help="by default the files as they are")
    revision = parser.parse_args().revision
    rooms: dict[str, Size] = {}
    for path, source in modules(revision):
        place = "/".join(path.parts[:-1])
        rooms[place] = rooms.get(place, Size(0, 0, 0, 0)).plus(measured(source))
    total = Size(*map(sum, zip(*rooms.values(), strict=True)))
    print(f"{'room':34} files  code  classes  constants")
    for place, size in [*sorted(rooms.items()), ("all", total)]:
        print(f"{place:34} {size.files:5d} {size.lines:5d} {size.classes:8d} {size.constants:10d}")


def modules(revision: str | None) -> Iterator[tuple[PurePath, str]]:
    """Yield the path and the text of each module of both packages."""
    where = ["skymodel", "profiles"]
    if revision is None:
        listed = (path.relative_to(ROOT) for name in where for path in (ROOT / name).rglob("*.py"))
        yield from ((path, (ROOT / path).read_text(encoding="utf-8")) for path in listed)
        return
    for name in _git("ls-tree", "-r", "--name-only", revision, *where).split():
        if name.endswith(".py"):
            yield PurePath(name), _git("show", f"{revision}:{name}")


def measured(source: str) -> Size:
    """Return the size of a module."""
    tree = ast.parse(source)
    targets = [t for node in tree.body if isinstance(node, ast.Assign) for t in node.targets]
    targets += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    classes = sum(isinstance(node, ast.ClassDef) for node in ast.walk(tree))
    return Size(1, code_lines(source, tree), classes, sum(bool(_CONSTANT.fullmatch(name)) for name in names))


def code_lines(source: str, tree: ast.Module) -> int:
    left_out = set()
    for node in ast.walk(tree):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if text or isinstance(node, ast.Import | ast.ImportFrom):
            left_out |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(source.splitlines(), 1)
    return sum(n not in left_out and bool(line.strip()) and not line.lstrip().startswith("#") for n, line in lines)


def _git(*arguments: str) -> str:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
