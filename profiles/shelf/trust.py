"""What a configuration may import: a stranger's file runs no code but densities, and only where the user put them.

``"package.module:Name"`` is looked for, in this order, in a file beside the configuration, in the working directory,
and among installed modules, of which only those count whose distribution offers profiles of its own (the entry-point
group ``skymodel.profiles``) or that are named as plug-ins. Standard-library and all other modules are refused before
anything is imported; what was imported must be a Density, or a function of x, y, z, before anything is called.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, packages_distributions
from pathlib import Path
from typing import Any

from profiles.contract.density import Density


@dataclass(frozen=True)
class Trust:
    """What is trusted.

    Parameters
    ----------
    plugins
        Installed modules that configurations may import from, by their first name.
    beside
        Folder of the configuration that is read, if it is a file.
    strangers
        Whether anything but the built-in profiles is loaded at all.
    """

    plugins: frozenset[str] = frozenset()
    beside: Path | None = None
    strangers: bool = True


_NOTHING_MORE = Trust()
_TRUST: ContextVar[Trust] = ContextVar("trust", default=_NOTHING_MORE)


def current() -> Trust:
    """Return what is trusted here."""
    return _TRUST.get()


@contextlib.contextmanager
def trusting(
    *, plugins: tuple[str, ...] = (), beside: Path | None = None, strangers: bool | None = None
) -> Iterator[None]:
    """Trust more modules, a folder, or no strangers, while the block runs.

    Parameters
    ----------
    plugins
        Installed modules that configurations may import from.
    beside
        Folder in which modules are looked for first.
    strangers
        False leaves only the built-in profiles.
    """
    here = current()
    trust = replace(
        here,
        plugins=here.plugins | {name.split(".")[0] for name in plugins},
        beside=here.beside if beside is None else beside,
        strangers=here.strangers if strangers is None else strangers,
    )
    with under(trust):
        yield


@contextlib.contextmanager
def under(trust: Trust) -> Iterator[None]:
    """Trust what was trusted elsewhere: what is read here may be built later, or in another process."""
    token = _TRUST.set(trust)
    try:
        yield
    finally:
        _TRUST.reset(token)


def imported(path: str, offers: dict[str, tuple[EntryPoint, ...]]) -> Any:
    """Return the density or function at ``"package.module:Name"``.

    Raises
    ------
    ValueError
        If its module is not trusted, cannot be loaded, or holds something else under that name.
    """
    module, _, attribute = path.partition(":")
    if not module or not attribute:
        raise ValueError(f"profile {path!r} cannot be loaded; write 'package.module:Name'")
    home = _home(path, module, offers)
    target = loaded(path, home)
    if not _is_density(target):
        raise ValueError(
            f"profile {path!r} is {_kind(target)}; allowed: a Density class, a Density, or a function of x, y, z"
        )
    return target


def from_library(path: str, library: str) -> Any:
    """Return a potential at ``"module:Name"``, of an optional library or of a file of the user's.

    Parameters
    ----------
    path
        Where it stands.
    library
        galpy, gala or agama; of all modules it alone is imported from what is installed.

    Raises
    ------
    ValueError
        If the library is not installed, or the path leads elsewhere or to a class that is not the library's.
    """
    module, _, attribute = path.partition(":")
    top = module.split(".")[0]
    if not module or not attribute:
        raise ValueError(f"potential {path!r} cannot be loaded; write 'module:Name'")
    if top == library and not packages_distributions().get(library):
        raise ValueError(f"{path!r} needs {library}, which is not installed: pip install 'skymodel[profiles]'")
    target = loaded(path, None if top == library else _home(path, module, {}))
    if isinstance(target, type) and not any(base.__module__.split(".")[0] == library for base in target.__mro__):
        raise ValueError(f"potential {path!r} is {_kind(target)}, which is not one of {library}'s; nothing was called")
    return target


def _home(path: str, module: str, offers: dict[str, tuple[EntryPoint, ...]]) -> Path | None:
    """Return the folder that a module is to be imported from, None for an installed one; refuse all others."""
    trust, top = current(), module.split(".")[0]
    if not trust.strangers:
        raise ValueError(f"profile {path!r} is not built in, and plug-ins are switched off")
    if top in sys.stdlib_module_names:
        raise ValueError(f"profile {path!r}: {top!r} is part of Python and holds no densities; nothing was imported")
    for folder in (trust.beside, Path.cwd()):
        if folder is not None and _holds(folder, top):
            return folder
    if top in trust.plugins or top in ("profiles", "skymodel") or _offers_profiles(top, offers):
        return None
    raise ValueError(
        f"profile {path!r} cannot be loaded: there is no {top}.py beside the configuration or in the working "
        f"directory, "
        f"and an installed module is used only if its package offers profiles or with --plugin {top}"
    )


def _holds(folder: Path, top: str) -> bool:
    return (folder / f"{top}.py").is_file() or (folder / top).is_dir()


def _offers_profiles(top: str, offers: dict[str, tuple[EntryPoint, ...]]) -> bool:
    owners = {claim.dist.name for offered in offers.values() for claim in offered if claim.dist is not None}
    return bool(owners.intersection(packages_distributions().get(top, ())))


def loaded(path: str, home: Path | None) -> Any:
    """Return what stands at ``"package.module:Name"``, imported from a folder, or from what is installed alone.

    Raises
    ------
    ValueError
        If importing fails, whatever the module raises or however it exits.
    """
    module, _, attribute = path.partition(":")
    _forget_another(module.split(".")[0], home)
    try:
        with _searched(home):
            target: Any = importlib.import_module(module)
        _require_from(path, module, home)
        for part in attribute.split("."):
            target = getattr(target, part)
    except (Exception, SystemExit) as error:
        raise ValueError(f"profile {path!r} cannot be loaded: {type(error).__name__}: {error}") from error
    return target


def _forget_another(top: str, home: Path | None) -> None:
    """Forget a loose module of the same name from elsewhere, so that each configuration gets the file beside it."""
    file = getattr(sys.modules.get(top), "__file__", None)
    if home is None or file is None or Path(file).resolve().is_relative_to(home.resolve()):
        return
    if packages_distributions().get(top):
        return  # installed: it stays, and the user's file is to be renamed
    for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
        del sys.modules[name]


def _require_from(path: str, module: str, home: Path | None) -> None:
    """Raise ValueError if another module of the same name had been loaded from elsewhere before."""
    file = getattr(sys.modules.get(module.split(".")[0]), "__file__", None)
    if home is not None and file is not None and not Path(file).resolve().is_relative_to(home.resolve()):
        raise ValueError(f"profile {path!r}: '{file}' of the same name is in use already; rename the file in '{home}'")


@contextlib.contextmanager
def _searched(home: Path | None) -> Iterator[None]:
    """Search a folder first, or leave the working directory out, while a module is imported."""
    kept = list(sys.path)
    outside = [entry for entry in kept if entry not in ("", os.getcwd())]
    sys.path[:] = outside if home is None else [str(home), *kept]
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:] = kept


def _is_density(target: Any) -> bool:
    if isinstance(target, type):
        return issubclass(target, Density)
    if isinstance(target, Density):
        return True
    if inspect.ismethod(target):  # another constructor of a density
        return isinstance(target.__self__, type) and issubclass(target.__self__, Density)
    return inspect.isfunction(target) and [*inspect.signature(target).parameters][:3] == ["x", "y", "z"]


def _kind(target: Any) -> str:
    if isinstance(target, type):
        return f"the class {target.__name__}"
    return f"a {type(target).__name__}" + (" of other arguments" if inspect.isfunction(target) else "")
