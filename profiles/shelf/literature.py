"""Named literature models: one YAML file each in ``profiles/presets``, with its reference and its status.

A preset's ``role`` says what it is: ``dark_matter`` or ``baryons`` (mass densities), ``electrons`` or ``hydrogen``
(number densities), or ``model`` (a set of other presets, each with its own role). ``status`` says where the numbers
were read; "memory, unverified" marks those that nobody has checked against the publication.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, cast

from profiles.contract.spelling import options

Role = Literal["dark_matter", "baryons", "electrons", "hydrogen", "model"]


@dataclass(frozen=True)
class Preset:
    """A named literature model.

    Parameters
    ----------
    name
        Under which it is found.
    title, reference, status, note
        What it is, who published it, where the numbers were read, what to beware of.
    role
        What its components are.
    components
        Configuration of each component by name.

    Examples
    --------
    >>> from profiles import library
    >>> library.preset("mcmillan2017_halo").role
    'dark_matter'
    """

    name: str
    title: str
    reference: str
    status: str
    role: Role
    components: Mapping[str, Mapping[str, Any]]
    note: str = ""

    @property
    def verified(self) -> bool:
        """Whether the numbers were read in a source and are not quoted from memory."""
        return "unverified" not in self.status


def preset_names() -> list[str]:
    """Return the names of all presets, sorted.

    Examples
    --------
    >>> "mcmillan2017" in preset_names()
    True
    """
    return sorted(entry.name[:-5] for entry in _folder().iterdir() if entry.name.endswith(".yaml"))


@functools.cache
def preset(name: str) -> Preset:
    """Return the preset called `name`.

    Raises
    ------
    ValueError
        If there is none; the nearest name is suggested.

    Examples
    --------
    >>> preset("paper").components["baryons"]
    {'preset': 'mcmillan2017_baryons'}
    """
    import yaml

    known = preset_names()
    if name not in known:
        raise ValueError(f"no preset {name!r}{options(name, known, 'available', '`skymodel profiles`')}")
    content = cast(dict[str, Any], yaml.safe_load(_folder().joinpath(f"{name}.yaml").read_text(encoding="utf-8")))
    return Preset(name=name, **content)


def _folder() -> Any:
    return files("profiles").joinpath("presets")
