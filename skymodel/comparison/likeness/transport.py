"""How far the light of one map must be moved, at least, to become that of another: the earth mover's distance.

Both maps are brought to a flux of 1; what they share stays where it is, and only the rest is moved. The exact plan is
sought between the centroids of coarse pixels, as many as a linear program takes in a second; what that may hide is
bracketed on the fine pixels: from below by the plan's potential, which is dual to every plan, from above by mixing all
light of a coarse pixel. Needs POT (MIT licence), the extra ``morphology``.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats
from skymodel.bounded import Bounded
from skymodel.comparison.likeness.correlation import overlap
from skymodel.comparison.likeness.field import Field
from skymodel.comparison.likeness.subpixels import require_flux
from skymodel.sky.circles import separation
from skymodel.sky.healpix import pixel_area
from skymodel.sky.region import as_region
from skymodel.sky.regions import ALL_SKY
from skymodel.sky.skymap import SkyMap

PLACES = 768  # nside 8 on the whole sky; in a region that is small the pixels are finer
_FINE = 50_000  # nside 64 on the whole sky: pixels that the plan is bracketed on
_IN_A_SQUARE = 0.3826  # mean distance from the centre of a square, in sides: [sqrt 2 + asinh 1] / 6
_BLOCK = 4_000_000  # angles at a time
_MOST_STEPS = 10_000_000  # of the network simplex; a plan of 768 places takes some thousands


class Load(NamedTuple):
    """Light that is to be moved, or the room for it, by places.

    Parameters
    ----------
    mean
        Mean vectors ``(N, 3)`` of what lies at each place, shorter than 1 by how it is spread.
    mass
        Its share ``(N,)`` of a map's flux.
    spread
        Mean angle [rad] of what lies there from its mean direction.
    """

    mean: Floats
    mass: Floats
    spread: Floats

    @property
    def centre(self) -> Floats:
        """Unit vectors ``(N, 3)``."""
        return np.asarray(self.mean / np.linalg.norm(self.mean, axis=1, keepdims=True))


class Plan(NamedTuple):
    """The cheapest plan: what goes from each place to each, its cost [rad], the potential ``(M,)`` of the room."""

    moved: Floats
    cost: float
    potential: Floats


def earth_mover(first: SkyMap, second: SkyMap, region: Any = ALL_SKY, places: int = PLACES) -> Bounded:
    """Return the least mean angle [deg] by which the flux of one map must be moved to become that of the other.

    Sees shifts, in degrees and at any distance, where the correlations of maps that no longer overlap see nothing; sees
    smearing and every change of shape by how far it carries the light. Blind to scaling, and to structure finer than
    its error. 0 for identical and for scaled maps; the shift for a shifted map, if the region holds it whole; for a
    Gaussian smeared from width s to t about one centre sqrt(pi / 2) (t - s).

    Parameters
    ----------
    first, second
        Maps of one nside, not negative in the region.
    region
        Where they are compared; light beyond it does not count.
    places
        How many coarse pixels the region may have at most.

    Returns
    -------
    Bounded
        The error is a bound: of the coarse pixels, bracketed on those of nside 64, or finer ones in a region; of the
        light within these; of the maps' errors, moved through the centre.

    Raises
    ------
    ValueError
        If POT is not installed; if the maps are masked, negative or zero in the region.

    Examples
    --------
    >>> from skymodel import earth_mover, rival
    >>> wide, narrow = rival("knoedlseder2005").sky(32), rival("siegert2016").sky(32)
    >>> earth_mover(wide, wide).value, earth_mover(wide, narrow).value > 1  # doctest: +SKIP
    (0.0, True)
    """
    import healpy

    share = as_region(region).coverage(first.nside)
    pixels = np.flatnonzero(share)
    overlap(first, second, region)  # one nside, nothing masked, not empty
    vectors, share = np.stack(healpy.pix2vec(first.nside, pixels), axis=1), share[pixels]
    loads = [_normalised(sky, pixels, share) for sky in (first, second)]
    own = sum(_error_of_map(*each, pixels, share, vectors) for each in zip((first, second), loads, strict=True))
    number, step = _places(healpy.ring2nest(first.nside, pixels), first.nside, _FINE)
    fine, index = np.unique(number, return_inverse=True)
    left = _difference(*(np.bincount(index, load) for load in loads))
    more, less = (float(np.maximum(sign * left, 0.0).sum()) for sign in (1, -1))
    own += np.pi * abs(more - less)  # both maps have all of the flux: what is on one side alone is rounding
    if not (more and less):
        return Bounded(0.0, float(np.degrees(own)))
    place, _ = _places(fine, first.nside >> step, places)
    value, error = _bracketed(loaded(vectors, share, index).centre, left, place)
    inside = 2 * _IN_A_SQUARE * np.sqrt(pixel_area(first.nside)) * 2**step * np.maximum(left, 0).sum()
    return Bounded(float(np.degrees(value)), float(np.degrees(error + inside + own)))


def moved(a: Floats, b: Floats, field: Field, places: int = 150) -> Floats:
    """Return the earth mover's distances [deg] ``(mocks,)`` of many pairs of counts minus background.

    A statistic as those of :mod:`skymodel.comparison.forecast.unlike`, about a thousand times as costly; what is
    negative in a coarse pixel counts as nothing.

    Parameters
    ----------
    a, b
        Counts minus background ``(mocks, pixels)``.
    field
        Whose pixels they are.
    places
        How many coarse pixels the field may have at most.
    """
    import healpy

    nested = healpy.ring2nest(field.nside, field.pixels)
    number = np.unique(_places(nested, field.nside, places)[0], return_inverse=True)[1]
    vectors = np.stack(healpy.pix2vec(field.nside, field.pixels), axis=1)
    centre = loaded(vectors, np.ones(number.size), number).centre
    angle, member = np.degrees(_angles(centre, centre)), np.eye(len(centre))[number]
    found = []
    for pair in zip(a @ member, b @ member, strict=True):
        first, second = (np.maximum(each, 0.0) for each in pair)
        dark = not (first.any() and second.any())
        found.append(0.0 if dark else float(_solver()(first / first.sum(), second / second.sum(), angle)))
    return np.array(found)


def absence() -> str:
    """Return why there is no earth mover's distance here, or nothing if there is."""
    found = importlib.util.find_spec("ot") is not None
    return "" if found else "needs the library POT: pip install 'skymodel[morphology]'"


