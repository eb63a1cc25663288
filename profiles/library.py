"""The shelf: which densities there are, what each is, and how a configuration becomes one."""

from __future__ import annotations

from profiles.configuration import build, dark_matter, describe, electrons
from profiles.literature import Preset, preset, preset_names
from profiles.registry import get, names

__all__ = ["Preset", "build", "dark_matter", "describe", "electrons", "get", "names", "preset", "preset_names"]
