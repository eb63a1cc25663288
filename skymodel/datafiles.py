"""Where the reference tables lie: in the wheel's ``skymodel/_data`` or, in an editable copy, in ``data/``."""

from __future__ import annotations

from pathlib import Path


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
