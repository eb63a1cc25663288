"""Time and accuracy of maps against other ways to make them, in one run on one machine.

    python scripts/benchmark.py                        # every engine and nside 32 to 2048, a few minutes
    python scripts/benchmark.py --largest 256 --repeats 3

The sky is an NFW halo times an exponential disk (h = 0.3 kpc), seen from 8.2 kpc, to r = 60 kpc. Times are medians, and
shares of the time that ``healpy.pix2ang`` takes for all pixels of nside 1024 in the same process. Errors are the
largest relative ones over directions all over the sky and near the centre and the plane, against the graded reference
of the test suite. Peers that are not installed (extra ``bench``) are skipped with a message.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import healpy
import numpy as np

import skymodel as sm
from profiles import NFW, ExponentialDisk

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "reference"))

import sky_truth  # found by the line above

HALO, DISK = NFW(rho_s=0.3, r_s=20.0), ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
PAIR = HALO * DISK
R_SUN, R_MAX, NSIDE = 8.2, 60.0, 64
HERE = sm.Observer(R_SUN)
STEP = 0.5  # kpc: the step of published nugget maps


@dataclass(frozen=True)
class Engine:
    """A way to make a map: its name, a function of nside that returns the map, and what it is compared with."""

    name: str
    make: Callable[[int], Any]
    truth: str = "centre"
    halo_only: bool = False
    needs: str = ""


def ours(sample: str, density: Any = PAIR) -> Callable[[int], Any]:
    """Return our map as a function of nside."""
    return lambda nside: sm.project(density, nside, observer=HERE, r_max=R_MAX, rtol=1e-6, sample=sample).values


def quarter(nside: int) -> tuple[Any, Any]:
    """Return unit vectors of the pixels of one quarter, and for each pixel of the map which of them it equals."""
    x, y, z = healpy.pix2vec(nside, np.arange(12 * nside**2))
    _, first, place = np.unique(healpy.vec2pix(nside, x, np.abs(y), np.abs(z)), return_index=True, return_inverse=True)
    return np.stack([x, np.abs(y), np.abs(z)], axis=1)[first], place


def along(n: Any, s: Any) -> Any:
    """Return the pair's density at distances ``(..., N)`` [kpc] along unit vectors ``(N, 3)``."""
    x, y, z = s * n[:, 0] - R_SUN, s * n[:, 1], s * n[:, 2]
    return PAIR(x, y, z)


def path(n: Any) -> Any:
    """Return how far it is to the sphere [kpc]."""
    return R_SUN * n[:, 0] + np.sqrt(R_MAX**2 - R_SUN**2 * (1 - n[:, 0] ** 2))


def quad_vec(nside: int) -> Any:
    """Return the map from scipy.integrate.quad_vec, all distinct pixels at once, to 1e-4."""
    from scipy.integrate import quad_vec as integrate

    n, place = quarter(nside)
    end = path(n)
    value = integrate(lambda t: along(n, t * end) * end, 0, 1, epsrel=1e-4, norm="max", limit=2000)[0]
    return np.asarray(value)[place]


def fixed_step(nside: int) -> Any:
    """Return the map from a sum over fixed steps."""
    n, place = quarter(nside)
    s = np.arange(STEP / 2, R_SUN + R_MAX, STEP)[:, None]
    return (np.where(s < path(n), along(n, s), 0.0).sum(axis=0) * STEP)[place]


def galpy(nside: int) -> Any:
    """Return the map from galpy's densities and scipy's quad, a line at a time, one quarter of the sky."""
    from galpy.potential import DoubleExponentialDiskPotential, NFWPotential
    from scipy.integrate import quad

    halo, disk = NFWPotential(a=20.0, amp=4 * np.pi * 20.0**3 * 0.3), DoubleExponentialDiskPotential(hr=2.6, hz=0.3)
    n, place = quarter(nside)

    def one(s: float, x: float, y: float, z: float) -> float:
        R, height = np.hypot(s * x - R_SUN, s * y), s * z
        return float(halo.dens(R, height, use_physical=False) * disk.dens(R, height, use_physical=False))

    ends = path(n)
    value = [quad(one, 0, end, args=tuple(row), epsrel=1e-4, limit=200)[0] for row, end in zip(n, ends, strict=True)]
    return np.array(value)[place]


def gammapy(nside: int) -> Any:
    """Return gammapy's J-factor of a halo on a grid of as many pixels as the map has; timed only."""
    from astropy import units
    from gammapy.astro.darkmatter import JFactory, profiles
    from gammapy.maps import WcsGeom

    side = healpy.nside2resol(nside, arcmin=True) / 60
    geom = WcsGeom.create(skydir=(0, 0), binsz=side, width=(360, 180), frame="galactic", proj="CAR")
    halo = profiles.NFWProfile(r_s=20 * units.kpc, rho_s=0.3 * units.Unit("GeV / cm3"))
    halo.DISTANCE_GC = R_SUN * units.kpc
    return JFactory(geom=geom, profile=halo, distance=R_SUN * units.kpc).compute_differential_jfactor()


def dmsky(nside: int) -> Any:
    """Return dmsky's interpolated line of sight through a halo, at all pixels; timed only."""
    from dmsky.density_profiles import NFWProfile
    from dmsky.jcalc import LoSIntegralInterp

    halo = NFWProfile(rhos=0.3, rs=20.0)
    table = LoSIntegralInterp(halo, R_SUN, 3.0, ann=False)
    return table(np.maximum(np.arccos(healpy.pix2vec(nside, np.arange(12 * nside**2))[0]), 1e-4))


