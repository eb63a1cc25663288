"""Which points of the unit cube an ensemble visits: point i is the same on every machine and in every batch.

``random`` takes point i from the counter-based Philox generator at counter i; ``sobol`` takes point i of one scrambled
Sobol sequence; ``saltelli`` arranges Sobol points in the blocks A, B, AB_1 ... AB_d from which Sobol indices follow
(Saltelli et al. 2010, Comput. Phys. Commun. 181, 259).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from profiles.contract.arrays import Floats

Sampling = Literal["random", "sobol", "saltelli"]
SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)


def points(sampling: Sampling, dimensions: int, seed: int, first: int, last: int, *, draws: int) -> Floats:
    """Return the points `first` <= i < `last` of the unit cube, shape ``(last - first, dimensions)``.

    Parameters
    ----------
    sampling
        "random", "sobol" or "saltelli".
    dimensions
        Of the cube.
    seed
        Another seed gives other points; the same seed the same points.
    first, last
        Range of draws.
    draws
        Number of draws in all; only "saltelli" depends on it, and needs n (dimensions + 2) with n a power of two.

    Examples
    --------
    >>> whole = points("sobol", 3, seed=1, first=0, last=8, draws=8)
    >>> bool((points("sobol", 3, seed=1, first=5, last=8, draws=8) == whole[5:]).all())
    True
    """
    if sampling == "random":
        return np.stack([_philox(seed, draw).random(dimensions) for draw in range(first, last)])
    if sampling == "sobol":
        return _sobol(dimensions, seed, first, last)
    return _saltelli(dimensions, seed, first, last, saltelli_rows(draws, dimensions))


def saltelli_rows(draws: int, dimensions: int) -> int:
    """Return n of a design of n (dimensions + 2) draws.

    Raises
    ------
    ValueError
        If there is no such power of two; the message names the nearest numbers of draws.
    """
    blocks = dimensions + 2
    rows = max(draws // blocks, 1)
    below = 1 << (rows.bit_length() - 1)
    if below * blocks != draws:
        raise ValueError(
            f"draws = {draws} is no Saltelli design of {dimensions} priors: it takes a power of two times {blocks}, "
            f"for example {below * blocks} or {2 * below * blocks}"
        )
    return below


def _philox(seed: int, draw: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, draw]))


def _sobol(dimensions: int, seed: int, first: int, last: int) -> Floats:
    from scipy.stats import qmc

    sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    if first > 0:
        sequence.fast_forward(first)
        return np.asarray(sequence.random(last - first))
    start = sequence.random(1)  # alone, because scipy warns where the first call asks for no power of two
    return np.concatenate([start, sequence.random(last - 1)]) if last > 1 else np.asarray(start)


def _saltelli(dimensions: int, seed: int, first: int, last: int, rows: int) -> Floats:
    both = _sobol(2 * dimensions, seed, 0, rows)
    a, b = both[:, :dimensions], both[:, dimensions:]
    draw = np.arange(first, last)
    block, row = draw // rows, draw % rows
    found = np.where((block == 1)[:, None], b[row], a[row])
    mixed = np.arange(dimensions) == (block - 2)[:, None]
    return np.where(mixed, b[row], found)
