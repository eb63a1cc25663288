"""Name -> class or factory: what installed packages offer under the entry-point group ``skymodel.profiles``.

The built-in profiles are found exactly as a stranger's: through the metadata of an installed package. A name may also
be ``"package.module:Name"``, imported from the Python path or the working directory.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from profiles.contract.spelling import options

GROUP = "skymodel.profiles"
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
    if ":" in name:
        return _from_path(name)
    offers = _offers()
    if name not in offers:
        raise ValueError(f"no profile {name!r}{options(name, sorted(offers), 'installed')}")
    offered = offers[name]
    if len(offered) > 1:
        owners = " and ".join(f"{owner(claim)} ({claim.value})" for claim in offered)
        raise ValueError(
            f"profile {name!r} is claimed by {owners}; uninstall one, or use the 'package.module:Name' form"
        )
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
    except Exception as error:  # a stranger's module may raise anything; the others must go on working
        raise ValueError(
            f"profile {claim.name!r} of the package {owner(claim)!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error


def _from_path(path: str) -> Maker:
    module, _, attribute = path.partition(":")
    try:
        with _working_directory_importable():
            target: Any = importlib.import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
    except Exception as error:  # whatever the user's module raises is reported in one line
        raise ValueError(f"profile {path!r} cannot be loaded: {type(error).__name__}: {error}") from error
    return target  # type: ignore[no-any-return]


@contextlib.contextmanager
def _working_directory_importable() -> Iterator[None]:
    here = os.getcwd()
    missing = here not in sys.path
    if missing:
        sys.path.append(here)
    try:
        yield
    finally:
        if missing and here in sys.path:
            sys.path.remove(here)
