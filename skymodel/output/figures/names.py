"""What figures and pages call things: "NFW (Cirelli 2011)" and "511 keV line" instead of identifiers.

The names are derived from the identifiers and the references of the shelf, so that a new preset has one without
anybody writing it; what is unknown is shown as it is, its underscores as spaces.
"""

from __future__ import annotations

import functools
import re
from typing import Any

_FORMS = {
    "nfw": "NFW",
    "generalized nfw": "generalised NFW",
    "einasto": "Einasto",
    "einasto b": "Einasto with baryons",
    "moore": "Moore",
    "burkert": "Burkert",
    "isothermal": "isothermal",
    "nsc": "nuclear star cluster",
    "nsd": "nuclear stellar disk",
    "bar": "bar",
}
_REGIONS = {
    "integral_circle": "INTEGRAL circle, 6° about the centre",
    "comptel_window": "COMPTEL window, |l| < 30°, |b| < 5°",
    "all_sky": "whole sky",
}
_MODELS = {  # known by a name of their own, or by two authors
    "ymw16": "YMW16",
    "ne2001": "NE2001",
    "ne2025": "NE2025",
    "mwpotential2014": "MWPotential2014",
    "miller_bregman2013": "hot halo (Miller & Bregman 2013)",
    "miller_bregman2015": "hot halo (Miller & Bregman 2015)",
    "interstellar": "all gas phases (Ferriere 2007, McMillan 2017)",
    "paper_halo": "NFW (our stand-in)",
    "siegert_nfw": "NFW (Siegert, lospy)",
}


def density_name(identifier: str) -> str:
    """Return what a reader calls a preset of a density.

    Examples
    --------
    >>> density_name("pppc4dmid_nfw"), density_name("mcmillan2017_baryons")
    ('NFW (Cirelli 2011)', 'baryons (McMillan 2017)')
    >>> density_name("this run"), density_name("my_own_thing")
    ('this run', 'my own thing')
    >>> density_name("ymw16_disks")
    'YMW16 disks'
    """
    model = next((name for name in _MODELS if identifier == name or identifier.startswith(f"{name}_")), None)
    if model is not None:
        rest = identifier.removeprefix(model).replace("_", " ")
        return _MODELS[model] + rest
    author, year, rest = _source(identifier)
    what = rest.replace("_", " ").strip()
    what = _FORMS.get(what, what)
    if not author:
        return what or identifier.replace("_", " ")
    source = f"{author} {year}".strip()
    return f"{what} ({source})" if what else source


def map_name(identifier: str) -> str:
    """Return what a reader calls a map: "511 keV line", "continuum, 1-20 MeV" with a proper dash.

    Examples
    --------
    >>> map_name("LINE_511"), map_name("CONTINUUM_1_20"), map_name("J")
    ('511 keV line', 'continuum, 1–20 MeV', 'J, the column of the product of densities')
    >>> map_name("siegert2016")
    'Siegert 2016'
    """
    if identifier == "J":
        return "J, the column of the product of densities"
    if identifier == "LINE_511":
        return "511 keV line"
    if found := re.fullmatch(r"CONTINUUM_([\d.]+)_([\d.]+)", identifier):
        return f"continuum, {found[1]}–{found[2]} MeV"  # noqa: RUF001
    if found := re.fullmatch(r"([a-z]+)(\d{4})", identifier):  # a published sky
        return f"{found[1].capitalize()} {found[2]}"
    return identifier.replace("_", " ")


def region_name(identifier: str) -> str:
    """Return what a reader calls a region.

    Examples
    --------
    >>> region_name("all_sky")
    'whole sky'
    """
    return _REGIONS.get(identifier, identifier.replace("_", " "))


def background_name(identifier: str) -> str:
    """Return what a reader calls a background of COMPTEL's points.

    Examples
    --------
    >>> background_name("none"), background_name("free: Orlando_DRE")
    ('no background', 'Orlando DRE, free norm')
    """
    name = identifier.removeprefix("free: ").replace("_", " ")
    return (
        "no background"
        if identifier == "none"
        else name + (", free norm" if name != identifier.replace("_", " ") else "")
    )


def unit_name(unit: Any) -> str:
    """Return a unit as the field writes it, powers raised.

    Examples
    --------
    >>> from astropy import units
    >>> unit_name(units.Unit("1 / (s sr cm2)")), unit_name(units.Unit("GeV2 / cm6")), unit_name(units.Unit(""))
    ('cm⁻² s⁻¹ sr⁻¹', 'GeV² cm⁻⁶', '')
    """
    text = str(unit.to_string("fits")) if str(unit) else ""
    order = sorted(text.replace("(", " ").replace(")", " ").split(), key=_place)
    return " ".join(order).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _place(factor: str) -> int:
    """Return the place of a factor in a unit: cm-2 s-1 sr-1."""
    names = ("GeV", "MeV", "kpc", "cm", "s-", "sr")
    return next((place for place, name in enumerate(names) if factor.startswith(name)), len(names))


def factor_name(identifier: str) -> str:
    """Return in short whose window factor it is.

    Examples
    --------
    >>> factor_name("paper: W = 1"), factor_name("this run (visible matter, as printed)")
    ('paper', 'this run')
    """
    return re.split("[:(]", identifier)[0].strip()


def parameter_name(path: str) -> str:
    r"""Return what a reader calls a parameter, by its place in the configuration.

    Examples
    --------
    >>> parameter_name("dark_matter.r_s"), parameter_name("electrons.0.gamma")
    ('dark matter\n$r_{s}$', 'electrons 1\ngamma')
    """
    *place, last = path.split(".")
    where = " ".join(str(int(part) + 1) if part.isdigit() else part.replace("_", " ") for part in place)
    stem, _, index = last.partition("_")
    below = rf"_{{\mathrm{{{index}}}}}" if len(index) > 1 else f"_{{{index}}}"
    symbol = f"${stem}{below if index else ''}$" if len(stem) == 1 else last.replace("_", " ")
    return f"{where}\n{symbol}".strip()


def _source(identifier: str) -> tuple[str, str, str]:
    """Return first author, year and the rest of a preset's identifier; no author where it is not known."""
    reference = _reference(_longest(identifier))
    if reference is None:
        return "", "", identifier
    author = re.match(r"[^\W\d_]+(?:[- ][A-Z][^\W\d_]+)*", reference)
    year = re.search(r"\b(?:19|20)\d\d\b", reference)
    rest = identifier.split("_", 1)[1] if "_" in identifier else ""
    if re.fullmatch(r"[a-z]+[0-9]{4}", rest):  # miller_bregman2013: two authors
        rest = ""
    return (author.group(0) if author else "", year.group(0) if year else "", rest)


def _longest(identifier: str) -> str:
    """Return the preset that an identifier names, whole or with a part of it added: "ymw16_disks" is of "ymw16"."""
    known = _presets()
    parts = identifier.split("_")
    whole = ("_".join(parts[:size]) for size in range(len(parts), 0, -1))
    mass = (f"{'_'.join(parts[:size])}_stars" for size in range(len(parts), 0, -1))
    return next((name for name in (*whole, *mass) if name in known), "")


@functools.cache
def _presets() -> frozenset[str]:
    from profiles.shelf.literature import preset_names

    return frozenset(preset_names())


@functools.cache
def _reference(preset: str) -> str | None:
    from profiles import library

    if not preset:
        return None
    try:
        return library.preset(preset).reference
    except (KeyError, ValueError):
        return None
