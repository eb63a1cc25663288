"""Two nested rules, of 9 and 19 nodes, that tell how far they are off.

The 9 are 4 of Gauss and their Kronrod extension, exact to degree 13; 10 more (Patterson 1968, Math. Comp. 22, 847) make
a rule exact to degree 29. The error of a panel is read off the decay of its Legendre coefficients (null rules; Berntsen
& Espelid 1991, ACM TOMS 17, 233), not off the difference of two rules, which vanishes by chance.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats

# The nodes of the larger rule on [0, 1), from 40 digits; every second one is of the smaller.
_HALF = (
    0.0,
    0.172391101947617084191506998034996,
    0.339981043584856264802665759103245,
    0.497693537761634598361437201392879,
    0.640286217496309982404689023157492,
    0.762805500575089049198520884835834,
    0.861136311594052575223946488892809,
    0.932558592540795557508826981668676,
    0.976560250737573111534505359369920,
    0.996345259958461331685020182576414,
)
FINE = np.array([*(-x for x in _HALF[:0:-1]), *_HALF])
COARSE = FINE[1::2]
MORE = FINE[::2]  # what the larger rule adds

# What is known of an integrand: that it is smooth within each panel, or is but bends sharply there; that it has kinks
# elsewhere; nothing.
Nature = Literal["smooth", "bent", "kinked", "unknown"]

# Error of a panel: SAFETY times the largest of its last band of coefficients times its fall from band to band to DECAY,
# by the nature of the integrand. The first error of a rule, which its nodes do not see, is about three bands away, so 3
# is right for 19 nodes and smooth integrands. With 9, distant singularities (the axis passed at a distance) hide below
# the decay, and no fall below FASTEST is to be believed; a weak kink hides there with any number of nodes. Of 189,000
# panels of lines through pairs of the library's densities, bars of random shapes and the Galaxies of the tests, those
# that fall, to 0.9 at least, err more than they state in 10 cases by 9 nodes, by 4 times at most but for a peak that no
# node saw, and in 2 by 19, by 1.4 times. Half of them err by a ten-thousandth of what they state: a sharper error would
# be too small for kinks, which look no different to the nodes.
# Bodies with axes of their own bend what is smooth: from the walls of a Freudenreich bar it goes as a power such as
# 1.574, beside the long axis of a thin one it turns within its width. 19 nodes then see a steep fall that does not go
# on, and erred up to 53 times as much as would be right for others.
# One that bends and states so much of its integral (UNRESOLVED) has not begun to converge, and is off by up to so many
# times its last band times its fall: a long faint panel of a line past two clusters erred 1.8 times as much as it
# stated, others beyond the end of a bar 2.4 times.
SAFETY: dict[Nature, float] = {"smooth": 3.0, "bent": 3.0, "kinked": 10.0, "unknown": 10.0}
DECAY: dict[Nature, dict[int, float]] = {
    "smooth": {9: 1.25, 19: 2.0},
    "bent": {9: 1.25, 19: 1.0},
    "kinked": {9: 1.0, 19: 1.0},
    "unknown": {9: 1.0, 19: 1.0},
}
FASTEST: dict[Nature, float] = {"smooth": 0.1, "bent": 0.1, "kinked": 0.0, "unknown": 0.0}
UNRESOLVED: dict[Nature, tuple[float, float]] = {"bent": (1e-2, 10.0), "kinked": (1e-3, 20.0)}
BANDS = {COARSE.size: (4, 2), FINE.size: (3, 4)}  # how many bands of how many coefficients
END = 4.0  # what the interpolant may be off at an end of the panel, in units of the first band that is not seen
_TINY = 1e-300
_ALONE = 2**18  # multiplications up to which OpenBLAS, in NumPy's wheels, starts no threads for a product
_TOGETHER = 64  # columns that are taken together: parts of as many give the bits of the whole product
BLIND = 1 - float(COARSE[-1])  # an edge between the last node and the panel's end is not seen


class Said(NamedTuple):
    """What a rule says of functions on [-1, 1]; arrays ``(..., P)``.

    Parameters
    ----------
    integral, error
        Their integrals and bounds of the errors.
    left, right, doubt
        Their values at -1 and at 1, and how far these may be off.
    fall
        By how much their coefficients fall from band to band, at most 1.
    """

    integral: Floats
    error: Floats
    left: Floats
    right: Floats
    doubt: Floats
    fall: Floats


def _sums_ends_and_tails(nodes: Floats) -> Floats:
    """Return the matrix to integrals, the interpolants' two ends and their highest coefficients."""
    scale = np.sqrt(np.arange(nodes.size) + 0.5)  # makes the Legendre polynomials orthonormal
    coefficients = np.linalg.inv(np.polynomial.legendre.legvander(nodes, nodes.size - 1) * scale)
    ends = np.polynomial.legendre.legvander(np.array([-1.0, 1.0]), nodes.size - 1) * scale @ coefficients
    many, wide = BANDS[nodes.size]
    return np.vstack([np.sqrt(2.0) * coefficients[:1], ends, coefficients[-many * wide :]])


_MATRIX = {nodes.size: _sums_ends_and_tails(nodes) for nodes in (COARSE, FINE)}


def product(matrix: Floats, columns: Floats) -> Floats:
    """Return ``matrix @ columns`` in parts so small that BLAS starts no threads, which would wait for each other.

    On two busy cores they took most of the time of a line.
    """
    found = np.empty((len(matrix), columns.shape[1]))
    step = _ALONE // matrix.size // _TOGETHER * _TOGETHER
    for first in range(0, columns.shape[1], step):
        part = slice(first, first + step)
        np.matmul(matrix, columns[:, part], out=found[:, part])
    return found


def rule(values: Floats, nature: Nature = "unknown") -> Said:
    """Return what is known of functions on [-1, 1] given at a rule's nodes, ``(..., P, 9)`` or ``(..., P, 19)``.

    Their errors are the smaller the more the nature of the functions lets believe.
    """
    *shape, nodes = values.shape
    many, wide = BANDS[nodes]
    known = product(_MATRIX[nodes], values.reshape(-1, nodes).T).reshape(-1, *shape)
    integral, left, right = known[:3]
    band = np.abs(known[3:]).reshape(many, wide, *shape).max(axis=1)
    fall = np.minimum((band[1:] / np.maximum(band[:-1], _TINY)).max(axis=0), 1.0)
    error = SAFETY[nature] * band[-1] * np.maximum(fall, FASTEST[nature]) ** DECAY[nature][nodes]
    if nature in UNRESOLVED and nodes == COARSE.size:
        most, factor = UNRESOLVED[nature]
        error = np.where(error > most * integral, np.maximum(error, factor * band[-1] * fall), error)
    error += ROUNDING * integral
    return Said(integral, error, left, right, END * np.sqrt(nodes) * band[-1] * fall, fall)


def woven(more: Floats, coarse: Floats) -> Floats:
    """Return values at the nodes of the larger rule ``(..., 19)``: of those it adds, and of those of the smaller."""
    both = np.empty((*more.shape[:-1], FINE.size))
    both[..., ::2], both[..., 1::2] = more, coarse
    return both
