"""The paper's statements, each with the value computed here and a verdict that follows from it.

A :class:`Claim` holds what was printed as an allowed range, and the computed value; its verdict is derived, never
stored. A statement that fails as it stands but holds under a condition that can be named has the value under that
condition too. A statement that nothing here can test says why. Where the limit is a choice of ours (how much is
"negligible"?) the claim says at which limit its verdict would flip. What judges our stand-in densities, or is derived
here and not said by the paper, is not counted.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

HOLDS, FAILS, CONDITIONAL, UNTESTABLE = "holds", "fails", "holds only if", "not testable here"
VERDICTS = (HOLDS, FAILS, CONDITIONAL, UNTESTABLE)
INFINITY = float("inf")
_WIDTH = 110  # characters a line of the text


@dataclass(frozen=True)
class Claim:
    """One statement, checked.

    Parameters
    ----------
    name
        Short name, one per statement.
    where
        Place in the paper.
    statement
        What the paper says.
    quantity
        What was computed to check it.
    value
        The number computed; nan if nothing could be.
    low, high
        The range in which the statement holds, ends included.
    tolerance
        Why the range is as wide as it is.
    note
        What else a reader should know.
    condition, under_condition
        A condition, "W is counted", and the value under it; without one the statement holds or fails.
    chosen
        Whether the limits are a choice of ours, so that the verdict depends on it.
    untestable
        Why nothing here tests it; then there is no value.
    counted
        Whether it is a statement of the paper about its own model: our stand-in and what is derived here are not
        counted.
    group
        What it is about.
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
    condition: str = ""
    under_condition: float = math.nan
    chosen: bool = False
    untestable: str = ""
    counted: bool = True
    group: str = ""

    @property
    def verdict(self) -> str:
        """One of "holds", "fails", "holds only if" (the condition) and "not testable here"."""
        if self.untestable:
            return UNTESTABLE
        if self._inside(self.value):
            return HOLDS
        return CONDITIONAL if self.condition and self._inside(self.under_condition) else FAILS

    @property
    def flips_at(self) -> float:
        """The limit, in place of the nearest one, at which the verdict would change; nan if it does not hinge on one.

        It does where the limit is a choice of ours and another within a factor of two would change the verdict.
        """
        limits = [limit for limit in (self.low, self.high) if math.isfinite(limit) and limit * self.value > 0]
        close = any(0.5 <= limit / self.value <= 2 for limit in limits)
        return self.value if self.chosen and not self.untestable and close else math.nan

    def _inside(self, value: float) -> bool:
        return self.low <= value <= self.high


def untestable(name: str, where: str, statement: str, why: str) -> Claim:
    """Return a statement that nothing here tests.

    Parameters
    ----------
    name, where, statement
        As for :class:`Claim`.
    why
        What is missing.
    """
    return Claim(name, where, statement, "nothing", math.nan, math.nan, math.nan, "", untestable=why)


def near(value: float, relative: float) -> tuple[float, float]:
    """Return the range of a relative half-width about `value`."""
    return value * (1 - relative), value * (1 + relative)


def half_decade(value: float) -> tuple[float, float]:
    """Return the range of half a decade on either side of `value`: the same order of magnitude."""
    return value / 10**0.5, value * 10**0.5


def tally(claims: Sequence[Claim]) -> dict[str, int]:
    """Return how many of the counted statements have each verdict, in the order of :data:`VERDICTS`."""
    found = Counter(claim.verdict for claim in claims if claim.counted)
    return {verdict: found[verdict] for verdict in VERDICTS}


def tally_text(claims: Sequence[Claim]) -> str:
    """Return the tally in words."""
    found = tally(claims)
    aside = sum(not claim.counted for claim in claims)
    return (
        f"Of {sum(found.values())} statements of the paper {found[HOLDS]} hold, {found[FAILS]} fail, "
        f"{found[CONDITIONAL]} hold only under a condition, which is named, and {found[UNTESTABLE]} cannot be tested "
        f"here; {aside} rows judge our stand-in or are derived here and are not counted"
    )


def claims_table(claims: Sequence[Claim]) -> Any:
    """Return the claims as a QTable, a row each, in the order given."""
    from astropy.table import QTable

    names: tuple[str, ...] = (
        "group",
        "name",
        "where",
        "statement",
        "quantity",
        "value",
        "low",
        "high",
        "verdict",
        "condition",
    )
    names += ("under_condition", "flips_at", "counted", "tolerance", "untestable", "note")
    table = QTable({name: [getattr(claim, name) for claim in claims] for name in names})
    table.meta["source"] = "Lawson & Zhitnitsky 2007, arXiv:0704.3064"
    table.meta["verdict"] = "holds if low <= value <= high; holds only if the condition's value lies there; else fails"
    table.meta["tally"] = tally(claims)
    return table


def claims_text(claims: Sequence[Claim]) -> str:
    """Return the claims as text: group by group, a paragraph each, the tally at the end.

    Parameters
    ----------
    claims
        The claims.
    """
    parts: list[str] = []
    for group in dict.fromkeys(claim.group for claim in claims):
        parts += [f"{group}\n{'-' * len(group)}\n"] if group else []
        parts += [_paragraph(claim) for claim in claims if claim.group == group]
    return "\n".join([*parts, textwrap.fill(f"{tally_text(claims)}.", _WIDTH), ""])


def _paragraph(claim: Claim) -> str:
    aside = "" if claim.counted else ", not counted"
    condition = f" {claim.condition}" if claim.verdict == CONDITIONAL else ""
    title = f"[{claim.verdict}{condition}{aside}] {claim.where}: {claim.statement}"
    lines = [textwrap.fill(title, _WIDTH, subsequent_indent="    ")]
    texts = (claim.untestable, _number(claim), _conditional(claim), _threshold(claim), claim.note)
    lines += [
        textwrap.fill(text, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
        for text in texts
        if text
    ]
    return "\n".join(lines) + "\n"


def _number(claim: Claim) -> str:
    if claim.untestable:
        return ""
    return f"{claim.quantity}: {claim.value:.4g}; holds {_range(claim)} ({claim.tolerance})."


def _conditional(claim: Claim) -> str:
    if not claim.condition or claim.untestable or claim.verdict == HOLDS:
        return ""
    return f"If {claim.condition}: {claim.under_condition:.4g}."


def _threshold(claim: Claim) -> str:
    if not math.isfinite(claim.flips_at):
        return ""
    return f"The limit is our reading of the words: the verdict flips where it passes {claim.flips_at:.3g}."


def _range(claim: Claim) -> str:
    if claim.low == -INFINITY:
        return f"up to {claim.high:.4g}"
    if claim.high == INFINITY:
        return f"from {claim.low:.4g}"
    middle, half = (claim.low + claim.high) / 2, (claim.high - claim.low) / 2
    if half < 1e-3 * abs(middle):
        return f"within {half / abs(middle):.0e} of {middle:.4g}"
    return f"from {claim.low:.4g} to {claim.high:.4g}"