def plan(send: Load, take: Load) -> Plan:
    """Return the cheapest plan between the centres of two loads of one mass; cost in angles of the great circle."""
    angle = _angles(send.centre, take.centre)
    total = float(send.mass.sum())
    cost, found = _solver()(
        send.mass / total,
        take.mass / take.mass.sum(),
        angle,
        numItermax=_MOST_STEPS,
        log=True,
        return_matrix=True,
    )
    return Plan(total * np.asarray(found["G"]), total * float(cost), np.asarray(found["v"]))


def loaded(vectors: Floats, mass: Floats, place: Any) -> Load:
    """Return what lies at points ``(N, 3)`` by the numbers ``(N,)`` of their places; empty places are left out."""
    kept = mass > 0
    vectors, mass, place = vectors[kept], mass[kept], np.unique(place[kept], return_inverse=True)[1]
    total = np.asarray(np.bincount(place, mass), dtype=np.float64)
    mean = np.stack([np.bincount(place, mass * vectors[:, axis]) for axis in range(3)], axis=1) / total[:, None]
    away = separation(vectors, mean[place])
    return Load(mean, total, np.bincount(place, mass * away) / total)


def _normalised(sky: SkyMap, pixels: Any, share: Floats) -> Floats:
    """Return the share ``(pixels,)`` of the flux in each pixel of the region."""
    require_flux(sky, pixels)
    flux = np.maximum(sky.values[pixels], 0.0) * share  # a beam's harmonics leave some 1e-12 below zero
    return np.asarray(flux / flux.sum())


def _difference(first: Any, second: Any) -> Floats:
    """Return what the first has more, 0 where the two are one but for rounding."""
    left = first - second
    return np.where(np.abs(left) <= ROUNDING * (first + second), 0.0, left)


def _places(nested: Any, nside: int, most: int) -> tuple[Any, int]:
    """Return for each pixel the number of the coarse one that holds it, and how often nside was halved.

    The finest pixels of which there are not more than `most`.
    """
    steps = int(np.log2(nside))
    could = (step for step in range(steps) if nested.size <= most << 2 * step)
    step = next((step for step in could if np.unique(nested >> 2 * step).size <= most), steps)
    return nested >> 2 * step, step


def _bracketed(vectors: Floats, left: Floats, place: Any) -> tuple[float, float]:
    """Return the cost [rad] of moving what is left, and how far the plans of the fine pixels may lie from it."""
    send, take = (loaded(vectors, np.maximum(sign * left, 0.0), place) for sign in (1, -1))
    found = plan(send, take)
    return found.cost, max(_upper(send, take, found) - found.cost, found.cost - _lower(vectors, left, take, found))


def _upper(send: Load, take: Load, found: Plan) -> float:
    """Return the cost [rad] of a plan that mixes all light of a place, or a bound above it.

    The mean of 1 - cos over two places is that of their mean vectors, and an angle below 90 deg grows ever slower with
    it, so the mean angle is at most that of the mean cosine; farther away the spreads are added.
    """
    row, column = np.nonzero(found.moved)
    cosine = np.sum(send.mean[row] * take.mean[column], axis=1)
    far = separation(send.centre[row], take.centre[column]) + send.spread[row] + take.spread[column]
    angle = np.where(cosine > 0, np.arccos(np.clip(cosine, 0.0, 1.0)), np.minimum(far, np.pi))
    return float(found.moved[row, column] @ angle)


def _lower(vectors: Floats, left: Floats, take: Load, found: Plan) -> float:
    """Return what the plan's potential, which falls by no more than the distance, gains on the fine pixels [rad]."""
    moving = np.flatnonzero(left)
    blocks = np.array_split(moving, max(1, moving.size * take.mass.size // _BLOCK))
    gains = [
        left[block] @ np.min(_angles(vectors[block], take.centre) - found.potential, axis=1)
        for block in blocks
        if block.size
    ]
    return float(np.sum(gains))


def _error_of_map(sky: SkyMap, mass: Floats, pixels: Any, share: Floats, vectors: Floats) -> float:
    """Return the cost [rad] of moving a map's errors to its centre, and their sum away from it over the whole map."""
    flux = np.maximum(sky.values[pixels], 0.0) * share
    wrong = sky.error[pixels] * share / flux.sum()
    away = separation(vectors, mass @ vectors) if np.any(wrong) else np.zeros(mass.size)
    return float(wrong @ (away + mass @ away))


def _angles(first: Floats, second: Floats) -> Floats:
    """Return the angles ``(N, M)`` [rad] between unit vectors ``(N, 3)`` and ``(M, 3)``, accurate to 1e-8."""
    cosine = first @ second.T
    return np.asarray(np.arccos(np.clip(cosine, -1.0, 1.0)))


@functools.cache
def _solver() -> Callable[..., Any]:
    if reason := absence():
        raise ValueError(f"the earth mover's distance {reason}")
    from ot.lp import emd2

    return emd2  # type: ignore[no-any-return]
