"""Line-of-sight integrals of a density, every one with its error.

:func:`line_of_sight` is the door; :class:`SightLines` is the kernel that maps and means are built on. A density is
evaluated in the fewest coordinates that its symmetry allows, and what it returns is checked once per call.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units
from numpy.typing import NDArray

from profiles import Density
from skymodel.sightlines import quadrature
from skymodel.sightlines.geometry import Floats, Observer, PathEnd, Rays, axis_coordinates, breaks, rays, unit_vectors

SMALLEST_RTOL = 1e-13  # below this the rounding floor alone exceeds the tolerance
FAINT = 1e-9  # directions fainter than this share of the brightest are integrated to its tolerance


@dataclass(frozen=True)
class LineIntegrals:
    """Line integrals, bounds of their errors, the evaluations they took, and the unit of the first two."""

    value: Floats
    error: Floats
    evaluations: NDArray[np.intp]
    unit: Any


@dataclass(frozen=True)
class AlongLine:
    """What a sight line passes: arrays ``(..., steps)`` over the directions' shape.

    Parameters
    ----------
    distance
        Distance from the observer [kpc].
    integrand
        The density there, in ``unit``.
    share
        Share of the whole integral that lies nearer than this.
    """

    distance: Floats
    integrand: Floats
    share: Floats
    unit: Any


def line_of_sight(
    density: Density,
    lon: Any,
    lat: Any = None,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
) -> LineIntegrals:
    """Return the integrals of `density` along sight lines.

    Parameters
    ----------
    density
        What is integrated.
    lon, lat
        Galactic directions [deg], of any shape; or one SkyCoord as `lon`.
    observer
        Where the lines start.
    r_max, s_max
        Where they end [kpc]: on a Galactocentric sphere or at a distance from the observer; exactly one.
    rtol
        Tolerance: each error is at most rtol * max(value, 1e-9 * the largest value of the call).

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> J = line_of_sight(ball, lon=[0, 180], lat=1, observer=Observer(8.2), s_max=3)
    >>> J.value.round(12), str(J.unit)
    (array([6., 6.]), 'kpc / cm3')
    """
    lon, lat = _directions(lon, lat)
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max))
    flat = unit_vectors(lon, lat).reshape(-1, 3)
    found = lines.integrate(flat, rtol=rtol, share=FAINT)
    return LineIntegrals(
        found.value.reshape(lon.shape), found.error.reshape(lon.shape), found.evaluations.reshape(lon.shape), found.unit
    )


def _directions(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    if hasattr(lon, "galactic"):
        lon, lat = lon.galactic.l, lon.galactic.b
    if lat is None:
        raise ValueError("a direction needs lon and lat [deg], or one SkyCoord")
    lon, lat = (value.to_value("deg") if hasattr(value, "to_value") else value for value in (lon, lat))
    lon, lat = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    if not (np.isfinite(lon).all() and (np.abs(lat) <= 90).all()):
        raise ValueError("lon must be finite and lat within [-90, 90] deg")
    return lon, lat


@dataclass(frozen=True)
class SightLines:
    """Sight lines from one place through one density.

    Parameters
    ----------
    density
        What is integrated.
    observer
        Where the lines start.
    end
        Where they end.
    """

    density: Density
    observer: Observer
    end: PathEnd

    @property
    def unit(self) -> Any:
        """Unit of the integrals."""
        return units.Unit(self.density.unit) * units.kpc

    def integrate(self, directions: Floats, *, rtol: float, floor: float = 0.0, share: float = 0.0) -> LineIntegrals:
        """Return the integrals along Galactic unit vectors ``(N, 3)``; the arrays are ``(N,)``.

        Parameters
        ----------
        directions
            Galactic unit vectors.
        rtol, floor, share
            Each error is at most rtol * max(value, floor, share * the largest value).

        Raises
        ------
        ValueError
            If the tolerance is below what float64 can give, a line passes a divergent centre, the density returns
            something that is no density, or the integral does not converge.
        """
        if not SMALLEST_RTOL <= rtol < 1:
            raise ValueError(f"rtol = {rtol}; allowed: {SMALLEST_RTOL:g} <= rtol < 1, float64 gives no more")
        lines = rays(self.observer, self.end, directions)
        self._refuse_divergent(lines)
        edges = breaks(lines, self.density)
        try:
            found = quadrature.integrate(_integrand(self.density, lines), edges, rtol=rtol, floor=floor, share=share)
        except quadrature.NotConverged as failure:
            lon, lat = _angles(np.asarray(directions)[failure.owner])
            raise ValueError(
                f"the integral towards lon = {lon:.6g}, lat = {lat:.6g} deg does not reach rtol = {rtol:g}: loosen it, "
                "or give the density hints where it has edges or spikes"
            ) from failure
        return LineIntegrals(found.value, found.error, found.evaluations, self.unit)

    def _refuse_divergent(self, lines: Rays) -> None:
        through = (lines.p < 1e-30) & (lines.start <= 0) & (lines.stop >= 0) & (lines.stop > lines.start)
        if not through.any():
            return
        radius = np.array([1e-80, 1e-90])
        with np.errstate(all="ignore"):
            inner, innermost = np.asarray(self.density(radius, 0 * radius, 0 * radius), dtype=float)
            slope = np.log(innermost / inner) / np.log(1e10)
        if not np.isfinite(innermost) or slope > 1 - 1e-9:
            raise ValueError(
                "the sight line through the Galactic centre (lon = lat = 0) diverges: the density rises there as "
                "1/r or steeper; give it a core, look beside the centre, or ask for a pixel or region mean"
            )


def _angles(vector: Floats) -> tuple[float, float]:
    x, y, z = vector
    return float(np.degrees(np.arctan2(y, x))), float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def _integrand(density: Any, lines: Rays) -> quadrature.Integrand:
    """Return the integrand in t of the lines, in the coordinates that the density's symmetry allows."""
    scale, foot, direction = lines.scale, lines.foot, lines.direction
    distance, offset, slope = axis_coordinates(lines)

    def values(owner: NDArray[np.intp], t: Floats) -> Floats:
        size = scale[owner]
        up = np.exp(t)
        down = 1 / up
        jacobian = 0.5 * size * (up + down)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            if density.symmetry == "spherical":
                found = density.radial(np.maximum(jacobian, lines.p[owner]))
            else:
                u = 0.5 * size * (up - down)
                z = foot[2][owner] + u * direction[2][owner]
                if density.symmetry == "axisymmetric":
                    across = offset[owner] + slope[owner] * u
                    found = density.meridional(np.sqrt(across * across + distance[owner] ** 2), z)
                else:
                    x = foot[0][owner] + u * direction[0][owner]
                    found = density(x, foot[1][owner] + u * direction[1][owner], z)
        return _checked(density, found, t) * jacobian

    return values


