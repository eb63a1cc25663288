"""Where sight lines cross the faces of cubes."""

from __future__ import annotations

import numpy as np

from profiles import Density, Product, Scaled, Sum
from profiles.contract.algebra import expanded
from profiles.contract.arrays import Floats
from profiles.contract.mesh import Mesh
from profiles.contract.unknown import Unknown
from profiles.tables import reach
from skymodel.sightlines.ray.geometry import Rays

_LEAST_SLOPE = 1e-200  # of a line along a face, which it never crosses


def crossings(lines: Rays, mesh: Mesh) -> Floats:
    """Return u ``(N, K)`` [kpc] where lines cross the planes of a mesh, in rising order along each axis or falling.

    What lies beyond the outermost faces is drawn back to where the line enters or leaves the body; a line that misses
    it has all in one place. The first two columns are the places where it enters and leaves.
    """
    foot, direction = mesh.turn @ (lines.foot - mesh.origin[:, None]), mesh.turn @ lines.direction
    slope = np.where(np.abs(direction) < _LEAST_SLOPE, _LEAST_SLOPE, direction)
    with np.errstate(over="ignore"):
        along = [(axis - foot[k][:, None]) / slope[k][:, None] for k, axis in enumerate(mesh.axes)]
    ends = [np.sort(u[:, [0, -1]], axis=1) for u in along]
    enter = np.max([pair[:, 0] for pair in ends], axis=0)[:, None]
    leave = np.maximum(np.min([pair[:, 1] for pair in ends], axis=0)[:, None], enter)
    return np.asarray(np.clip(np.concatenate([enter, leave, *along], axis=1), enter, leave))


def bounds(density: Density) -> tuple[Mesh, ...]:
    """Return the meshes outside of any of which a density is zero."""
    match density:
        case Product():
            return tuple(mesh for part in density.parts for mesh in bounds(part))
        case Scaled():
            return bounds(density.density)
        case Sum():
            return bounds(density.parts[0]) if len(density.parts) == 1 else ()
    return tuple(mesh for mesh in density.hints.meshes if mesh.hollow)


def left_out(density: Density, r_max: float) -> float:
    """Return about what share of its integral to `r_max` [kpc] a density misses that is zero outside of a cube.

    That of the term and the axis of the cube where it is largest; the density is continued beyond the face with the
    slope that it has within. 0 if there is no such cube.
    """
    found = [0.0]
    for term in expanded(density):
        for mesh in bounds(term):

            def inside(x: Floats, y: Floats, z: Floats, term: Density = term, mesh: Mesh = mesh) -> Floats:
                return np.asarray(term(*(mesh.turn.T @ np.stack([x, y, z]) + mesh.origin[:, None])))

            ends = [(float(axis[0]), float(axis[-1])) for axis in mesh.axes]
            try:
                found += [reach.left_out(inside, ends, name, r_max).share for name in reach.AXES]
            except Unknown:  # another factor ends before the cube does
                continue
    return max(found)