ENGINES = (
    Engine("skymodel, centres, 1e-6", ours("centre")),
    Engine("skymodel, means, 1e-6", ours("mean"), truth="mean"),
    Engine("skymodel, means, 1e-6, halo only", ours("mean", HALO * HALO), halo_only=True),
    Engine("scipy quad_vec, centres, 1e-4", quad_vec),
    Engine("fixed 0.5 kpc steps", fixed_step),
    Engine("galpy + quad, one line at a time, 1e-4", galpy, truth="", needs="galpy"),
    Engine("gammapy JFactory (halo only)", gammapy, halo_only=True, needs="gammapy"),
    Engine("dmsky LoSIntegralInterp (halo only)", dmsky, halo_only=True, needs="dmsky"),
)


def timed(make: Callable[[], Any], repeats: int, patience: float = 20.0) -> tuple[float, Any]:
    """Return the median time [s] of up to `repeats` calls within `patience`, and the last result."""
    times: list[float] = []
    while len(times) < repeats and sum(times) < patience:
        begin = time.perf_counter()
        result = make()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), result


def yardstick(repeats: int) -> float:
    """Return the time [s] of healpy.pix2ang for all pixels of nside 1024."""
    pixels = np.arange(12 * 1024**2)
    return timed(lambda: healpy.pix2ang(1024, pixels), repeats)[0]


def truths(nside: int) -> tuple[Any, dict[str, Any]]:
    """Return pixels that matter, and their true centre values and means."""
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(0, 360, 40), np.degrees(np.arcsin(rng.uniform(-1, 1, 40)))
    near = [(0.1, 0.7), (1.0, 0.0), (20.0, 0.0), (100.0, 0.0), (0.0, 5.0), (30.0, 41.8), (3.0, -2.0), (50.0, 0.8)]
    places = np.concatenate([np.stack([lon, lat], axis=1), near])
    pixels = np.unique(healpy.ang2pix(nside, *places.T, lonlat=True))
    centres = sky_truth.lines(PAIR, np.stack(healpy.pix2vec(nside, pixels), axis=1))
    chosen = [p for p in pixels if p not in sky_truth.centre_pixels(nside)][::6]
    means = np.array([sky_truth.pixel_mean(PAIR, nside, p, orders=(8, 6))[0] for p in chosen])
    return pixels, {"centre": (pixels, centres), "mean": (np.array(chosen), means)}


def compare(repeats: int) -> None:
    """Print time and error of every engine at one resolution."""
    truth = truths(NSIDE)[1]
    print(
        f"\nnside {NSIDE}, NFW x exponential disk\n"
        f"{'engine':42s} {'time [ms]':>10s} {'/ pix2ang':>10s} {'max error':>10s}"
    )
    for engine in ENGINES:
        if engine.needs and importlib.util.find_spec(engine.needs) is None:
            print(f"{engine.name:42s} skipped: {engine.needs} is not installed (pip install 'skymodel[bench]')")
            continue
        try:
            unit = yardstick(3)
            seconds, found = timed(lambda make=engine.make: make(NSIDE), repeats)  # type: ignore[misc]
        except Exception as failure:  # a peer may fail in its own ways; the table says so and goes on
            print(f"{engine.name:42s} failed: {type(failure).__name__}: {failure}")
            continue
        error = "-"
        if engine.truth and not engine.halo_only:
            pixels, values = truth[engine.truth]
            error = f"{np.max(np.abs(found[pixels] / values - 1)):.1e}"
        print(f"{engine.name:42s} {1e3 * seconds:10.1f} {seconds / unit:10.2f} {error:>10s}")


def scale(repeats: int, largest: int) -> None:
    """Print what our maps cost at every resolution."""
    print(
        f"\n{'nside':>6s} {'sample':8s} {'time [ms]':>10s} {'/ pix2ang(1024)':>16s} "
        f"{'sight lines':>12s} {'tiles':>6s} {'stated':>8s}"
    )
    nside = 32
    while nside <= largest:
        for sample in ("centre", "mean"):
            unit = yardstick(3)
            seconds, sky = timed(
                lambda n=nside, s=sample: sm.project(PAIR, n, observer=HERE, r_max=R_MAX, rtol=1e-6, sample=s),
                repeats,  # type: ignore[misc]
            )
            stated = np.max(sky.error / sky.values)
            print(
                f"{nside:6d} {sample:8s} {1e3 * seconds:10.1f} {seconds / unit:16.2f} {sky.meta['sightlines']:12d} "
                f"{sky.meta['tiles']:6d} {stated:8.1e}"
            )
        nside *= 2


def window(repeats: int) -> None:
    """Print what the window factor costs after one warm-up."""
    for rtol in (1e-4, 1e-6):
        sm.window_factor(PAIR, observer=HERE, r_max=R_MAX, rtol=rtol)
        unit = yardstick(3)
        seconds, _ = timed(lambda r=rtol: sm.window_factor(PAIR, observer=HERE, r_max=R_MAX, rtol=r), repeats)  # type: ignore[misc]
        print(f"window factor at {rtol:g}: {1e3 * seconds:.1f} ms, {seconds / unit:.3f} of pix2ang(1024)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--largest", type=int, default=2048, help="largest nside")
    options = parser.parse_args()
    sm.project(PAIR, 8, observer=HERE, r_max=R_MAX, rtol=1e-6)  # imports and caches
    print(f"healpy.pix2ang, nside 1024: {1e3 * yardstick(5):.0f} ms")
    compare(options.repeats)
    scale(options.repeats, options.largest)
    print()
    window(options.repeats)


if __name__ == "__main__":
    main()