def _checked(density: Any, found: Any, t: Floats) -> Floats:
    name = type(density).__name__
    if hasattr(found, "unit"):
        raise ValueError(f"{name} returned a Quantity; a density returns plain numbers in its declared unit")
    values = np.asarray(found)
    if values.shape != t.shape or values.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} returned {values.dtype} of shape {values.shape} for coordinates of shape {t.shape}; "
            "a density returns real numbers of the shape it is called with"
        )
    if not (values.min(initial=0.0) >= 0 and values.max(initial=0.0) < np.inf):
        bad = values[~((values >= 0) & (values < np.inf))].flat[0]
        raise ValueError(f"{name} returned {bad}; a density is finite and not negative everywhere on the path")
    return values.astype(float, copy=False)


def along(
    density: Density,
    lon: Any,
    lat: Any = None,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    steps: int = 512,
) -> AlongLine:
    """Return distance, density and cumulative share of the integral along sight lines.

    The places crowd where the line passes the centre; ends and break points of the path are among them.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> line = along(ball, lon=0, lat=45, observer=Observer(8.2), s_max=3)
    >>> bool(abs(line.share - line.distance / 3).max() < 1e-12)
    True
    """
    lon, lat = _directions(lon, lat)
    here = observer or Observer()
    lines = rays(here, PathEnd(r_max, s_max), unit_vectors(lon, lat).reshape(-1, 3))
    edges = breaks(lines, density)
    t = np.sort(np.concatenate([np.linspace(edges[0], edges[-1], steps), edges[1:-1]]), axis=0)
    cells, count = t.shape[0] - 1, lon.size
    owner = np.tile(np.arange(count), cells)
    integrand = _integrand(density, lines)
    pieces = quadrature.integrate(
        lambda cell, place: integrand(owner[cell], place),
        np.stack([t[:-1].ravel(), t[1:].ravel()]),
        rtol=1e-9,
        share=1e-9,
    )
    grown = np.concatenate([np.zeros((1, count)), np.cumsum(pieces.value.reshape(cells, count), axis=0)])
    share = grown / np.where(grown[-1] > 0, grown[-1], 1.0)
    u = lines.scale * np.sinh(t)
    values = integrand(np.arange(count)[:, None], t.T).T / (lines.scale * np.cosh(t))
    distance, values, share = (
        np.moveaxis(a, 0, -1).reshape(*lon.shape, -1) for a in (u - lines.observer, values, share)
    )
    return AlongLine(distance, values, share, units.Unit(density.unit))
