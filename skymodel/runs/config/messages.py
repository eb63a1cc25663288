"""What is wrong with a configuration, in one line that names the field, the value and the cure."""

from __future__ import annotations

import typing
from typing import Any, cast

from pydantic import BaseModel, Tag, ValidationError

from profiles.contract.spelling import options

_NEEDS = "a configuration needs dark_matter and electrons"


def one_line(error: ValidationError, model: type[BaseModel], section: str = "") -> str:
    """Return the most telling of the errors: an unknown key explains a missing one, so it goes first.

    Parameters
    ----------
    error
        What pydantic found.
    model
        What it was to be.
    section
        Where in a file the model stands, if it is not the whole of it.
    """
    found = min(error.errors(include_url=False), key=lambda item: item["type"] != "extra_forbidden")
    path = _Path(found["loc"], model, section)
    match found["type"]:
        case "extra_forbidden":
            return _unknown_key(path)
        case "missing":
            return f"{path.name} is missing; {_wanted(path)}"
        case "model_type" | "model_attributes_type":
            return f"{path.name}: {found['input']!r} is no mapping; its keys are {', '.join(path.keys)}"
        case "dict_type":
            return f"{path.name}: {found['input']!r} is no mapping; write '{path.name}:' and its keys below"
        case "union_tag_invalid":
            return _unknown_type(path, found)
        case "value_error":
            return f"{path.name}: {found['ctx']['error']}".removeprefix(": ")
    return f"{path.name}: {found['input']!r} is refused; {found['msg'][0].lower()}{found['msg'][1:]}"


class _Path:
    """A place in a configuration: the names that lead there, and the section that they lead to.

    The tag of a type, ``emission.nuggets.chi``, is a step but no key: it chooses the section.
    """

    def __init__(self, loc: tuple[int | str, ...], model: type[BaseModel], inside: str) -> None:
        section: Any = model
        names = [inside] if inside else []
        self.parents: list[Any] = [model]
        for part in loc:
            tagged = _tagged(section)
            if part in tagged:
                section = tagged[str(part)]
            else:
                names.append(str(part))
                section = _entry(section, part)
            self.parents.append(section)
        self.name = ".".join(names)
        self.last = names[-1] if names else ""
        self.section = section

    @property
    def parent(self) -> Any:
        """The section that the last step starts from."""
        return self.parents[-2]

    @property
    def keys(self) -> list[str]:
        """The keys of the section."""
        return list(getattr(self.section, "model_fields", {}))


def _entry(section: Any, part: int | str) -> Any:
    """Return what the entry `part` of a section holds; None where nothing is known of it."""
    fields = getattr(section, "model_fields", {})
    if part in fields:
        field = fields[str(part)]
        return _only(field.annotation, field.metadata)
    return _only(next(iter(typing.get_args(section)), None), []) if isinstance(part, int) else None


def _only(annotation: Any, metadata: list[Any]) -> Any:
    """Return an annotation without None and without what only describes it."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    choices = [one for one in typing.get_args(annotation) if one is not type(None)]
    if type(None) in typing.get_args(annotation) and len(choices) == 1:
        return _only(choices[0], metadata)
    return annotation


def _tagged(section: Any) -> dict[str, Any]:
    """Return the sections of a choice by their types."""
    found: dict[str, Any] = {}
    for one in typing.get_args(section):
        if typing.get_origin(one) is typing.Annotated:
            inner, *described = typing.get_args(one)
            found |= {tag.tag: inner for tag in described if isinstance(tag, Tag)}
    return found


def _unknown_key(path: _Path) -> str:
    known = list(cast(type[BaseModel], path.parent).model_fields)
    place = path.name.rpartition(".")[0] or "the configuration"
    return f"unknown key '{path.last}' in {place}{options(path.last, known, 'allowed')}"


def _unknown_type(path: _Path, found: Any) -> str:
    tag, known = str(found["ctx"]["tag"]), list(_tagged(path.section))
    return f"{path.name}.type = {tag!r} is not known{options(tag, known, 'allowed')}"


def _wanted(path: _Path) -> str:
    fields = getattr(path.parent, "model_fields", {})
    if "dark_matter" in fields:
        return _NEEDS
    needed = [name for name, field in fields.items() if field.is_required()]
    return f"{path.name.rpartition('.')[0]} needs {', '.join(needed)}; its keys are {', '.join(fields)}"
