"""The density pairs that the ratio claim is judged over by default: published halos and electron distributions.

They are presets of :mod:`profiles.library`, whole or in part. Electrons of mass models are one per baryon, as in
Lawson & Zhitnitsky (2007). Amplitudes cancel in every ratio but give the means of J.

Two tracers. "Visible matter, as printed" is the claim as the paper writes it: any distribution of visible matter, stars
and parts of models included, gas disks with an empty centre too. "Interstellar electrons" are whole models of the gas,
which fills the centre: on these the verdict rests.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

from profiles import Density, library
from profiles.shelf.tracers import INTERSTELLAR, PRINTED

INTERSTELLAR_RTOL = 1e-3  # of W with whole gas models, whose small off-centre clouds are dear

_HALOS: Mapping[str, Any] = {  # from the cuspiest to the most cored
    "fermi_generalized_nfw": {"preset": "fermi_generalized_nfw"},
    "pppc4dmid_moore": {"preset": "pppc4dmid_moore"},
    "pppc4dmid_nfw": {"preset": "pppc4dmid_nfw"},
    "mcmillan2017_halo": {"preset": "mcmillan2017_halo"},
    "pppc4dmid_einasto": {"preset": "pppc4dmid_einasto"},
    "pppc4dmid_isothermal": {"preset": "pppc4dmid_isothermal"},
    "pppc4dmid_burkert": {"preset": "pppc4dmid_burkert"},
}
_ELECTRONS: Mapping[str, Any] = {  # from the most to the least concentrated
    "mcmillan2017_bulge": {"preset": "mcmillan2017_stars", "thin_disk": None, "thick_disk": None},
    "miller_bregman2013": {"preset": "miller_bregman2013"},
    "mcmillan2017_baryons": {"preset": "mcmillan2017_baryons"},
    "mcmillan2017_disks": {"preset": "mcmillan2017_stars", "bulge": None},
    "ymw16_disks": {"preset": "ymw16", "centre": None},  # its off-centre cloud has no symmetry: 100 times the cost
    "mcmillan2017_gas": {"preset": "mcmillan2017_gas"},
}
_INTERSTELLAR: Mapping[str, Any] = {
    "interstellar": {"preset": "interstellar"},  # all phases, bound electrons too
    "ferriere2007_electrons": {"preset": "ferriere2007_electrons"},  # ionised gas alone
    "ymw16": {"preset": "ymw16"},
    "ne2001": {"preset": "ne2001"},
}


class Electrons(NamedTuple):
    """Electrons to be judged, with their tracer and the tolerance of W."""

    name: str
    density: Density
    tracer: str
    rtol: float


@functools.cache
def default_halos() -> dict[str, Density]:
    """Return the published halos by name.

    Examples
    --------
    >>> len(default_halos()), default_halos()["pppc4dmid_burkert"].symmetry
    (7, 'spherical')
    """
    return {name: library.dark_matter(spec) for name, spec in _HALOS.items()}


@functools.cache
def default_electrons() -> dict[str, Density]:
    """Return the published electron distributions by name; ``_bulge`` and ``_disks`` mean that part of a model.

    Examples
    --------
    >>> ", ".join(default_electrons())
    'mcmillan2017_bulge, miller_bregman2013, mcmillan2017_baryons, mcmillan2017_disks, ymw16_disks, mcmillan2017_gas'
    """
    return {name: library.electrons(spec) for name, spec in _ELECTRONS.items()}


@functools.cache
def interstellar_electrons() -> dict[str, Density]:
    """Return whole models of the interstellar electrons by name.

    Examples
    --------
    >>> list(interstellar_electrons())
    ['interstellar', 'ferriere2007_electrons', 'ymw16', 'ne2001']
    """
    return {name: library.electrons(spec) for name, spec in _INTERSTELLAR.items()}


def published_electrons(rtol: float) -> list[Electrons]:
    """Return the electrons of both tracers, to a tolerance of W that is at least 1e-3 for interstellar ones.

    Examples
    --------
    >>> [electrons.name for electrons in published_electrons(1e-4) if electrons.rtol > 1e-4]
    ['interstellar', 'ferriere2007_electrons', 'ymw16', 'ne2001']
    """
    printed = [Electrons(*one, PRINTED, rtol) for one in default_electrons().items()]
    gas = [Electrons(*one, INTERSTELLAR, max(rtol, INTERSTELLAR_RTOL)) for one in interstellar_electrons().items()]
    return gas + printed  # the dear ones first


def reference(name: str) -> str | None:
    """Return where a default density was published; None for any other name.

    Examples
    --------
    >>> reference("mcmillan2017_disks")
    'McMillan 2017, MNRAS 465, 76 (arXiv:1608.00971)'
    """
    spec = _HALOS.get(name) or _ELECTRONS.get(name) or _INTERSTELLAR.get(name)
    return library.preset(spec["preset"]).reference if spec else None
