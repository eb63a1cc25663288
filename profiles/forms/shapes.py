"""Any density reshaped: flattened, triaxial, turned, moved. Each wraps a density and is one again.

Squeezing keeps the values along the long axis, so that the mass inside shrinks with the axis ratios.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats, array_namespace
from profiles.contract.density import Array, Axisymmetric, Density, Hints, Oval
from profiles.contract.fields import Angle, Coordinate, Positive
from profiles.contract.hints import Surface, surfaces
from profiles.forms.halos import NFW


def _require_spherical(owner: Density, density: Density) -> None:
    if density.symmetry != "spherical":
        raise ValueError(f"{type(owner).__name__}.density is {density.symmetry}; give a spherical density")


def _radial(density: Density, r: Array) -> Array:
    return density.radial(r)  # type: ignore[attr-defined]  # promised by `symmetry`


@dataclass(frozen=True)
class Flattened(Axisymmetric):
    r"""A spherical density as a function of :math:`m^2 = R^2 + (z / q)^2`.

    Parameters
    ----------
    density
        A spherical density.
    q
        Axis ratio z : R; above 1 it is prolate. The default is that of the halo of Portail et al. 2017.

    References
    ----------
    Portail et al. 2017, MNRAS 465, 1621 (0.8, as read in the Agama distribution).

    Examples
    --------
    >>> from profiles import NFW, Flattened
    >>> halo = Flattened(NFW(), q=0.5)
    >>> float(halo.meridional(0.0, 4.0)) == float(halo.meridional(8.0, 0.0))
    True
    """

    density: Density = NFW()
    q: Positive = 0.8

    def check(self) -> None:
        """Refuse a density that is not spherical."""
        _require_spherical(self, self.density)

    def meridional(self, R: Array, z: Array) -> Array:
        """Return the density at cylindrical radius `R` and height `z` [kpc]."""
        height = z / self.q
        return _radial(self.density, array_namespace(R, z).sqrt(R * R + height * height))

    @property
    def smooth(self) -> bool | None:
        """As the density."""
        return self.density.smooth

    @property
    def hints(self) -> Hints:
        """The spheres of the density, flattened."""
        return Hints(ovals=_squeezed(self.density.hints.spheres, 1.0, self.q))


@dataclass(frozen=True)
class Triaxial(Density):
    r"""A spherical density as a function of :math:`m^2 = x^2 + (y / p)^2 + (z / q)^2`.

    Turn it with :class:`Rotated`.

    Parameters
    ----------
    density
        A spherical density.
    p
        Axis ratio y : x. The defaults are an illustration in the range of simulated halos.
    q
        Axis ratio z : x.

    Examples
    --------
    >>> from profiles import NFW, Triaxial
    >>> halo = Triaxial(NFW(), p=0.8, q=0.5)
    >>> float(halo(0.0, 0.0, 4.0)) == float(halo(8.0, 0.0, 0.0))
    True
    """

    density: Density = NFW()
    p: Positive = 0.8
    q: Positive = 0.6

    def check(self) -> None:
        """Refuse a density that is not spherical."""
        _require_spherical(self, self.density)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        width, height = y / self.p, z / self.q
        return _radial(self.density, array_namespace(x, y, z).sqrt(x * x + width * width + height * height))

    @property
    def mirror_z(self) -> bool:
        """Its axes are the Galaxy's, so it is its own mirror image."""
        return True

    @property
    def smooth(self) -> bool | None:
        """As the density."""
        return self.density.smooth

    @property
    def hints(self) -> Hints:
        """The spheres of the density, squeezed, and where lines come closest to its centre by its own measure."""
        ovals = _squeezed(self.density.hints.spheres, self.p, self.q)
        return Hints(ovals=ovals, cores=_squeezed((1.0,), self.p, self.q))


