"""Tables as ECSV: plain text with units, descriptions and meta data; ``QTable.read`` gives the same table back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_table(table: Any, path: Path, meta: Mapping[str, Any]) -> None:
    """Write a QTable with more meta data than it holds.

    Parameters
    ----------
    table
        What is written; not changed.
    path
        A new file, customarily ``.ecsv``.
    meta
        Plain numbers, texts, lists and mappings, put before the table's own.
    """
    written = table.copy(copy_data=False)
    written.meta = {**meta, **table.meta}
    written.write(path, format="ascii.ecsv", overwrite=False)
