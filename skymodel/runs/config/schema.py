"""The JSON schema of a configuration, for editors: keys, types, what each means, where a unit is needed."""

from __future__ import annotations

import re
from typing import Any

from skymodel.runs.config.files import presets
from skymodel.runs.config.model import RunConfig

# a distance and a published name stand for the whole section
_OR_TEXT = {"observer": "ObserverConfig", "anchor": "AnchorConfig"}


def json_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema, draft 2020-12) of the YAML file of a run.

    Examples
    --------
    >>> schema = json_schema()
    >>> schema["anyOf"], schema["additionalProperties"]
    ([{'required': ['preset']}, {'required': ['dark_matter', 'electrons']}], False)
    """
    found: dict[str, Any] = RunConfig.model_json_schema()
    start = {"description": "the shipped configuration that all keys not given are taken from", "enum": [*presets()]}
    found["properties"] = {"preset": start, **found["properties"]}
    for name, kind in _OR_TEXT.items():
        found["properties"][name] = {"anyOf": [{"$ref": f"#/$defs/{kind}"}, {"type": "string"}]}
    found["anyOf"] = [{"required": ["preset"]}, {"required": found.pop("required")}]
    plain: dict[str, Any] = _without_markup(found)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **plain}


def _without_markup(part: Any) -> Any:
    """Return the schema with its descriptions as one line of plain text each: the summary of a docstring."""
    if isinstance(part, dict):
        return {
            key: _summary(value) if key == "description" and isinstance(value, str) else _without_markup(value)
            for key, value in part.items()
        }
    return [_without_markup(one) for one in part] if isinstance(part, list) else part


def _summary(text: str) -> str:
    return re.sub(r"[`*]+", "", " ".join(text.partition("\n\n")[0].split()))
