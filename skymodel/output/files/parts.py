"""The parts of an ensemble's folder: which ranges of draws it holds, by the names of their files."""

from __future__ import annotations

import re
from pathlib import Path

_PART = re.compile(r"part-(\d{12})-(\d{12})\.npz")


def rows_name(first: int, last: int) -> str:
    """Return the name of the file with the rows of the draws `first` <= i < `last`."""
    return f"part-{first:012d}-{last:012d}.npz"


def maps_name(first: int, last: int) -> str:
    """Return the name of the zarr group with their maps."""
    return f"maps-{first:012d}-{last:012d}.zarr"


def parts(folder: Path) -> list[tuple[int, int, Path]]:
    """Return first draw, last draw and path of each part of the rows, sorted."""
    found = [(_PART.fullmatch(path.name), path) for path in (folder.iterdir() if folder.is_dir() else ())]
    return sorted((int(match[1]), int(match[2]), path) for match, path in found if match)
