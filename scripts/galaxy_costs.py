"""What Galaxies as the field uses them cost, in evaluations of the density: counted, so no machine matters.

E is the number of evaluations over 64 x 12 nside^2: E = 1 is what 64 fixed nodes at every pixel centre cost.
``python scripts/benchmark.py --galaxies`` prints the table beside that of the first engine, measured by this script.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from galaxies import R_MAX, Counter, galaxies

import skymodel as sm
from profiles import Density


class Ask(NamedTuple):
    """A map that is timed: nside and tolerance."""

    nside: int
    rtol: float


MAPS = (Ask(64, 1e-3), Ask(64, 1e-4), Ask(256, 1e-4))
CUBE = "simulation cube"
# E of MAPS, then W at 1e-4 (the cube: 1e-3) in million evaluations, by the first engine; inf: stopped after minutes.
BEFORE: dict[str, tuple[float, float, float, float]] = {
    "disk, Sun in the plane": (0.07, 0.08, 0.005, 0.07),
    "disk": (0.78, 1.58, 0.07, 0.15),
    "mcmillan2017_baryons": (0.78, 1.74, 0.07, 0.34),
    "triaxial halo x disk": (1.76, 3.16, 0.13, 0.31),
    "dwek bar": (2.28, 6.35, 0.39, 1.1),
    "peanut bar": (4.23, 10.4, 0.38, 0.50),
    "freudenreich bar": (16.0, 31.2, 2.35, 3.1),
    "sormani2022_bar": (12.2, 21.2, 0.91, 1.5),
    "ymw16": (8.6, 18.4, 0.46, 12.0),
    "ferriere2007_electrons": (9.4, 13.8, 0.64, 8.4),
    "ne2001": (np.inf, np.inf, np.inf, 190.0),
    CUBE: (np.inf, np.inf, np.inf, 87.0),
}


class _TimeIsUp(BaseException):
    """No Exception, so that nothing takes it for a fault of the density."""


class Cost(NamedTuple):
    """What a call took: evaluations, wall time [s], and how it ended."""

    evaluations: float
    seconds: float
    note: str


def measured(work: Callable[[], Any], electrons: Density, limit: int) -> Cost:
    """Return the cost of some work, stopped after `limit` seconds."""

    def ring(*_: Any) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    begin = time.perf_counter()
    with Counter(electrons) as count:
        signal.alarm(limit)
        try:
            note = str(work() or "")
        except _TimeIsUp:
            note = f"stopped after {limit} s"
        except ValueError as refusal:
            note = f"refused: {str(refusal)[:60]}"
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
    return Cost(count.evaluations, time.perf_counter() - begin, note)


def price(density: Density) -> float:
    """Return what one evaluation takes [s], in arrays that stay in the cache."""
    x, y, z = np.random.default_rng(1).normal(size=(3, 4096))
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        density(x, y, z)
        times.append(time.perf_counter() - begin)
    return float(np.median(times)) / x.size


def tables(only: str = "", limit: int = 240) -> Iterator[str]:
    """Yield the cost table, of Galaxies whose name holds `only`; maps that take over `limit` seconds are stopped."""
    yield "E = evaluations / (64 x 12 nside^2); wall: time over 1.5 x (evaluations x the time of one) + 0.3 s"
    yield f"{'galaxy':24s} {'what':22s} {'before':>8s} {'E':>8s} {'time [s]':>9s} {'wall':>6s}"
    for name, (halo, electrons, observer) in galaxies().items():
        if only not in name:
            continue
        density, before = halo * electrons, BEFORE.get(name, (np.nan,) * 4)
        one = price(density)
        for ask, was in zip(MAPS, before, strict=False):
            rtol = max(ask.rtol, 1e-3) if name == CUBE and ask.nside > 64 else ask.rtol
            cost = measured(lambda d=density, n=ask.nside, o=observer, r=rtol: _map(d, n, o, r), electrons, limit)  # type: ignore[misc]
            unit = 64 * 12 * ask.nside**2
            yield _row(name, f"nside {ask.nside}, {rtol:g}", was, cost.evaluations / unit, cost, one)
        rtol = 1e-3 if name == CUBE else 1e-4
        cost = measured(lambda d=density, o=observer, r=rtol: _window(d, o, r), electrons, limit)  # type: ignore[misc]
        yield _row(name, f"W at {rtol:g}, million", before[3], cost.evaluations / 1e6, cost, one)


def _map(density: Density, nside: int, observer: sm.Observer, rtol: float) -> str:
    return str(sm.project(density, nside, observer=observer, r_max=R_MAX, rtol=rtol, workers=1).meta["method"])


def _window(density: Density, observer: sm.Observer, rtol: float) -> str:
    found = sm.window_factor(density, observer=observer, r_max=R_MAX, rtol=rtol, workers=1)
    return f"{found.value:.5f} +- {found.error:.0e}"


def _row(name: str, what: str, before: float, found: float, cost: Cost, one: float) -> str:
    wall = cost.seconds / (1.5 * cost.evaluations * one + 0.3)
    old = {True: "stopped", False: f"{before:8.3f}"}[bool(np.isinf(before))] if not np.isnan(before) else "-"
    return f"{name:24s} {what:22s} {old:>8s} {found:8.3f} {cost.seconds:9.2f} {wall:6.1f}  {cost.note}"
