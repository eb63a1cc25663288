"""What a file of ours says about the run that made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from profiles.tables.fitsfiles import open_fits


def read_config(path: str | Path) -> dict[str, Any]:
    """Return the configuration that made a FITS file.

    Raises
    ------
    ValueError
        If the file carries none.
    """
    with open_fits(path) as hdus:
        text = hdus[0].header.get("CONFIG")
    try:
        config = json.loads(text or "null")
    except (TypeError, json.JSONDecodeError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise ValueError(f"'{path}' carries no configuration (the card CONFIG of its primary header)")
    return config
