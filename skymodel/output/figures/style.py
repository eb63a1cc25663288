"""How figures look: sizes of a printed column, colours that colour-blind readers tell apart, no global state."""

from __future__ import annotations

import textwrap
from contextlib import AbstractContextManager
from typing import Any

COLUMN, PAGE = 3.4, 7.0  # widths in print [inch]
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # Okabe & Ito (2008)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DPI = 220
_STYLE = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "legend.fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "savefig.dpi": DPI,
    "svg.hashsalt": "skymodel",
}


def style() -> AbstractContextManager[None]:
    """Return the context in which figures are made and saved."""
    import matplotlib

    return matplotlib.rc_context(_STYLE)


def figure(width: float, height: float, label: str = "") -> Any:
    """Return an empty figure [inch] with a small line of text at its foot; pyplot is not involved."""
    from skymodel.output.figures.picture import Picture

    made = Picture(figsize=(width, height), layout="constrained")
    if label:
        made.supxlabel("\n".join(textwrap.wrap(label, int(width * 24))), fontsize=5.5, color="0.35", parse_math=False)
    return made
