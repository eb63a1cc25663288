"""The paper's quantitative statements, each with the value computed here and a verdict that follows from it.

A :class:`Claim` holds what was printed as an allowed range, and the computed value; its verdict is derived, never
stored. :func:`~skymodel.emission.claims.paper_claims` makes them; :func:`claims_table` and :func:`claims_text`
write them down.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HOLDS, FAILS = "holds", "fails"
INFINITY = float("inf")


@dataclass(frozen=True)
class Claim:
    """One statement of the paper, checked.

    Parameters
    ----------
    name
        Short name, one per statement and case.
    where
        Place in the paper.
    statement
        What the paper says.
    quantity
        What was computed to check it.
    value
        The number computed.
    low, high
        The range in which the statement holds, ends included.
    tolerance
        Why the range is as wide as it is.
    note
        What else a reader should know.
    """

    name: str
    where: str
    statement: str
    quantity: str
    value: float
    low: float
    high: float
    tolerance: str
    note: str = ""

    @property
    def verdict(self) -> str:
        """Whether the value lies in the range: "holds" or "fails"."""
        return HOLDS if self.low <= self.value <= self.high else FAILS


def near(value: float, relative: float) -> tuple[float, float]:
    """Return the range of a relative half-width about `value`."""
    return value * (1 - relative), value * (1 + relative)


def half_decade(value: float) -> tuple[float, float]:
    """Return the range of half a decade on either side of `value`: the same order of magnitude."""
    return value / 10**0.5, value * 10**0.5


def claims_table(claims: Sequence[Claim]) -> Any:
    """Return the claims as a QTable, a row each, in the order given."""
    from astropy.table import QTable

    names = ("name", "where", "statement", "quantity", "value", "low", "high", "verdict", "tolerance", "note")
    table = QTable({name: [getattr(claim, name) for claim in claims] for name in names})
    table.meta["source"] = "Lawson & Zhitnitsky 2007, arXiv:0704.3064"
    table.meta["verdict"] = "holds if low <= value <= high, otherwise fails"
    return table


def claims_text(claims: Sequence[Claim], width: int = 110) -> str:
    """Return the claims as text, a paragraph each, the failing ones counted at the head.

    Parameters
    ----------
    claims
        The claims.
    width
        Characters a line.
    """
    failing = sum(claim.verdict == FAILS for claim in claims)
    head = f"{len(claims)} statements of Lawson & Zhitnitsky (2007): {len(claims) - failing} hold, {failing} fail.\n"
    return "\n".join([head, *(_paragraph(claim, width) for claim in claims)])


def _paragraph(claim: Claim, width: int) -> str:
    title = f"[{claim.verdict}] {claim.where}: {claim.statement}"
    number = f"{claim.quantity}: {claim.value:.4g}; holds {_range(claim)} ({claim.tolerance})."
    lines = [textwrap.fill(title, width, subsequent_indent="    ")]
    lines += [
        textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    ")
        for text in (number, claim.note)
        if text
    ]
    return "\n".join(lines) + "\n"


def _range(claim: Claim) -> str:
    if claim.low == -INFINITY:
        return f"up to {claim.high:.4g}"
    if claim.high == INFINITY:
        return f"from {claim.low:.4g}"
    middle, half = (claim.low + claim.high) / 2, (claim.high - claim.low) / 2
    if half < 1e-3 * abs(middle):
        return f"within {half / abs(middle):.0e} of {middle:.4g}"
    return f"from {claim.low:.4g} to {claim.high:.4g}"
