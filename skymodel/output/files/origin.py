"""What a file of ours says about the run that made it: any of a run's files is enough to repeat it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from profiles.tables.fitsfiles import open_fits, require_file

_RESOLVED = "config.resolved.yaml"


def read_config(path: str | Path) -> dict[str, Any]:
    """Return the configuration that made a FITS file.

    Raises
    ------
    ValueError
        If the file carries none.
    """
    return _of_fits(path)[0]


def run_config(path: str | Path) -> dict[str, Any]:
    """Return the configuration of the run that a file or folder is of.

    FITS files and tables carry it; for figures and texts it is taken from ``config.resolved.yaml`` beside them.

    Raises
    ------
    ValueError
        If there is none, or a later version of skymodel wrote it.
    """
    place = Path(path)
    if place.is_dir():
        place = place / _RESOLVED
    require_file(place)
    name = place.name.lower()
    if name.endswith((".fits", ".fits.gz", ".fit")):
        config, creator = _of_fits(place)
    elif name.endswith(".ecsv"):
        config, creator = _of_table(place)
    else:
        config, creator = _of_yaml(place if name.endswith((".yaml", ".yml")) else place.with_name(_RESOLVED), place)
    _require_ours(place, creator)
    return config


def _of_fits(path: str | Path) -> tuple[dict[str, Any], str]:
    with open_fits(path) as hdus:
        text, creator = hdus[0].header.get("CONFIG"), str(hdus[0].header.get("CREATOR", ""))
    try:
        config = json.loads(text or "null")
    except (TypeError, json.JSONDecodeError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise ValueError(f"'{path}' carries no configuration (the card CONFIG of its primary header)")
    return config, creator


def _of_table(path: Path) -> tuple[dict[str, Any], str]:
    from astropy.table import Table

    try:
        meta = Table.read(path, format="ascii.ecsv").meta
    except Exception as error:  # astropy raises much on a damaged table
        raise ValueError(f"'{path}' is no ECSV table: {type(error).__name__}") from error
    config = meta.get("config")
    if not isinstance(config, dict):
        raise ValueError(f"'{path}' carries no configuration (the key config of its meta data)")
    return dict(config), str(meta.get("creator", ""))


def _of_yaml(path: Path, asked: Path) -> tuple[dict[str, Any], str]:
    if not path.is_file():
        raise ValueError(
            f"'{asked}' carries no configuration, and no {_RESOLVED} lies beside it; give a FITS file of the run"
        )
    text = path.read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    if not isinstance(config, dict):
        raise ValueError(f"'{path}' is no configuration")
    first = text.partition("\n")[0]
    return config, first.partition("resolved by ")[2].partition(";")[0]


def _require_ours(path: Path, creator: str) -> None:
    """Refuse what a later version wrote: it may say what this one does not understand."""
    from importlib.metadata import version

    own, theirs = version("skymodel"), creator.partition("skymodel ")[2].strip()
    if _numbers(theirs) > _numbers(own):
        raise ValueError(
            f"'{path}' was written by skymodel {theirs[:40]}; this is {own}, install the newer one to repeat it"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
