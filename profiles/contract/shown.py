"""How objects show themselves where they are looked at: short text, a picture and facts in a notebook, ``plot()``.

What draws them imports much and stands on a higher floor: it is looked up by its name when it is asked for, so that
nothing here depends on it.
"""

from __future__ import annotations

import importlib
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_VIEWS = "skymodel.output.views"
_MOST = 8  # numbers that a text lists; of more it tells how many and their range


class Shown:
    """Gives a dataclass its form in notebooks and its figure."""

    def _repr_html_(self) -> str:
        """Return a small picture and the facts, as notebooks show them."""
        return str(importlib.import_module(_VIEWS).html(self))

    def plot(self, **options: Any) -> Any:
        """Return a matplotlib figure of this; :mod:`skymodel.output.views` names the options of each kind.

        A notebook shows it as the value of a cell, once; pyplot does not know it, so that nothing is left open, and
        ``plot();`` shows nothing: leave out the semicolon, or write ``display(thing.plot())`` anywhere in a cell.
        """
        return importlib.import_module(_VIEWS).plot(self, **options)


def short(thing: Any) -> str:
    """Return the text of a dataclass, long arrays and tuples told by their shape and range.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Curve:
    ...     name: str
    ...     values: object
    >>> short(Curve("a", np.arange(1000.0))), short(Curve("b", (1, 2)))
    ("Curve(name='a', values=<1000 numbers, 0 to 999>)", "Curve(name='b', values=(1, 2))")
    """
    told = ", ".join(f"{each.name}={_told(getattr(thing, each.name))}" for each in fields(thing) if each.repr)
    return f"{type(thing).__name__}({told})"


def _told(value: Any) -> str:
    if isinstance(value, np.ndarray | list | tuple) and not hasattr(value, "_fields"):
        size = np.size(value) if isinstance(value, np.ndarray) else len(value)
        return repr(value) if size <= _MOST else f"<{_how_many(value)}>"
    return short(value) if is_dataclass(type(value)) and not isinstance(value, Shown) else repr(value)


def _how_many(value: Any) -> str:
    array = np.asarray(value) if isinstance(value, np.ndarray) or isinstance(value[0], int | float) else None
    if array is None or array.dtype.kind not in "fiu":
        return f"{len(value)} of {type(value[0]).__name__}"
    count = " x ".join(map(str, array.shape))
    held = array[np.isfinite(array)]
    return f"{count} numbers" + (f", {held.min():g} to {held.max():g}" if held.size else "")
