"""What is said of names: of one that is not known the one most like it, of text from outside what can be shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_LONGEST = 300  # characters of a list that a message shows whole
_ALIKE = (
    0.5  # the cut of difflib at which 'H1' still finds 'HI'; at its default of 0.6 names of two letters never match
)


def options(name: str, known: Iterable[str], label: str = "known", where: str = "") -> str:
    """Return ``; did you mean 'nfw'? known: burkert, nfw``, to follow ``no profile 'nwf'``.

    Of a list of more than 300 characters it names the three that are nearest.

    Parameters
    ----------
    name
        What was given.
    known
        What is allowed.
    label
        What the list is called: "known", "allowed", "installed".
    where
        What shows a list that is too long, as a command.

    Examples
    --------
    >>> "no profile 'nwf'" + options("nwf", ["burkert", "nfw"], "installed")
    "no profile 'nwf'; did you mean 'nfw'? installed: burkert, nfw"
    >>> options("xyz", ["burkert", "nfw"])
    '; known: burkert, nfw'
    """
    listed = list(known)
    text = ", ".join(listed)
    if len(text) > _LONGEST:
        three = difflib.get_close_matches(name, listed, n=3, cutoff=0.0)
        text = f"{', '.join(three)} and {len(listed) - len(three)} more" + f" ({where} lists all)" * bool(where)
    return f"; {nearest(name, listed)}{label}: {text}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'nfw'?`` and a blank, or nothing, where the list is too long to be shown as it is."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=_ALIKE)
    return f"did you mean {close[0]!r}? " if close else ""


def plain(text: str) -> str:
    r"""Return text without what a terminal would obey: control characters, bidirectional marks; lines stay lines.

    Examples
    --------
    >>> plain("a map\x1b[2J called \u202eeman\n")
    'a map[2J called eman\n'
    """
    return "".join(c for c in text if c.isprintable() or c in "\n\t")
