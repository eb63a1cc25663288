"""Galaxies as the field uses them, whose cost is watched, and a counter of evaluations that is no part of the engine.

One evaluation is one point at which the whole density is computed; a point of one of k terms of a sum counts 1/k, so
that a sum taken whole and one taken term by term count alike.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

import skymodel as sm
from profiles import (
    NFW,
    Density,
    DwekBar,
    ExponentialDisk,
    FreudenreichBar,
    Grid,
    PeanutBar,
    Scaled,
    Sum,
    Triaxial,
    from_function,
    library,
)

R_MAX = 60.0  # kpc
IN_PLANE, ABOVE = sm.Observer(8.2), sm.Observer(8.178, 0.0208)
HALO, DISK = NFW(rho_s=0.3, r_s=20.0), ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
METHODS = ("__call__", "meridional", "radial")


def galaxies() -> dict[str, tuple[Density, Density, sm.Observer]]:
    """Return (halo, electrons, observer) by name, from the easiest to the hardest."""
    presets = ("ymw16", "ferriere2007_electrons", "ne2001")
    bars: dict[str, Density] = {"dwek bar": DwekBar(), "peanut bar": PeanutBar(), "freudenreich bar": FreudenreichBar()}
    return {
        "disk, Sun in the plane": (HALO, DISK, IN_PLANE),
        "disk": (HALO, DISK, ABOVE),
        "mcmillan2017_baryons": (HALO, library.electrons({"preset": "mcmillan2017_baryons"}), ABOVE),
        "triaxial halo x disk": (Triaxial(HALO), DISK, ABOVE),
        **{name: (HALO, bar, ABOVE) for name, bar in bars.items()},
        "sormani2022_bar": (HALO, library.electrons({"preset": "sormani2022_bar"}), ABOVE),
        "dwek bar as a function": (HALO, as_function(DwekBar()), ABOVE),
        **{name: (HALO, library.electrons({"preset": name}), ABOVE) for name in presets},
        "simulation cube": (HALO, cube(), ABOVE),
    }


def as_function(density: Density) -> Density:
    """Return what a user would write who has nothing but the formula: no symmetry, no hints."""
    return from_function(lambda x, y, z: density(x, y, z), unit=density.unit, symmetry="none")


def cube(n: int = 65, seed: int = 1) -> Grid:
    """Return a lumpy cube ``(n, n, n // 2 + 1)``: 0.5 e-folds of noise on an exponential disk."""
    x, z = np.linspace(-20, 20, n), np.linspace(-4, 4, n // 2 + 1)
    places = np.meshgrid(x, x, z, indexing="ij")
    smooth = np.exp(-np.hypot(*places[:2]) / 3 - np.abs(places[2]) / 0.4)
    values = smooth * np.exp(np.random.default_rng(seed).normal(size=smooth.shape) * 0.5)
    return Grid((-20.0, -20.0, -4.0), (x[1] - x[0], x[1] - x[0], z[1] - z[0]), values, edge="zero", unit="cm-3")


def leaves(density: Density) -> list[Density]:
    """Return the terms of a sum of densities, scaled or not."""
    match density:
        case Sum():
            return [leaf for part in density.parts for leaf in leaves(part)]
        case Scaled():
            return leaves(density.density)
    return [density]


class Counter:
    """Counts the points at which the classes of the terms of a density are called while a ``with`` block runs.

    A density that calls another inside itself counts once. What other processes call is not seen.
    """

    def __init__(self, electrons: Density) -> None:
        self._terms = leaves(electrons)
        self._points = 0
        self._lock, self._inside = threading.Lock(), threading.local()
        self._undo: list[Callable[[], None]] = []

    @property
    def evaluations(self) -> float:
        """Evaluations of the whole density."""
        return self._points / len(self._terms)

    def __enter__(self) -> Counter:
        for kind in {type(term) for term in self._terms}:
            for name in METHODS:
                if hasattr(kind, name):
                    self._wrap(kind, name)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for undo in self._undo:
            undo()

    def _wrap(self, kind: type, name: str) -> None:
        original, own = getattr(kind, name), name in vars(kind)
        undo = functools.partial(setattr, kind, name, original) if own else functools.partial(delattr, kind, name)
        self._undo.append(undo)

        @functools.wraps(original)
        def counted(density: Any, *places: Any) -> Any:
            outermost = not getattr(self._inside, "yes", False)
            if outermost:
                self._inside.yes = True
                with self._lock:
                    self._points += max(int(np.size(axis)) for axis in places)
            try:
                return original(density, *places)
            finally:
                if outermost:
                    self._inside.yes = False

        setattr(kind, name, counted)
