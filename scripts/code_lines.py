"""Count the lines of code of the engine: no comments, no docstrings, no blanks.

    python scripts/code_lines.py [--before 9f91021]

Prints the lines of every module of `skymodel/sightlines`, the sum, and that of the code that makes pixel means; with
a revision, the same sums there and what share of them is left.
"""

from __future__ import annotations

import argparse
import ast
import io
import subprocess
import tokenize
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
ENGINE = "skymodel/sightlines"
MOVED_OUT = ("skymodel/forks.py", "skymodel/workers.py")  # of the engine's room since, and still counted
PIXEL_ROOM, CUBATURE = "pixels", ("cells", "pixelcharts", "refine")  # a room and three modules
OLD_PIXEL_MODULES = (  # and `pixels`, as the room is called: the pixels as patches, today `pixelcharts`
    "blocks", "lattice", "loose", "painting", "pixels", "plain", "ribbons", "rings", "tiling", "windows",
)  # fmt: skip
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(source: str) -> int:
    """Return on how many lines of a module there is code.

    Examples
    --------
    >>> code_lines(chr(10).join(['"What it is."', "", "x = 1  # why", "# more", "y = (2,", "     3)", ""]))
    3
    """
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - _docstrings(source))


def _docstrings(source: str) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, owners) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return found


def makes_pixel_means(path: str) -> bool:
    """Return whether a module makes pixel means, by its place in today's rooms or its name in the old flat one."""
    place = PurePosixPath(path)
    flat = place.parent.name == PurePosixPath(ENGINE).name and place.stem in OLD_PIXEL_MODULES + CUBATURE
    return flat or place.parent.name == PIXEL_ROOM or (place.parent.name == "cubature" and place.stem in CUBATURE)


def now() -> dict[str, int]:
    """Return the lines of code by module."""
    modules = [*sorted((ROOT / ENGINE).rglob("*.py")), *(ROOT / name for name in MOVED_OUT)]
    return {module.relative_to(ROOT).as_posix(): code_lines(module.read_text()) for module in modules}


def at(revision: str) -> dict[str, int]:
    """Return the lines of code by module of a revision."""
    names = _git("ls-tree", "-r", "--name-only", revision, ENGINE).split()
    return {name: code_lines(_git("show", f"{revision}:{name}")) for name in names if name.endswith(".py")}


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def sums(lines: dict[str, int]) -> tuple[int, int]:
    """Return the sum over all modules and over those that make pixel means."""
    return sum(lines.values()), sum(count for path, count in lines.items() if makes_pixel_means(path))


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", help="a revision to compare with")
    revision = parser.parse_args().before
    lines = now()
    before = sums(at(revision)) if revision else (0, 0)
    for path, count in lines.items():
        print(f"{count:6d}  {path}{'  (pixel means)' if makes_pixel_means(path) else ''}")
    for name, left, old in zip(("all", "pixel means"), sums(lines), before, strict=True):
        print(f"{left:6d}  {name}" + (f": {100 * left / old:.1f} % of {old} at {revision}" if revision else ""))


if __name__ == "__main__":
    main()
