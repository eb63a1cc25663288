"""What ``skymodel profiles`` prints: the installed densities and presets, or all about one of them."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from profiles import library
from profiles.density import field_kinds


class Entry(NamedTuple):
    """One line of the catalogue."""

    name: str
    kind: str
    title: str


def catalogue() -> list[Entry]:
    """Return a line for each installed profile, then for each preset.

    Examples
    --------
    >>> [entry.kind for entry in catalogue() if entry.name in ("nfw", "mcmillan2017_baryons")]
    ['profile', 'baryons']
    """
    profiles = [Entry(name, "profile", _title(name)) for name in library.names()]
    presets = (library.preset(name) for name in library.preset_names())
    return profiles + [Entry(preset.name, preset.role.replace("_", " "), preset.title) for preset in presets]


def about(name: str) -> str:
    """Return what there is to know about a profile or a preset: formula, parameters, units, reference.

    Parameters
    ----------
    name
        A name of the catalogue, or "package.module:Name".

    Raises
    ------
    ValueError
        If there is no such name; the nearest is suggested.

    Examples
    --------
    >>> print(about("burkert").splitlines()[0])
    burkert: Burkert(rho_s=0.712 GeV cm-3, r_s=12.67 kpc)
    """
    if name in library.preset_names():
        return "\n".join(_preset_lines(name))
    maker = library.get(name)
    heading = f"{name}: {getattr(maker, '__name__', name)}({', '.join(_parameters(maker))})"
    return f"{heading}\n\n{_plain(inspect.getdoc(maker) or 'no description')}"


def _title(name: str) -> str:
    try:
        document = inspect.getdoc(library.get(name)) or "no description"
    except ValueError as error:  # another package's profile that does not import is listed with the reason
        return str(error)
    return _plain(document.splitlines()[0].partition(", :math:")[0].rstrip("."))  # the formula is for `about`


def _plain(text: str) -> str:
    """Return text without the marks that only a documentation builder reads; formulas stay as TeX."""
    return re.sub(r":[a-z]+:`~?([^`]*)`", r"\1", text)


def _parameters(maker: Any) -> Iterator[str]:
    if not dataclasses.is_dataclass(maker):
        yield from (str(parameter) for parameter in inspect.signature(maker).parameters.values())
        return
    kinds = field_kinds(maker) if isinstance(maker, type) else {}
    for field in dataclasses.fields(maker):
        if field.init and field.name != "unit":
            unit = f" {kinds[field.name].unit}" if field.name in kinds else ""
            value = "" if field.default is dataclasses.MISSING else f"={field.default}"
            yield f"{field.name}{value}{unit.rstrip()}"


def _preset_lines(name: str) -> Iterator[str]:
    preset = library.preset(name)
    yield f"{name} ({preset.role.replace('_', ' ')}): {preset.title}"
    yield ""
    for label in ("reference", "status", "note"):
        if text := getattr(preset, label):
            yield f"{label}: {text}"
    for component, spec in preset.components.items():
        yield f"{component}: {{{', '.join(f'{key}: {value}' for key, value in spec.items())}}}"
