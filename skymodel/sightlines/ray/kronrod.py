"""A Gauss-Kronrod rule with 21 nodes that tells how far it is off.

The error of a panel is read off the decay of its Legendre coefficients (null rules; Berntsen & Espelid 1991, ACM TOMS
17, 233), not off the difference of two rules, which vanishes by chance.
"""

from __future__ import annotations

import numpy as np

from profiles.contract.arrays import ROUNDING, Floats

# The Kronrod rule of 21 nodes on [0, 1), exact to degree 31 (Piessens et al. 1983, QUADPACK, routine qk21).
_NODES = (
    0.995657163025808080735527280689003,
    0.973906528517171720077964012084452,
    0.930157491355708226001207180059508,
    0.865063366688984510732096688423493,
    0.780817726586416897063717578345042,
    0.679409568299024406234327365114874,
    0.562757134668604683339000099272694,
    0.433395394129247190799265943165784,
    0.294392862701460198131126603103866,
    0.148874338981631210884826001129720,
    0.0,
)
_WEIGHTS = (
    0.011694638867371874278064396062192,
    0.032558162307964727478818972459390,
    0.054755896574351996031381300244580,
    0.075039674810919952767043140916190,
    0.093125454583697605535065465083366,
    0.109387158802297641899210590325805,
    0.123491976262065851077958109585166,
    0.134709217311473325928054001771707,
    0.142775938577060080797094273138717,
    0.147739104901338491374841515972068,
    0.149445554002916905664936468389821,
)
NODES = np.array([*(-x for x in _NODES[:-1]), *_NODES[::-1]])
WEIGHTS = np.array([*_WEIGHTS[:-1], *_WEIGHTS[::-1]])

# Error of a panel: SAFETY times the largest of its last BAND coefficients times the decay from band to band to DECAY.
# The next unseen error of the rule is three bands away, so 3 would be right for a smooth integrand; a weak kink hides
# below the decay of a smooth part until the last band. Found by trial on random lines through pairs of the library's
# densities: with (10, 2) the error was too small in 4 of 3,000, with (30, 2) in 3 of 8,000, with these in 4 of 24,000,
# each time by a weak kink that no hint announces, and by a factor of at most 5.
BAND, SAFETY, DECAY, SMOOTH = 4, 30.0, 1.5, 3.0
_TINY = 1e-300
BLIND = 1 - float(NODES[-1])  # an edge between the last node and the panel's end is not seen


def _sums_ends_and_tails() -> Floats:
    """Return the matrix ``(15, 21)`` to integrals, the interpolants' two ends and the 12 highest coefficients."""
    scale = np.sqrt(np.arange(NODES.size) + 0.5)  # makes the Legendre polynomials orthonormal
    coefficients = np.linalg.inv(np.polynomial.legendre.legvander(NODES, NODES.size - 1) * scale)
    ends = np.polynomial.legendre.legvander(np.array([-1.0, 1.0]), NODES.size - 1) * scale @ coefficients
    return np.vstack([WEIGHTS, ends, coefficients[-3 * BAND :]])


_MATRIX = _sums_ends_and_tails()


def rule(values: Floats, decay: float | Floats = DECAY) -> tuple[Floats, Floats, Floats, Floats]:
    """Return what is known of functions on [-1, 1] given at the nodes ``(P, 21)``.

    Parameters
    ----------
    values
        The functions at the nodes.
    decay
        To which power the decay from band to band counts, of each ``(P,)`` or of all: DECAY, or SMOOTH where no
        allowance is made for hidden kinks.

    Returns
    -------
    tuple
        Their integrals, bounds of the errors, and their values at -1 and at 1; ``(P,)`` each.
    """
    integral, left, right, *_ = sums = _MATRIX @ values.T
    first, second, last = np.abs(sums[3:]).reshape(3, BAND, -1).max(axis=1)
    fall = np.maximum(second / np.maximum(first, _TINY), last / np.maximum(second, _TINY))
    error = SAFETY * last * np.minimum(1.0, fall) ** decay + ROUNDING * integral
    return integral, error, left, right
