"""Where a density has kinks, edges and concentrations: what an integrator may know beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from profiles.contract.box import Box
from profiles.contract.mesh import Mesh
from profiles.contract.oval import Oval

Surface = float | tuple[float, float]  # a place [kpc]; or that and the thickness [kpc] of a layer there
SIDES = 2.0, 8.0, 32.0  # thicknesses to both sides at which a layer is cut: a Gaussian is nothing beyond the second


@dataclass(frozen=True)
class Hints:
    r"""Where a density has kinks or edges: hints speed the integration up and are never needed.

    A smooth density does best without: every hint splits every sight line once more (measured: the scale heights of
    a disk cost 10 to 60 % more evaluations at rtol 1e-6).

    Parameters
    ----------
    spheres, cylinders, planes
        Radii r, cylindrical radii R and heights \|z\| [kpc]: edges, or, as pairs ``(place, thickness)`` [kpc], layers
        (the thickness is the standard deviation of a Gaussian, the width of a slab, about).
    points
        Places ``(x, y, z, size)`` [kpc] away from the centre around which the density is concentrated.
    walls
        Upright planes through the rotation axis, by the azimuth [deg] from the x towards the y axis.
    ovals
        Ellipsoids and boxes (:class:`profiles.contract.box.Box`) anywhere: sharp edges or kinks of the density.
    meshes
        The faces of cubes: lines are cut at each, and maps take the way of lumpy skies.
    cores
        Ellipsoids and boxes on which a density that grows towards their centre is the same, with its scale lengths:
        lines are cut where they come closest to the centre in units of these. Nothing need bend there.

    Examples
    --------
    >>> from profiles import Hints
    >>> Hints(spheres=(5.0,)).spheres  # a density with an edge at 5 kpc
    (5.0,)
    >>> Hints(spheres=((9.0, 0.005),)).spheres  # with a shell 5 pc thick
    ((9.0, 0.005),)
    """

    spheres: tuple[Surface, ...] = ()
    cylinders: tuple[Surface, ...] = ()
    planes: tuple[Surface, ...] = ()
    points: tuple[tuple[float, float, float, float], ...] = ()
    walls: tuple[float, ...] = ()
    ovals: tuple[Oval | Box, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    cores: tuple[Oval | Box, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no place."""
        for name in ("spheres", "cylinders", "planes"):
            for surface in getattr(self, name):
                _require_surface(name, surface)
        for point in self.points:
            if len(point) != 4:
                raise ValueError(f"Hints.points = {point}; allowed: (x, y, z, size) [kpc]")
            if not all(math.isfinite(place) for place in point if _is_number(place)) or (
                _is_number(point[3]) and point[3] <= 0
            ):
                raise ValueError(f"Hints.points = {point}; allowed: finite x, y, z and a size > 0 [kpc]")

    def __or__(self, other: Hints) -> Hints:
        """Return the hints of both, without repetition."""
        return Hints(**{f.name: _union(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)})


def surfaces(places: Iterable[Surface]) -> tuple[float, ...]:
    """Return where to cut for surfaces: at each, and at those on both sides of a layer that are no less than 0.

    Examples
    --------
    >>> surfaces([5.0, (1.0, 0.25)])
    (5.0, 0.5, 1.0, 1.5, 3.0, 9.0)
    """
    cuts: list[float] = []
    for surface in places:
        place, thickness = surface if isinstance(surface, tuple) else (surface, 0.0)
        away = [side * thickness for side in SIDES] if isinstance(surface, tuple) else []
        cuts += [place - gap for gap in reversed(away) if place > gap]
        cuts += [place, *(place + gap for gap in away)]
    return tuple(cuts)


def _require_surface(name: str, surface: Any) -> None:
    if isinstance(surface, tuple | list) and (type(surface) is list or len(surface) != 2):
        raise ValueError(f"Hints.{name} = {surface}; allowed: a length or a tuple (length, thickness) [kpc]")
    place, thickness = surface if isinstance(surface, tuple) else (surface, 1.0)
    if _is_number(place) and not 0 <= place < math.inf:
        raise ValueError(f"Hints.{name} = {place}; allowed: finite lengths >= 0 [kpc]")
    if _is_number(thickness) and not 0 < thickness < math.inf:
        raise ValueError(f"Hints.{name} = {surface}; allowed: a finite thickness > 0 [kpc]")


def _is_number(value: Any) -> bool:
    """Return whether a value is known: not one that an array library traces."""
    return isinstance(value, int | float)


def _union(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*first, *second)))
