"""Where the reference tables lie: in the wheel's ``skymodel/_data`` or, in an editable copy, in ``data/``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any


def data_path(name: str) -> Path:
    """Return the path of a shipped reference table.

    Parameters
    ----------
    name
        File name, for example "comptel_strong1999_fig3_l30_b5.ecsv".

    Raises
    ------
    FileNotFoundError
        If no such table is shipped; the message lists those that are.

    Examples
    --------
    >>> from skymodel import data_path
    >>> data_path("instruments.yaml").name
    'instruments.yaml'
    """
    here = Path(__file__).parent
    folder = next(place for place in (here / "_data", here.parent / "data") if place.is_dir())
    if not (folder / name).is_file():
        shipped = ", ".join(sorted(path.name for path in folder.iterdir()))
        raise FileNotFoundError(f"no reference table {name!r}; shipped: {shipped}")
    return folder / name


@functools.cache
def data_entries(name: str) -> dict[str, Any]:
    """Return what a shipped YAML table holds; it is read once, and not to be changed.

    Examples
    --------
    >>> sorted(data_entries("line511.yaml"))[0]
    'ascasibar2006'
    """
    return dict(read_entries(data_path(name)))


def read_entries(path: Path) -> Any:
    """Return what a YAML table holds."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where it was built
    return yaml.load(path.read_text(encoding="utf-8"), loader)
