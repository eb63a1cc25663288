"""The shelf: which densities there are, what each is, and how a configuration becomes one.

:func:`names` and :func:`preset_names` list it, :func:`about` describes one entry, :func:`build` makes a density of a
specification and :func:`describe` writes one down again.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any, NamedTuple

from profiles.contract.spelling import options
from profiles.shelf.configuration import build, constructors, dark_matter, electrons
from profiles.shelf.description import describe
from profiles.shelf.literature import Preset, preset, preset_names
from profiles.shelf.registry import claims, get, names, owner
from profiles.shelf.schema import Declared, parameters

__all__ = [
    "About",
    "Parameter",
    "Preset",
    "Row",
    "about",
    "build",
    "catalogue",
    "dark_matter",
    "describe",
    "electrons",
    "get",
    "names",
    "preset",
    "preset_names",
]


class Row(NamedTuple):
    """One line of the catalogue.

    Parameters
    ----------
    name
        Under which it is built.
    kind
        "profile" or "preset".
    summary
        What it is.
    reference
        Who published it.
    status
        Where the numbers were read; "cannot be loaded: ..." for a plug-in that fails.
    package
        Which package offers it.

    Examples
    --------
    >>> from profiles import library
    >>> next(row.kind for row in library.catalogue() if row.name == "nfw")
    'profile'
    """

    name: str
    kind: str
    summary: str
    reference: str
    status: str
    package: str


class Parameter(NamedTuple):
    """One parameter of a profile.

    Parameters
    ----------
    name, unit, default
        "" for a pure number; ``inspect.Parameter.empty`` where it must be given.
    meaning
        What it is.

    Examples
    --------
    >>> from profiles import library
    >>> library.about("nfw").parameters[1].unit
    'kpc'
    """

    name: str
    unit: str
    default: Any
    meaning: str


@dataclasses.dataclass(frozen=True)
class About:
    """What is known of a profile or a preset; print it.

    Parameters
    ----------
    name, kind, summary
        As in the catalogue.
    text
        Formula and remarks of a profile; the components of a preset.
    parameters
        Parameters of a profile.
    reference, status, note
        Who published it, where the numbers were read, what to beware of.
    ways
        What may be given in place of the amplitude: a mass, a local density, each with what it needs beside it.

    Examples
    --------
    >>> from profiles import library
    >>> about = library.about("nfw")
    >>> about.kind, about.parameters[1].name, about.ways[0]
    ('profile', 'r_s', 'local_density [GeV cm-3] with r_sun [kpc]')
    """

    name: str
    kind: str
    summary: str
    text: str
    parameters: tuple[Parameter, ...]
    reference: str
    status: str
    note: str = ""
    ways: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as lines of text."""
        lines = [f"{self.name} ({self.kind})", self.summary, *([self.text] if self.text else [])]
        if self.parameters:
            width = max(len(parameter.name) for parameter in self.parameters)
            lines.append("parameters")
            lines += [f"  {p.name:<{width}}  {_default(p):<16}  {p.meaning}".rstrip() for p in self.parameters]
        lines += [f"  or {way}" for way in self.ways]
        ends = {"reference": self.reference, "status": self.status, "note": self.note}
        return "\n".join([*lines, *(f"{key}: {value}" for key, value in ends.items() if value)])


def catalogue() -> list[Row]:
    """Return a row for every profile and every preset; a plug-in that fails is a row that says so.

    Examples
    --------
    >>> next(row.summary for row in catalogue() if row.name == "burkert")
    'Cored halo, rho_s / [(1 + x)(1 + x^2)], x = r / r_s.'
    """
    rows = [_profile_row(name) for name in names()]
    for name in preset_names():
        found = preset(name)
        rows.append(Row(name, "preset", found.title, found.reference, found.status, "skymodel"))
    return rows


