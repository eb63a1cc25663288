"""Name -> class or factory: what installed packages offer under the entry-point group ``skymodel.profiles``.

The built-in profiles are found exactly as a stranger's: through the metadata of an installed package. A name may also
be ``"package.module:Name"``; where that may come from, :mod:`profiles.shelf.trust` says.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from profiles.contract.spelling import options
from profiles.shelf import trust

GROUP = "skymodel.profiles"
_OURS = "skymodel"
Maker = Callable[..., Any]


def names() -> list[str]:
    """Return the names of all installed profiles, sorted.

    Examples
    --------
    >>> "nfw" in names()
    True
    """
    return sorted(_offers())


def get(name: str) -> Maker:
    """Return the class or factory called `name`, or found at ``"package.module:Name"``.

    Raises
    ------
    ValueError
        If there is none (the nearest name is suggested), if two packages claim the name, or if importing it fails.

    Examples
    --------
    >>> get("burkert").__name__
    'Burkert'
    """
    offers = _offers()
    if ":" in name:
        return trust.imported(name, offers)  # type: ignore[no-any-return]
    if name not in offers:
        raise ValueError(f"no profile {name!r}{options(name, sorted(offers), 'installed', '`skymodel profiles`')}")
    offered = offers[name]
    if len(offered) > 1:
        owners = " and ".join(f"{owner(claim)} ({claim.value})" for claim in offered)
        raise ValueError(
            f"profile {name!r} is claimed by {owners}; uninstall one, or use the 'package.module:Name' form"
        )
    if not trust.current().strangers and owner(offered[0]) != _OURS:
        raise ValueError(f"profile {name!r} is offered by {owner(offered[0])}, and plug-ins are switched off")
    return _load(offered[0])


def claims(name: str) -> tuple[EntryPoint, ...]:
    """Return the offers made under a name, more than one where packages disagree."""
    return _offers().get(name, ())


def owner(claim: EntryPoint) -> str:
    """Return the name of the package that makes an offer."""
    return str(claim.dist.name) if claim.dist is not None else claim.module


def name_of(maker: Maker) -> str:
    """Return the shortest name under which :func:`get` finds a class or function."""
    path = f"{maker.__module__}:{maker.__qualname__}"
    registered = [name for name, offer in _offers().items() if len(offer) == 1 and offer[0].value == path]
    return min(registered, default=path)


@functools.cache
def _offers() -> dict[str, tuple[EntryPoint, ...]]:
    found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
    for claim in entry_points(group=GROUP):
        found.setdefault(claim.name, {})[owner(claim), claim.value] = claim
    return {name: tuple(offered.values()) for name, offered in found.items()}


def _load(claim: EntryPoint) -> Maker:
    try:
        return claim.load()  # type: ignore[no-any-return]
    except (Exception, SystemExit) as error:  # a stranger's module may raise anything; the others must go on working
        raise ValueError(
            f"profile {claim.name!r} of the package {owner(claim)!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
