"""The likelihood ratio of two skies in Poisson counts, for many mocks at once: the yardstick of simpler statistics."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats

_PARALLEL = 1e-10  # of a shape's size squared: less than this is left of a shape that others take up

_ROUNDS = 30  # of Newton's method, which doubles its digits in each: a stop for what does not converge


class Expected(NamedTuple):
    """Expected counts ``(pixels,)`` of a region: of the signal and of everything else, and what of that is not known.

    ``nuisances`` are shapes ``(shapes, pixels)`` of any size that a fit may add to the background or take from it: a
    flat background of free norm, its slopes, a foreground of free norm. By default the background is known exactly.
    """

    signal: Floats
    background: Floats
    nuisances: Floats = np.empty((0, 0))

    def scaled(self, factor: float) -> Expected:
        """Return the counts of `factor` times the exposure."""
        return Expected(factor * self.signal, factor * self.background, self.nuisances)

    @property
    def known(self) -> Expected:
        """The same with a background that is known exactly."""
        return Expected(self.signal, self.background)


def likelihood_root(counted: Floats, same: Expected, other: Expected) -> Floats:
    """Return the signed root of the likelihood ratio ``(mocks,)``, of another sky beside the first against none.

    Both amplitudes are fitted, and those of the nuisances of the first (profile likelihood). Without the other sky it
    is standard normal (Wilks); it knows both shapes, which the simple statistics do not: the yardstick. 0 where the
    other sky is the first, or what the nuisances can take up.
    """
    shapes = [same.signal, *(same.nuisances if same.nuisances.size else ())]
    known = _independent(shapes, same.signal + same.background)
    left = _independent([*known, other.signal], same.signal + same.background)[len(known) :]
    if not left:
        return np.zeros(counted.shape[0])
    alone, both = (
        _fit(counted, np.stack(chosen), same.background) for chosen in (known, [known[0], *left, *known[1:]])
    )
    gain = np.einsum("ij,ij->i", counted, np.log(both.mean / alone.mean)) - (both.mean - alone.mean).sum(axis=1)
    return np.asarray(np.sign(both.amplitude[:, 1]) * np.sqrt(2 * np.maximum(gain, 0.0)))


class _Fitted(NamedTuple):
    """Likeliest amplitudes ``(mocks, skies)`` and the counts ``(mocks, pixels)`` that they expect."""

    amplitude: Floats
    mean: Floats


def _fit(counted: Floats, shapes: Floats, background: Floats) -> _Fitted:
    """Return the likeliest amplitudes of shapes ``(skies, pixels)`` by Newton's method; the likelihood is concave."""
    products = shapes[:, None] * shapes[None]
    amplitude = np.zeros((counted.shape[0], len(shapes)))
    amplitude[:, 0] = 1.0
    mean = amplitude @ shapes + background
    for _ in range(_ROUNDS):
        share = counted / mean
        slope = share @ shapes.T - shapes.sum(axis=1)
        curvature = np.einsum("ij,klj->ikl", share / mean, products, optimize=True)
        step = np.linalg.solve(curvature, slope[..., None])[..., 0]
        change = step @ shapes
        reach = np.max(-change / mean, axis=1, keepdims=True)  # of 1 would take a pixel to zero
        factor = np.minimum(1.0, 0.8 / np.maximum(reach, 1e-300))
        amplitude, mean = amplitude + factor * step, mean + factor * change
        if np.abs(change / mean).max() < 1e-10:
            break
    return _Fitted(amplitude, mean)


def _independent(shapes: list[Floats], mean: Floats) -> list[Floats]:
    """Return the shapes, the first as it is, the others less what those before them take up; none of size 0."""
    kept: list[Floats] = []
    for shape in shapes:
        rest, size = shape, float(shape @ (shape / mean))
        for _ in range(2 * bool(kept)):  # twice: once loses the digits of nearly parallel shapes
            for other in kept:
                rest = rest - other * float(rest @ (other / mean)) / float(other @ (other / mean))
        if size > 0 and float(rest @ (rest / mean)) > _PARALLEL * size:
            kept.append(rest)
    return kept