def about(name: str) -> About:
    """Return what a profile or a preset is: formula, parameters with units and defaults, reference, status.

    Raises
    ------
    ValueError
        If there is neither; the nearest name is suggested.

    Examples
    --------
    >>> print(about("einasto").parameters[2])
    Parameter(name='alpha', unit='', default=0.17, meaning='How fast the slope changes.')
    """
    if name in preset_names():
        return _about_preset(preset(name))
    if ":" not in name and name not in names():
        known = [*names(), *preset_names()]
        raise ValueError(f"no profile or preset {name!r}{options(name, known, 'there are', '`skymodel profiles`')}")
    maker = get(name)
    sections = _sections(inspect.getdoc(maker) or "")
    meanings = _meanings(sections.get("Parameters", ""))
    listed = tuple(
        Parameter(field.name, field.unit, field.default, meanings.get(field.name, "")) for field in parameters(maker)
    )
    return About(
        name,
        "profile",
        sections["summary"],
        sections["text"],
        listed,
        " ".join(sections.get("References", "").split()),
        "defaults marked memory, unverified" if "unverified" in (inspect.getdoc(maker) or "") else "",
        ways=tuple(map(_way, constructors(maker))),
    )


def _way(constructor: Any) -> str:
    """Return what a constructor takes, as one line: ``m_200 [Msun] with c; h = 0.674``."""
    first, *others = parameters(constructor)
    needed = [_named(one) for one in others if one.default is inspect.Parameter.empty]
    others = [one for one in others if one.default is not inspect.Parameter.empty]
    beside = f" with {', '.join(needed)}" if needed else ""
    return _named(first) + beside + "".join(f"; {one.name} = {_default(one)}" for one in others)


def _named(declared: Any) -> str:
    return f"{declared.name} [{declared.unit}]" if declared.unit else str(declared.name)


def _about_preset(found: Preset) -> About:
    lines = [f"  {name}: {_plain(str(dict(part)))}" for name, part in found.components.items()]
    text = "\n".join([f"role: {found.role}", "components", *lines])
    return About(found.name, "preset", found.title, text, (), found.reference, found.status, found.note)


def _profile_row(name: str) -> Row:
    packages = ", ".join(owner(claim) for claim in claims(name))
    try:
        known = about(name)
    except ValueError as error:
        return Row(name, "profile", "", "", f"cannot be loaded: {error}", packages)
    return Row(name, "profile", known.summary, known.reference, known.status, packages)


def _sections(doc: str) -> dict[str, str]:
    """Return the parts of a numpydoc docstring: "summary", "text" and those with a ruled heading."""
    pieces = re.split(r"^(\w+)\n-{3,}\n", _plain(doc), flags=re.MULTILINE)
    summary, _, text = pieces[0].strip().partition("\n\n")
    found = {"summary": " ".join(summary.split()), "text": " ".join(text.split())}
    return found | {heading: body.strip() for heading, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def _meanings(section: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", section):
        heading, _, body = block.partition("\n")
        found |= {name.strip(): " ".join(body.split()) for name in heading.split(",")}
    return found


def _default(parameter: Parameter | Declared) -> str:
    if parameter.default is None or parameter.default is inspect.Parameter.empty:
        need = "optional" if parameter.default is None else "required"
        return f"{need} [{parameter.unit}]" if parameter.unit else need
    value = f"{parameter.default:.6g}" if isinstance(parameter.default, float) else str(parameter.default)
    return f"{value} {parameter.unit}".strip()


_TEX = (
    (r":\w+:`~?([^`<]*)`", r"\1"),
    (r"\\(?:mathrm|rm|text)\{([^}]*)\}", r"\1"),
    (r"\\frac\{([^}]*)\}\{(.*?)\}(?=\.| |$)", r"(\1) / (\2)"),
    (r"\\,", " "),
    (r"_\{([^{}]*)\}", r"_\1"),
    (r"\^\{([^{}]*)\}", r"^(\1)"),
    (r"\\times", "x"),
    (r"\\[{}]", lambda found: {"{": "[", "}": "]"}[found.group()[1]]),
    (r"\\([a-zA-Z]+)", r"\1"),
    (r"pm ", "+- "),
    (r"``?", ""),
)


def _plain(text: str) -> str:
    """Return a docstring without markup: TeX commands lose their backslash."""
    for pattern, replacement in _TEX:
        text = re.sub(pattern, replacement, text)
    return text
