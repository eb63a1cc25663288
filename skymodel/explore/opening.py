"""Configurations that come from a browser: text to a :class:`RunConfig`, nothing in it naming code or a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from profiles.shelf.trust import trusting
from skymodel.runs.config.model import RunConfig
from skymodel.runs.config.yamlfile import parse_yaml

LONGEST = 100_000  # characters
_FILES = frozenset({"file", "files", "path_to", "ensemble"})


def opened(text: str) -> RunConfig:
    """Return the configuration that a text is.

    Raises
    ------
    ValueError
        If it is none, is too long, or names a file or code of its own.
    """
    if len(text) > LONGEST:
        raise ValueError(f"the text has {len(text)} characters; allowed: {LONGEST}")
    found = parse_yaml(text, "the text")
    if not isinstance(found, Mapping):
        raise ValueError("this is no configuration: it needs dark_matter and electrons")
    for key, value in _entries(found):
        if key in _FILES and value is not None:
            raise ValueError(f"{key}: files are not opened from the browser; start `skymodel explore FILE` instead")
        if key in ("type", "preset") and isinstance(value, str) and (":" in value or "/" in value or "\\" in value):
            raise ValueError(f"{key}: {value[:60]!r} names code of its own; start `skymodel explore FILE` instead")
    with trusting(strangers=False):
        return RunConfig(**{str(key): value for key, value in found.items()})


def _entries(part: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Yield every key with its value, at any depth."""
    if depth > 20:
        raise ValueError("the configuration is nested too deeply")
    if isinstance(part, Mapping):
        for key, value in part.items():
            yield str(key), value
            yield from _entries(value, depth + 1)
    elif isinstance(part, list):
        for value in part:
            if isinstance(value, str) and (":" in value or "/" in value):
                yield "type", value
            yield from _entries(value, depth + 1)
