"""A place where a density is not known: beyond the end of a table that declares nothing there."""

from __future__ import annotations


class Unknown(ValueError):
    """What a density raises at a place where it is not known; the message is shown as it is.

    Examples
    --------
    >>> issubclass(Unknown, ValueError)
    True
    """
