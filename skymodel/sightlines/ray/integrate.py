"""Line-of-sight integrals of a density, every one with its error.

:func:`line_of_sight` is the door; :class:`SightLines` is the kernel that maps and means are built on.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles import Density
from profiles.contract.arrays import Floats, Ints
from profiles.contract.beside import leading_axes
from profiles.contract.density import require_density
from skymodel.sightlines.ray import quadrature
from skymodel.sightlines.ray.centre import at_centre
from skymodel.sightlines.ray.geometry import Observer, PathEnd, Rays, as_observer, rays, unit_vectors
from skymodel.sightlines.ray.integrand import integrand, nature, panels
from skymodel.sightlines.ray.looks import BLIND_SPOT, THIN, looks
from skymodel.sightlines.ray.meter import Meter, Shortfall
from skymodel.sightlines.ray.pieces import Pieces, cut_lines
from skymodel.sightlines.ray.promises import require_symmetry
from skymodel.sightlines.ray.support import densest_beyond, in_the_dark, within
from skymodel.sky.circles import lonlat
from skymodel.workers import Crew, evenly, helpers

SMALLEST_RTOL = 1e-13  # seven times the rounding floor of the error
SMALLEST_MEAN_RTOL = 1e-12  # of means over pixels and regions, whose lines get an eighth of it
BLOCK = 4096  # sight lines at a time: their pieces fit in a few MiB, and a worker is busy for a while
FAINT = 1e-9  # directions fainter than this share of the brightest are integrated to its tolerance


@dataclass(frozen=True)
class LineIntegrals:
    """Line integrals, bounds of their errors, the evaluations they took, and the unit of the first two.

    Parameters
    ----------
    blind
        Features whose path on the line is shorter than this share of their distance could have been missed, beyond
        0.04 kpc; 0 where the density says what it is like, nan where nobody looked.
    """

    value: Floats
    error: Floats
    evaluations: Ints
    unit: Any
    blind: float = math.nan


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
        Where the lines start; by default ``Observer()``.
    r_max, s_max
        Where they end [kpc]: on a Galactocentric sphere or at a distance from the observer; exactly one.
    rtol
        Tolerance: each error is at most rtol * max(value, 1e-9 * the largest value of the call).

    Returns
    -------
    LineIntegrals
        ``value``, ``error`` (an absolute bound) and ``evaluations``, of the directions' shape, and ``unit``.

    Raises
    ------
    ValueError
        If an argument is not allowed, a line passes a centre where its integral diverges, the density returns
        something that is no density, or an integral does not reach the tolerance.

    Notes
    -----
    The error covers all that the evaluations can see, unannounced edges among it. Of a density that does not say what
    it is like (:attr:`profiles.Density.smooth` is None: functions, plug-ins) each line takes looks, nodes at most 0.05
    of the distance apart: clouds, shells and layers whose path on the line is longer than 0.1 of their distance are
    seen. What is smaller can lie between the nodes: announce it by the density's hints.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> J = line_of_sight(ball, lon=[0, 180], lat=1, observer=Observer(8.2), s_max=3)
    >>> J.value.round(12), str(J.unit)
    (array([6., 6.]), 'kpc / cm3')
    """
    lon, lat = degrees(lon, lat)
    lines = SightLines(density, as_observer(observer), PathEnd(r_max, s_max))
    require_symmetry(density, lines.observer)
    found = lines.integrate(unit_vectors(lon, lat).reshape(-1, 3), rtol=rtol, share=FAINT)
    error = in_the_dark(found.value, found.error, rtol * FAINT * np.max(found.value, initial=0.0))
    value, error, evaluations = (a.reshape(lon.shape) for a in (found.value, error, found.evaluations))
    return LineIntegrals(value, error, evaluations, found.unit, lines.blind)