@dataclass(frozen=True)
class Rotated(Density):
    r"""A density turned about the Galaxy's axis, and before that about its own x axis.

    With ``angle`` > 0 the end of the body's x axis that is nearer to the Sun lies at l > 0, as the Galactic bar's.

    Parameters
    ----------
    density
        Any density, in its own axes.
    angle
        Between the body's x axis and the line from the Sun to the centre [deg].
    tilt
        Turn about the body's x axis, which lifts its y axis to the north [deg].

    Examples
    --------
    >>> from profiles import DwekBar, Rotated
    >>> bar = Rotated(DwekBar(bar_angle=0.0), angle=90.0)
    >>> round(float(bar(0.0, 1.58, 0.0) / bar(0.0, 0.0, 0.0)), 6)  # its long axis along y
    0.606531
    """

    density: Density = Triaxial()
    angle: Angle = 25.0
    tilt: Angle = 0.0

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        x, y = turned(x, y, self.angle)
        y, z = turned(y, z, -self.tilt)
        return self.density(x, y, z)

    @property
    def mirror_z(self) -> bool:
        """As the density's own, unless it is tilted."""
        return self.tilt == 0 and self.density.mirror_z

    @property
    def smooth(self) -> bool | None:
        """As the density, but that a tilt turns its plane and its axis to where no line is cut."""
        return False if self.density.smooth and self.tilt != 0 else self.density.smooth

    @property
    def hints(self) -> Hints:
        """Those of the density, turned; with a tilt without its cylinders, planes and walls."""
        own, turn = self.density.hints, self._turn
        places = [turn.T @ point[:3] for point in own.points]
        points = tuple((*place.tolist(), point[3]) for place, point in zip(places, own.points, strict=True))
        ovals = tuple(oval.moved(turn) for oval in own.ovals)
        cores = tuple(core.moved(turn) for core in own.cores)
        meshes = tuple(mesh.turned(turn) for mesh in own.meshes)
        if self.tilt != 0:
            return Hints(own.spheres, points=points, ovals=ovals, meshes=meshes, cores=cores)
        walls = tuple(wall - self.angle for wall in own.walls)
        return Hints(own.spheres, own.cylinders, own.planes, points, walls, ovals, meshes, cores)

    @property
    def support(self) -> Oval | None:
        """That of the density, turned."""
        own = self.density.support
        return own.moved(self._turn) if own else None

    @property
    def _turn(self) -> Floats:
        """The matrix ``(3, 3)`` from the Galaxy's axes to the body's."""
        x, y = turned(np.eye(3)[0], np.eye(3)[1], self.angle)
        y, z = turned(y, np.eye(3)[2], -self.tilt)
        return np.stack([x, y, z])


@dataclass(frozen=True)
class Shifted(Density):
    """A density whose centre lies elsewhere.

    Parameters
    ----------
    density
        Any density.
    x_0, y_0, z_0
        Where its centre lies [kpc]. The default is an illustration.
    size
        Extent of the place that sight lines must not miss [kpc].

    Examples
    --------
    >>> from profiles import Burkert, Shifted
    >>> halo = Shifted(Burkert(rho_s=1.0), y_0=0.2)
    >>> float(halo(0.0, 0.2, 0.0))
    1.0
    """

    density: Density = NFW()
    x_0: Coordinate = 0.0
    y_0: Coordinate = 0.2
    z_0: Coordinate = 0.0
    size: Positive = 0.1

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        return self.density(x - self.x_0, y - self.y_0, z - self.z_0)

    @property
    def mirror_z(self) -> bool:
        """As the density's own, if it stays in the plane."""
        return self.z_0 == 0 and self.density.mirror_z

    @property
    def smooth(self) -> bool | None:
        """As the density, but that its plane and its axis lie where no line is cut."""
        return self.density.smooth and False

    @property
    def hints(self) -> Hints:
        """The new centre, unless it is a cube's, and the points, ovals and meshes of the density."""
        own, shift = self.density.hints, (self.x_0, self.y_0, self.z_0)
        points = tuple((x + self.x_0, y + self.y_0, z + self.z_0, size) for x, y, z, size in own.points)
        ovals = tuple(oval.moved(np.eye(3), shift) for oval in own.ovals)
        cores = tuple(core.moved(np.eye(3), shift) for core in own.cores)
        meshes = tuple(mesh.moved(np.array(shift)) for mesh in own.meshes)
        points = points if meshes else ((*shift, self.size), *points)
        return Hints(points=points, ovals=ovals, meshes=meshes, cores=cores)

    @property
    def support(self) -> Oval | None:
        """That of the density, moved."""
        own = self.density.support
        return own.moved(np.eye(3), (self.x_0, self.y_0, self.z_0)) if own else None


def _squeezed(spheres: tuple[Surface, ...], p: float, q: float) -> tuple[Oval, ...]:
    return tuple(Oval.along_axes((0.0, 0.0, 0.0), (r, p * r, q * r)) for r in surfaces(spheres) if r > 0)


def turned(x: Array, y: Array, angle: Any) -> tuple[Array, Array]:
    """Return the coordinates along axes turned clockwise by `angle` [deg]."""
    xp = array_namespace(x, y)
    radians = xp.asarray(angle * (math.pi / 180))  # in the arrays' own library, which may differentiate it
    sine, cosine = xp.sin(radians), xp.cos(radians)
    return x * cosine - y * sine, x * sine + y * cosine
