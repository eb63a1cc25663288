"""A density along pieces of sight lines: called in the fewest coordinates, what it returns checked every time."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from profiles import Density, Product, Scaled, Sum
from profiles.contract.arrays import Floats, Ints
from profiles.contract.beside import Beside, leading_axes
from profiles.contract.box import Box
from profiles.contract.unknown import Unknown
from skymodel.sightlines.ray.pieces import Pieces, about_axis
from skymodel.sightlines.ray.quadrature import Integrand, Panels
from skymodel.sightlines.ray.rules import Nature

_Places = Callable[[Ints, Floats, Floats], tuple[Floats, ...]]


def panels(pieces: Pieces, owner: Ints) -> Panels:
    """Return the pieces as panels of the integrals `owner` ``(M,)``."""
    stretches = pieces.scale * np.cosh(np.stack([pieces.left, pieces.right]))
    return Panels(owner, pieces.left, pieces.right, stretches[0], stretches[1], pieces.joined)


def nature(density: Density) -> Nature:
    """Return what a density says of integrands along its pieces: boxes bend them."""
    if density.smooth:
        return "bent" if any(isinstance(core, Box) for core in density.hints.cores) else "smooth"
    return "unknown" if density.smooth is None else "kinked"


def integrand(density: Any, pieces: Pieces) -> Integrand:
    """Return density times path length per t, as a function of (piece, t): arrays ``(P, 1)`` and ``(P, K)``.

    The values are ``(..., P, K)``, with the leading axes of densities side by side.

    The function raises ValueError if what the density returns is no density. Overflow and the like inside the density
    do not warn when it is called under ``numpy.errstate(all="ignore")``: only the values count.
    """
    method, locate = {
        "spherical": ("radial", _radii),
        "axisymmetric": ("meridional", _meridional_places),
        "none": ("__call__", _cartesian_places),
    }[density.symmetry]
    places = locate(pieces)
    half_scale = 0.5 * pieces.scale

    def values(piece: Ints, t: Floats) -> Floats:
        half = half_scale[piece]
        grown = np.exp(t)
        grown *= half
        shrunk = half * half / grown
        stretch = grown + shrunk  # scale cosh(t)
        grown -= shrunk  # scale sinh(t)
        where = places(piece, grown, stretch)
        return checked(density, method, where) * stretch

    return values


def _radii(pieces: Pieces) -> _Places:
    return lambda piece, u, r: (r,)  # about the foot r = p cosh(t) is the radius itself


def _meridional_places(pieces: Pieces) -> _Places:
    distance, offset, slope = about_axis(pieces.base, pieces.direction)
    square, height, rise = distance * distance, pieces.base[2], pieces.direction[2]

    def places(piece: Ints, u: Floats, _: Floats) -> tuple[Floats, ...]:
        z = u * rise[piece]
        z += height[piece]
        R = u
        R *= slope[piece]
        R += offset[piece]
        R *= R
        R += square[piece]
        return np.sqrt(R, out=R), z

    return places


def _cartesian_places(pieces: Pieces) -> _Places:
    axes = tuple(zip(pieces.base, pieces.direction, strict=True))

    def places(piece: Ints, u: Floats, _: Floats) -> tuple[Floats, ...]:
        found = tuple(u * direction[piece] for _, direction in axes)
        for place, (base, _) in zip(found, axes, strict=True):
            place += base[piece]
        return found

    return places


def checked(density: Any, method: str, where: tuple[Floats, ...]) -> Floats:
    """Return the density there; if it is none, raise ValueError that blames the innermost part at fault."""
    try:
        return _values(density, method, where)
    except ValueError:
        for part in made_of(density):
            checked(part, method, where)
        raise


def made_of(density: Any) -> tuple[Any, ...]:
    """Return the densities that a density is the product or sum of, or a multiple."""
    if isinstance(density, Scaled):
        return (density.density,)
    return density.parts if isinstance(density, Product | Sum | Beside) else ()


def _values(density: Any, method: str, where: tuple[Floats, ...]) -> Floats:
    shape = where[0].shape
    expected = leading_axes(density) + shape
    try:
        found = getattr(density, method)(*where)
    except Exception as error:  # a user's own function may raise anything
        if isinstance(error, Unknown) or from_signal(error):
            raise
        raise ValueError(
            f"{name(density)} raised {type(error).__name__} ({error}) when called with arrays of shape {shape}; "
            "a density takes arrays: use numpy functions, or numpy.vectorize"
        ) from error
    values = np.asarray(found)
    if hasattr(found, "unit") or values.dtype.kind not in "fiu" or values.shape != expected:
        kind = "a Quantity" if hasattr(found, "unit") else f"{values.dtype} values"
        raise ValueError(
            f"{name(density)} returned {kind} of shape {values.shape} for coordinates of shape {shape}; "
            "a density returns plain real numbers, in its declared unit, of the shape it is called with"
        )
    if not (values.min(initial=0) >= 0 and values.max(initial=0) < np.inf):
        first = int(np.argmax(~((values >= 0) & (values < np.inf))))
        axes = {1: "r", 2: "(R, z)", 3: "(x, y, z)"}[len(where)]
        place = ", ".join(f"{axis.flat[first % axis.size]:.6g}" for axis in where)
        raise ValueError(
            f"{name(density)} is {values.flat[first]} at {axes} = {place} kpc; "
            "a density is finite and not negative everywhere on the path"
        )
    return values


def from_signal(error: BaseException) -> bool:
    """Return whether a handler of signals raised this, an alarm's for example: then it is no fault of the density."""
    handlers = {getattr(signal.getsignal(number), "__code__", None) for number in signal.valid_signals()}
    return any(frame.f_code in handlers for frame, _ in traceback.walk_tb(error.__traceback__))


def name(density: Any) -> str:
    """Return what to call a density in a message: its class, the function it was made from, or its parts."""
    if parts := made_of(density):
        return (" + " if isinstance(density, Sum) else " * ").join(map(name, parts))
    return getattr(getattr(density, "function", None), "__name__", type(density).__name__)
