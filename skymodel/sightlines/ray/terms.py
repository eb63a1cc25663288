"""The one place where a density is split into terms: J of a sum is the sum of the Js.

Taken whole, a sum has the lowest symmetry of its terms and all their edges everywhere; term by term each keeps its own
symmetry, and a faint or small one needs only its share of the total's tolerance. Terms that are alike in symmetry and
hints stay together: they would take the same sight lines.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import replace

from profiles import Density, Product
from profiles.contract.algebra import expanded, parts_of, total
from skymodel.sightlines.ray.integrate import SightLines

HALF = 0.5  # of the tolerance is relative to each term itself, the other half is shared out relative to the total


def terms(lines: SightLines) -> tuple[SightLines, ...]:
    """Return sight lines through the terms that a density is the sum of, the broad and symmetric ones first.

    Each carries the weight of one evaluation of it: its number of terms over that of the whole density.
    """
    leaves, groups = expanded(lines.density), dict[object, list[Density]]()
    for leaf in leaves:
        groups.setdefault((leaf.symmetry, leaf.mirror_z, leaf.hints, leaf.support), []).append(leaf)
    if len(groups) == 1:
        return (lines,)
    found = [
        replace(lines, density=_factored(group), weight=lines.weight * len(group) / len(leaves))
        for group in groups.values()
    ]
    return tuple(sorted(found, key=lambda term: (bool(term.density.hints.points), term.density.symmetry == "none")))


def share(count: int, rtol: float) -> tuple[float, float]:
    """Return what each of `count` terms may err by: relative to itself, and to the total of those before it.

    Errors add up: half the tolerance goes to each in proportion to what it adds, half in equal shares of the total.
    """
    return (rtol, 0.0) if count == 1 else (HALF * rtol, (1 - HALF) * rtol / (count - 1))


def _factored(group: Sequence[Density]) -> Density:
    """Return the sum of densities, what all of them are products with taken out: it is evaluated once."""
    first, *others = (parts_of(density, Product) for density in group)
    common = [part for part in first if all(any(part is other for other in parts) for parts in others)]
    rests = [[part for part in parts if not any(part is one for one in common)] for parts in (first, *others)]
    if not common or not all(rests):
        return total(group)
    return functools.reduce(operator.mul, (*common, total(functools.reduce(operator.mul, rest) for rest in rests)))