def degrees(lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Return Galactic directions [deg] as arrays of one shape, from numbers, Quantities or one SkyCoord."""
    if hasattr(lon, "galactic"):
        lon, lat = lon.galactic.l, lon.galactic.b
    if lat is None:
        raise ValueError("a direction needs lon and lat [deg], or one SkyCoord")
    lon, lat = (np.asarray(units.Quantity(angle, "deg").value, dtype=float) for angle in (lon, lat))
    if not np.isfinite(lon).all():
        raise ValueError(f"lon = {lon[~np.isfinite(lon)][0]}; allowed: finite degrees")
    if not (np.abs(lat) <= 90).all():
        raise ValueError(f"lat = {lat[~(np.abs(lat) <= 90)][0]}; allowed: -90 to 90 deg")
    lon, lat = np.broadcast_arrays(lon, lat)
    return lon, lat


def require_rtol(rtol: float, smallest: float = SMALLEST_RTOL) -> None:
    """Raise ValueError unless a relative tolerance can be met and means anything."""
    if not smallest <= rtol < 1:
        raise ValueError(f"rtol = {rtol}; allowed: {smallest:g} <= rtol < 1 (float64 gives no more)")


class _Block(NamedTuple):
    """Lines along unit vectors ``(N, 3)``, and how :meth:`SightLines.integrate` is to integrate them."""

    directions: Floats
    rtol: Floats
    floor: Floats
    share: float
    best: bool


@dataclass(frozen=True)
class SightLines:
    """Sight lines from one place through one density.

    Parameters
    ----------
    density
        What is integrated; with densities side by side integrals have their leading axes.
    observer
        Where the lines start.
    end
        Where they end.
    weight
        What one evaluation counts: less than 1 where the density is some of the terms of another.
    hidden
        Between which distances ``(2, N)`` [kpc] along unit vectors ``(N, 3)`` something hides that the density does not
        say of itself, infinite where nothing does; by default nobody knows, and all are looked along. A density that
        says what it is like is not looked at.
    whole
        Whether lines go on where the density promises to be all but nothing.
    crew
        Who integrates blocks of lines.
    meter
        What may be spent and has been.
    """

    density: Density
    observer: Observer
    end: PathEnd
    weight: float = 1.0
    hidden: Callable[[Floats], Floats] | None = field(default=None, compare=False, repr=False)
    whole: bool = False
    crew: Crew = field(default_factory=lambda: Crew(1), compare=False, repr=False)
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no density."""
        require_density(self.density)

    @functools.cached_property
    def unit(self) -> Any:
        """Unit of the integrals."""
        return units.Unit(self.density.unit) * units.kpc

    @property
    def blind(self) -> float:
        """What lines may miss, as a share of its distance; 0 where the density says what it is like."""
        return BLIND_SPOT if self.density.smooth is None else 0.0

    @property
    def farthest(self) -> float:
        """The largest distance from the centre [kpc] that a line may reach."""
        return self.end.r_max or (self.end.s_max or 0.0) + self.observer.r_sun

    @functools.cached_property
    def beyond(self) -> Floats:
        """A bound ``(..., 1)`` of the density where lines leave it out, as it promises to be all but nothing there."""
        return np.zeros(1) if self.whole else densest_beyond(self.density)

    def integrate(
        self,
        directions: Floats,
        *,
        rtol: float | Floats,
        floor: float | Floats = 0.0,
        share: float = 0.0,
        best: bool = False,
    ) -> LineIntegrals:
        """Return the integrals along Galactic unit vectors ``(N, 3)``; the arrays are ``(..., N)``.

        Parameters
        ----------
        directions
            Galactic unit vectors.
        rtol, floor, share
            Each error is at most rtol * max(value, floor, share * the largest value); rtol may be one of each ``(N,)``,
            floor ``(..., N)``.
        best
            Whether an integral that does not reach its tolerance comes with the error it has, instead of an exception.

        Raises
        ------
        ValueError
            If the tolerance is below what float64 can give, a line passes a centre where its integral diverges, the
            density returns something that is no density, or an integral does not reach the tolerance.
        """
        directions = np.asarray(directions, dtype=float)
        rtols = np.broadcast_to(rtol, len(directions))
        floors = np.broadcast_to(floor, (*leading_axes(self.density), len(directions)))
        require_rtol(float(np.min(rtol)))
        require_rtol(float(np.max(rtol)))
        parts = evenly(len(directions), BLOCK)
        blocks = [_Block(directions[part], rtols[part], floors[..., part], share, best) for part in parts]
        together = functools.partial(self.crew.each, by=helpers(self.density), tally=self.meter)
        found = self._in_turn(blocks) if share > 0 else together(self._of, blocks)
        value, error, evaluations = (np.concatenate(columns, axis=-1) for columns in zip(*found, strict=True))
        return LineIntegrals(value, error, evaluations, self.unit)

    def _in_turn(self, blocks: list[_Block]) -> Iterator[quadrature.Integrals]:
        """Yield what blocks give, each faint beside the brightest of those before."""
        brightest = np.zeros(1)
        for block in blocks:
            done = self._of(block._replace(floor=np.maximum(block.floor, block.share * brightest)))
            brightest = np.maximum(quadrature.largest(done.value), brightest)
            yield done

    def _of(self, block: _Block) -> quadrature.Integrals:
        directions, rtol, floor, share, best = block
        path = rays(self.observer, self.end, directions)
        lines = path if self.whole else within(path, self.density.support)
        innermost, doubt = (sides.sum(axis=0) for sides in at_centre(self.density, lines))
        pieces, blur = self.cut(lines), lines.blur
        chain = panels(pieces, pieces.line)
        function = self.meter.counting(integrand(self.density, pieces), self.weight)
        how: dict[str, Any] = {"nature": nature(self.density), "leading": leading_axes(self.density)}
        how |= {"rtol": np.maximum(rtol - blur, 0.5 * rtol), "floor": floor, "share": share, "best": best}
        try:
            with np.errstate(all="ignore"):
                found = quadrature.integrate_panels(function, chain, len(directions), **how)
        except quadrature.NotConverged as failure:
            line = pieces.line[failure.panel]
            lon, lat = lonlat(directions[line])
            raise Shortfall(
                f"the integral towards lon = {lon:.6g}, lat = {lat:.6g} deg does not reach rtol = {rtol[line]:g}: "
                "the density has a singularity or noise on this line; loosen rtol, or look beside it"
            ) from failure
        found = found._replace(value=found.value + innermost)
        error = found.error + doubt + blur * found.value + self.beyond * (path.stop - path.start)
        floor = np.maximum(floor, share * quadrature.largest(found.value))
        short = quadrature.any_of(error > rtol * np.maximum(found.value, floor))
        found = found._replace(error=error)
        if best or not short.any():
            return found
        if not self.beyond.any():
            length, least, asked = (lines.stop - lines.start)[short].min(), 2 * blur[short].max(), rtol[short].min()
            raise Shortfall(
                f"a path of {length:.3g} kpc is too short for rtol = {asked:g}: rounding of its ends allows {least:.1g}"
            )
        rest = replace(self, whole=True)._of(_Block(directions[short], rtol[short], floor[..., short], 0.0, best))
        rest = rest._replace(evaluations=rest.evaluations + found.evaluations[short])
        for column, all_of_it in zip(found, rest, strict=True):
            column[..., short] = all_of_it
        return found

    def cut(self, lines: Rays, places: tuple[Floats, ...] = ()) -> Pieces:
        """Return the pieces of the lines on which the density should be smooth, also cut at the given places."""
        if self.blind:
            hiding = None if self.hidden is None else self.hidden(lines.direction.T @ self.observer.rotation)
            places = (*places, *looks(lines, hiding))
        return cut_lines(lines, self.observer, self.density, places, THIN if self.blind else ())
