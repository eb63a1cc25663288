"""Lumpy cubes, as simulations give them, and the truth about them from many plain lines."""

import numpy as np

from profiles import Grid


def lumpy(n=65, seed=1, noise=0.5, **options):
    """Return a cube of n x n x n / 2 points with `noise` e-folds of scatter from point to point on a disk."""
    x, z = np.linspace(-20, 20, n), np.linspace(-4, 4, n // 2 + 1)
    X, Y, Z = np.meshgrid(x, x, z, indexing="ij")
    scatter = np.random.default_rng(seed).normal(size=X.shape) * noise
    values = np.exp(-np.hypot(X, Y) / 3 - np.abs(Z) / 0.4 + scatter)
    return Grid.from_arrays(x, x, z, values, unit="cm-3", edge="zero", **options)
