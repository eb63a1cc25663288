"""What an ensemble says: quantiles of its numbers, and which prior their spread comes from.

First-order and total Sobol indices (Saltelli et al. 2010) need the "saltelli" sampling; for the others the rank
correlation with each parameter tells the same story more roughly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from profiles.contract.arrays import Floats, Rows
from skymodel.runs.many import designs, priors
from skymodel.runs.many.ensemble import EnsembleConfig

LEVELS = (0.025, 0.16, 0.5, 0.84, 0.975)


def quantities(rows: Rows) -> tuple[str, ...]:
    """Return the columns that were predicted: ratios, shares and every chi."""
    wanted = ("W", "share_", "chi_")
    return tuple(name for name in rows.dtype.names or () if name.startswith(wanted) and not name.endswith("_error"))


def failures(rows: Rows) -> dict[str, int]:
    """Return how many draws failed for each reason."""
    reasons, counts = np.unique(rows["failure"][rows["failure"] != ""], return_counts=True)
    return {str(reason): int(count) for reason, count in zip(reasons, counts, strict=True)}


def quantile_table(rows: Rows) -> Any:
    """Return a QTable with one row for each predicted quantity: quantiles, extremes, number of draws.

    Draws that failed are left out and counted in ``meta["failures"]``.
    """
    from astropy.table import QTable

    good = rows[rows["failure"] == ""]
    if not good.size:
        raise ValueError("every draw failed; the reasons are in the column 'failure'")
    names = [f"q{100 * level:g}" for level in LEVELS]
    content = [
        (name, *np.quantile(good[name], LEVELS).tolist(), float(good[name].min()), float(good[name].max()))
        for name in quantities(rows)
    ]
    table = QTable(rows=content, names=["quantity", *names, "min", "max"])
    table.meta |= {"draws": int(good.size), "failures": failures(rows)}
    return table


class Sensitivity(NamedTuple):
    """Sobol indices of one quantity with their bootstrap standard errors, ``(dimensions,)`` each."""

    names: tuple[str, ...]
    first: Floats
    first_error: Floats
    total: Floats
    total_error: Floats


def sobol(config: EnsembleConfig, rows: Rows, quantity: str = "W") -> Sensitivity:
    """Return the Sobol indices of a quantity from a complete "saltelli" ensemble.

    Raises
    ------
    ValueError
        If the ensemble is of another sampling, incomplete, or holds failed draws.
    """
    from scipy.stats import sobol_indices

    if config.sampling != "saltelli":
        raise ValueError(f"Sobol indices need sampling: saltelli; this ensemble has sampling: {config.sampling}")
    if rows.size != config.draws or (rows["failure"] != "").any():
        bad = int((rows["failure"] != "").sum())
        raise ValueError(f"Sobol indices need all {config.draws} draws; {rows.size} are there, {bad} of them failed")
    size = designs.saltelli_rows(config.draws, config.dimensions)
    blocks = rows[quantity].reshape(config.dimensions + 2, 1, size)
    found = sobol_indices(func={"f_A": blocks[0], "f_B": blocks[1], "f_AB": blocks[2:]}, n=size)
    spread = found.bootstrap()
    return Sensitivity(
        tuple(name for prior in config.priors for name in prior.parameters),
        np.ravel(found.first_order),
        np.ravel(spread.first_order.standard_error),
        np.ravel(found.total_order),
        np.ravel(spread.total_order.standard_error),
    )


def rank_correlations(config: EnsembleConfig, rows: Rows, quantity: str = "W") -> dict[str, float]:
    """Return Spearman's correlation of a quantity with each numerical parameter, over the draws where both exist."""
    from scipy.stats import spearmanr

    found = {}
    for name, unit in priors.columns(config.priors).items():
        if unit is None:
            continue
        both = np.isfinite(rows[name]) & np.isfinite(rows[quantity])
        varies = both.sum() > 2 and all(np.ptp(rows[one][both]) > 0 for one in (name, quantity))
        found[name] = float(spearmanr(rows[name][both], rows[quantity][both]).statistic) if varies else float("nan")
    return found


def causes(config: EnsembleConfig, rows: Rows, quantity: str = "W") -> Any:
    """Return a QTable of the parameters and how much of the spread of a quantity each explains.

    Columns ``first``, ``first_error``, ``total``, ``total_error`` from a complete "saltelli" ensemble without failures,
    ``rank_correlation`` (numerical parameters only) from any other.
    """
    from astropy.table import QTable

    complete = rows.size == config.draws and not (rows["failure"] != "").any()
    if config.sampling == "saltelli" and complete:
        found = sobol(config, rows, quantity)
        return QTable(list(found), names=["parameter", "first", "first_error", "total", "total_error"])
    ranks = rank_correlations(config, rows, quantity)
    return QTable([list(ranks), list(ranks.values())], names=["parameter", "rank_correlation"])
