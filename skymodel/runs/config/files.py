"""Configurations as files: where the shipped ones lie, and what a YAML file holds before it is validated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from profiles.contract.spelling import options
from skymodel.runs.config.yamlfile import read_yaml

PRESETS = Path(__file__).parent / "presets"


def presets() -> tuple[str, ...]:
    """Return the names of the shipped configurations."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.yaml")))


def preset_text(name: str) -> str:
    """Return the YAML text of a shipped configuration.

    Raises
    ------
    ValueError
        If there is none of that name; the nearest is named.
    """
    if name not in presets():
        raise ValueError(f"no preset '{name}'{options(name, presets(), 'presets')}")
    return (PRESETS / f"{name}.yaml").read_text(encoding="utf-8")


def preset_title(name: str) -> str:
    """Return what a shipped configuration is, in a line: the comment that it begins with."""
    return preset_text(name).partition("\n")[0].lstrip("# ").rstrip()


def template() -> str:
    """Return a commented configuration to start from."""
    return (Path(__file__).parent / "template.yaml").read_text(encoding="utf-8")


def read_raw(source: str | Path | None = None) -> dict[str, Any]:
    """Return the mapping that a YAML file or a shipped preset holds, not yet validated.

    Parameters
    ----------
    source
        As for :func:`~skymodel.runs.config.model.load_config`.
    """
    name = "paper" if source is None else str(source)
    path = PRESETS / f"{name}.yaml" if name in presets() else Path(name)
    try:
        content = read_yaml(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"no configuration file '{path}'{options(str(path), presets(), 'presets')}") from None
    if not isinstance(content, dict):
        what = "is empty" if content is None else f"holds a {type(content).__name__}"
        raise ValueError(f"'{path}' {what}; a configuration is a mapping with at least dark_matter and electrons")
    found = {str(key): value for key, value in content.items()}
    return found if path.parent == PRESETS else with_preset(_placed(found, path.parent))


def with_preset(content: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration with what it does not give taken from the shipped one that its key ``preset`` names.

    A key takes the place of the preset's as a whole, but ``observer`` and ``map``, whose entries count one by one;
    with other densities the preset's label goes, too.

    Examples
    --------
    >>> found = with_preset({"preset": "paper", "map": {"nside": 16}})
    >>> found["map"]["nside"], "label" in found, "label" in with_preset({"preset": "paper", "electrons": "ymw16"})
    (16, True, False)
    """
    if "preset" not in content:
        return content
    own, name = {key: value for key, value in content.items() if key != "preset"}, content["preset"]
    preset_text(str(name))  # refuses what is none
    base = read_raw(str(name))
    if {"dark_matter", "electrons"} & own.keys():
        base.pop("label", None)
    parts = {key: base[key] | own[key] for key in ("observer", "map") if isinstance(own.get(key), dict)}
    return base | own | parts


def folder_of(source: str | Path | None) -> Path | None:
    """Return the folder of a YAML file, in which the densities it names are looked for first; None for a preset."""
    return Path(source).absolute().parent if source is not None and Path(source).is_file() else None


def _placed(value: Any, folder: Path, key: str = "") -> Any:
    """Return a configuration whose files have full paths: beside the YAML if they are there, else as they are found."""
    if isinstance(value, dict):
        return {name: _placed(one, folder, str(name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_placed(one, folder, key) for one in value]
    return _place(value, folder) if key in ("file", "files") and isinstance(value, str) else value


def _place(file: str, folder: Path) -> str:
    name, bracket, rest = file.partition("[")  # maps.fits[LINE_511]
    for place in (folder / name, Path(name)):
        if place.exists():
            return f"{place.resolve()}{bracket}{rest}"
    return file
