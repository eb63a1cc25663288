"""Line integrals of a spherical density: one function of the angle from the Galactic centre.

log J is held in Chebyshev pieces of ln(theta), halved until their coefficients say that they are good; a few hundred
integrals replace those of all tiles. Pieces end at the edges of the density's spheres, where J may have a root.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from profiles import Density
from profiles.contract.arrays import Bools, Floats
from profiles.contract.hints import surfaces
from skymodel.sightlines.ray.error_shares import CURVES
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sightlines.ray.integrate import FAINT, LineIntegrals, SightLines
from skymodel.sightlines.surface import chebyshev
from skymodel.sightlines.surface.probing import TIGHTEST, TRUST

ORDER = 16
DEEPEST = 40  # generations; what is not good then is integrated directly
MOST = 256  # pieces of a generation: where nothing converges, halving would never end
FINEST = 2e-13  # what they can reach
SPAN = 4.0  # e-foldings of theta in a first piece


class _Pieces(NamedTuple):
    """Pieces: ends in ln(theta) ``(P, 2)``, coefficients of log J ``(P, n)``, errors ``(P,)`` (inf: not held).

    The first coefficient of a piece that is dark all over is minus infinity.
    """

    ends: Floats
    coefficients: Floats
    error: Floats

    def revealed(self, index: int, place: Floats) -> tuple[Floats, Floats]:
        """Return values and errors at places in [-1, 1] of a piece."""
        if self.coefficients[index, 0] == -np.inf:
            return np.zeros_like(place), np.zeros_like(place)
        value = np.exp(self.coefficients[index] @ chebyshev.basis(ORDER, place))
        return value, value * np.expm1(self.error[index])


@dataclass(frozen=True)
class AngularLines:
    """Sight lines through a spherical density, read from a function of the angle to the centre.

    Parameters
    ----------
    lines
        The sight lines themselves.
    pieces
        What is known of them.
    sightlines, evaluations
        What that took.
    """

    lines: SightLines
    pieces: _Pieces
    sightlines: int
    evaluations: int

    @property
    def density(self) -> Density:
        """What is integrated."""
        return self.lines.density

    @property
    def observer(self) -> Observer:
        """Where the lines start."""
        return self.lines.observer

    @property
    def unit(self) -> Any:
        """Unit of the integrals."""
        return self.lines.unit

    def integrate(
        self,
        directions: Floats,
        *,
        rtol: float | Floats,
        floor: float | Floats = 0.0,
        share: float = 0.0,
        best: bool = False,
    ) -> LineIntegrals:
        """Return the integrals along unit vectors ``(N, 3)``; directly where no piece is good."""
        x, y, z = np.asarray(directions).T
        with np.errstate(divide="ignore"):
            place = np.log(np.arctan2(np.hypot(y, z), x))
        piece = np.searchsorted(self.pieces.ends[:, 0], place, side="right") - 1
        value, error = np.empty(len(place)), np.empty(len(place))
        bare = (piece < 0) | ~np.isfinite(self.pieces.error[piece])
        for index in np.unique(piece[~bare]):
            rows = ~bare & (piece == index)
            low, high = self.pieces.ends[index]
            there = np.clip((2 * place[rows] - low - high) / (high - low), -1.0, 1.0)
            value[rows], error[rows] = self.pieces.revealed(index, there)
        evaluations = np.zeros(len(place), dtype=np.intp)
        if bare.any():
            each, least = (np.broadcast_to(one, len(place))[bare] for one in (rtol, floor))
            found = self.lines.integrate(directions[bare], rtol=each, floor=least, share=share, best=best)
            value[bare], error[bare], evaluations[bare] = found.value, found.error, found.evaluations
        return LineIntegrals(value, error, evaluations, self.unit)


def angular(lines: SightLines, innermost: float, bright: float, tolerance: float) -> AngularLines:
    """Return the sight lines of a spherical density as a function of the angle.

    Parameters
    ----------
    lines
        The sight lines.
    innermost
        ln(theta) below which they are integrated directly.
    bright
        ln(theta) beyond which the brightest value sets the scale for faint ones.
    tolerance
        Relative error of a piece.
    """
    edges = _first_edges(lines, innermost)
    waiting = np.stack([edges[:-1], edges[1:]], axis=1)
    done: list[_Pieces] = []
    sightlines, evaluations, floor = 0, 0, 0.0
    for generation in range(DEEPEST):
        if not len(waiting):
            break
        sample = _sampled(lines, waiting, tolerance, floor)
        floor = max(floor, FAINT * float(sample.value[sample.place > bright].max(initial=0.0)))
        pieces, good = _fitted(sample, waiting, tolerance, floor)
        sightlines, evaluations = sightlines + sample.value.size, evaluations + sample.evaluations
        if generation == DEEPEST - 1 or len(waiting) > MOST:
            pieces.error[~good] = np.inf
            good[:] = True
        done.append(_Pieces(*(column[good] for column in pieces)))
        middle = waiting[~good].mean(axis=1)
        waiting = np.concatenate([np.stack([waiting[~good, 0], middle], 1), np.stack([middle, waiting[~good, 1]], 1)])
    joined = _Pieces(*(np.concatenate(columns) for columns in zip(*done, strict=True)))
    order = np.argsort(joined.ends[:, 0])
    settled, probes, cost = _settled(lines, _Pieces(*(column[order] for column in joined)), tolerance, floor)
    return AngularLines(lines, settled, sightlines + probes, evaluations + cost)


def _settled(lines: SightLines, pieces: _Pieces, tolerance: float, floor: float) -> tuple[_Pieces, int, int]:
    """Return pieces with errors a few times what probes saw (not held where they saw more than the bound), and cost."""
    held = np.flatnonzero((pieces.error > 0) & np.isfinite(pieces.error))
    if not held.size:
        return pieces, 0, 0
    index = np.arange(0, ORDER + 1, 2)
    place = np.cos(np.pi * index / ORDER)
    theta = np.exp(0.5 * (pieces.ends[held].sum(axis=1)[:, None] + np.diff(pieces.ends[held], axis=1) * place))
    rtol = max(CURVES.probes * tolerance, FINEST)
    found = lines.integrate(_towards(theta.ravel()), rtol=rtol, floor=floor, best=True)
    truth = found.value.reshape(theta.shape)
    value = np.exp(pieces.coefficients[held] @ chebyshev.basis(ORDER, place))
    gap = np.abs(value - truth) / np.maximum(np.maximum(value, truth), np.finfo(float).tiny)
    worst = (gap / pieces.error[held, None]).max(axis=1)
    error = pieces.error.copy()
    error[held] = np.where(worst > 1, np.inf, error[held] * np.clip(TRUST * worst, TIGHTEST, 1.0))
    return pieces._replace(error=error), theta.size, int(found.evaluations.sum())


def _towards(theta: Floats) -> Floats:
    return np.stack([np.cos(theta), np.sin(theta), 0 * theta], axis=-1)


def _first_edges(lines: SightLines, innermost: float) -> Floats:
    radii = np.array([radius for radius in surfaces(lines.density.hints.spheres) if radius < lines.observer.r_sun])
    edges = np.log(np.arcsin(radii / lines.observer.r_sun))
    count = int(np.ceil((np.log(np.pi) - innermost) / SPAN))
    return np.unique([*np.linspace(innermost, np.log(np.pi), count + 1), *edges[edges > innermost]])


class _Sample(NamedTuple):
    """Places in ln(theta), integrals there and their errors ``(P, n)``, and what they took."""

    place: Floats
    value: Floats
    error: Floats
    evaluations: int


def _sampled(lines: SightLines, ends: Floats, tolerance: float, floor: float) -> _Sample:
    node = chebyshev.points(ORDER).node
    place = 0.5 * ends.sum(axis=1)[:, None] + 0.5 * np.diff(ends, axis=1) * node
    rtol = max(CURVES.lines * tolerance, FINEST)
    towards = _towards(np.exp(place).ravel())
    found = lines.integrate(towards, rtol=rtol, floor=floor, share=0.0 if floor else FAINT, best=True)
    return _Sample(
        place, found.value.reshape(place.shape), found.error.reshape(place.shape), int(found.evaluations.sum())
    )


def _fitted(sample: _Sample, ends: Floats, tolerance: float, floor: float) -> tuple[_Pieces, Bools]:
    """Return pieces and which of them are good; faint ones in proportion to the floor."""
    value = sample.value
    dark, partly = (value <= 0).all(axis=1), (value <= 0).any(axis=1)
    safe = np.where(value > 0, value, 1.0)
    made = np.log(safe) @ chebyshev.points(ORDER).to_coefficients.T
    noise = chebyshev.LEBESGUE * (sample.error / safe).max(axis=1)
    error = np.where(partly, np.where(dark, 0.0, np.inf), chebyshev.missed_along(made) + noise)
    made[:, 0] = np.where(dark, -np.inf, made[:, 0])
    faint = np.maximum(1.0, floor / np.maximum(value.max(axis=1), np.finfo(float).tiny))
    lost = (noise > 1) & (value.max(axis=1) < floor)  # errors as large as the floor allows: no finer piece is better
    return _Pieces(ends, made, np.where(lost, np.inf, error)), lost | (error <= np.minimum(tolerance * faint, 1.0))
