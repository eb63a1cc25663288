"""The likelihood ratio of two skies in Poisson counts, for many mocks at once: the yardstick of simpler statistics."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats


class Expected(NamedTuple):
    """Expected counts ``(pixels,)`` of a region: of the signal and of everything else."""

    signal: Floats
    background: Floats

    def scaled(self, factor: float) -> Expected:
        """Return the counts of `factor` times the exposure."""
        return Expected(factor * self.signal, factor * self.background)


def likelihood_root(counted: Floats, same: Expected, other: Expected) -> Floats:
    """Return the signed root of the likelihood ratio ``(mocks,)``, of another sky beside the first against none.

    Both amplitudes are fitted, the background is known. Without the other sky it is standard normal (Wilks); it knows
    both shapes, which the simple statistics do not: the yardstick. 0 where the two skies are one.
    """
    if _same_shape(same.signal, other.signal):
        return np.zeros(counted.shape[0])
    start = np.stack([same.signal, other.signal])
    alone, both = _fit(counted, start[:1], same.background), _fit(counted, start, same.background)
    gain = np.einsum("ij,ij->i", counted, np.log(both.mean / alone.mean)) - (both.mean - alone.mean).sum(axis=1)
    return np.asarray(np.sign(both.amplitude[:, 1]) * np.sqrt(2 * np.maximum(gain, 0.0)))


class _Fitted(NamedTuple):
    """Likeliest amplitudes ``(mocks, skies)`` and the counts ``(mocks, pixels)`` that they expect."""

    amplitude: Floats
    mean: Floats


def _fit(counted: Floats, shapes: Floats, background: Floats, rounds: int = 30) -> _Fitted:
    """Return the likeliest amplitudes of shapes ``(skies, pixels)`` by Newton's method; the likelihood is concave."""
    products = shapes[:, None] * shapes[None]
    amplitude = np.zeros((counted.shape[0], len(shapes)))
    amplitude[:, 0] = 1.0
    mean = amplitude @ shapes + background
    for _ in range(rounds):
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


def _same_shape(first: Floats, second: Floats) -> bool:
    power = float(first @ first) * float(second @ second)
    return power == 0 or 1 - float(first @ second) ** 2 / power < 1e-12
