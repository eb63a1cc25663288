"""Time, accuracy and memory of maps against other ways to make them, in one run on one machine.

    python scripts/benchmark.py --output benchmark.txt     # every engine and nside 32 to 2048, some minutes
    python scripts/benchmark.py --largest 256 --repeats 3
    python scripts/benchmark.py --huge                     # also nside 4096, written in pieces: 3 GB of disk
    python scripts/benchmark.py --galaxies                 # instead: evaluations that bars, sums and cubes take
    python scripts/benchmark.py --galaxies bar --limit 60  # those with "bar" in their name, maps stopped after 60 s

The sky is an NFW halo times an exponential disk (h = 0.3 kpc), seen from 8.2 kpc, to r = 60 kpc. Times are medians, and
shares of the time that ``healpy.pix2ang`` takes for all pixels of nside 1024 in the same process. Errors are the
largest relative ones over pixels all over the sky and near the centre and the plane, against the graded reference of
the test suite. Peers that are not installed (extra ``bench``) are skipped with a message.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import healpy
import numpy as np
import peers
from peers import HALO, PAIR, R_MAX, R_SUN

import skymodel as sm

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "reference"))

import galaxy_costs  # needs tests/reference, found by the line above
import sky_truth

NSIDE = 64
HERE = sm.Observer(R_SUN)


@dataclass(frozen=True)
class Engine:
    """A way to make a map: its name, a function of nside that returns the map, and what it is compared with."""

    name: str
    make: Callable[[int], Any]
    truth: str = ""
    needs: str = ""


def ours(sample: str, density: Any = PAIR) -> Callable[[int], Any]:
    """Return our map as a function of nside."""
    return lambda nside: sm.project(density, nside, observer=HERE, r_max=R_MAX, rtol=1e-6, sample=sample).values


ENGINES = (
    Engine("skymodel, centres, 1e-6", ours("centre"), "centres"),
    Engine("skymodel, means, 1e-6", ours("mean"), "means"),
    Engine("skymodel, centres, 1e-6, halo^2", ours("centre", HALO * HALO), "centres of halo^2"),
    Engine("skymodel, means, 1e-6, halo^2", ours("mean", HALO * HALO), "means of halo^2"),
    Engine("scipy quad_vec, centres, 1e-4", peers.quad_vec, "centres"),
    Engine("scipy quad_vec, one quarter, 1e-4", peers.quad_vec_quarter, "centres"),
    Engine("fixed 0.5 kpc steps, centres", peers.fixed_step, "centres"),
    Engine("galpy + quad, centres, 1e-4", peers.galpy, "centres", needs="galpy"),
    Engine("gammapy JFactory, halo^2, 60 x 60 deg", peers.gammapy, needs="gammapy"),
    Engine("dmsky LoSIntegralInterp, centres, halo^2", peers.dmsky, "centres of halo^2", needs="dmsky"),
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


def truths(nside: int) -> dict[str, tuple[Any, Any]]:
    """Return pixels that matter, and their true values, by what is compared."""
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(0, 360, 40), np.degrees(np.arcsin(rng.uniform(-1, 1, 40)))
    near = [(0.1, 0.7), (1.0, 0.0), (20.0, 0.0), (100.0, 0.0), (0.0, 5.0), (30.0, 41.8), (3.0, -2.0), (50.0, 0.8)]
    places = np.concatenate([np.stack([lon, lat], axis=1), near])
    pixels = np.unique(healpy.ang2pix(nside, *places.T, lonlat=True))
    towards = np.stack(healpy.pix2vec(nside, pixels), axis=1)
    some = np.unique(np.concatenate([pixels[::6], sky_truth.centre_pixels(nside)[:1]]))
    found = {}
    for density, label in ((PAIR, ""), (HALO * HALO, " of halo^2")):
        means = [sky_truth.pixel_mean(density, nside, int(pixel), orders=(8, 6))[0] for pixel in some]
        found[f"centres{label}"] = pixels, sky_truth.lines(density, towards, r_max=R_MAX)
        found[f"means{label}"] = some, np.array(means)
    return found


def compare(repeats: int) -> Iterator[str]:
    """Yield the table of times and errors of every engine at one resolution."""
    truth, reference = truths(NSIDE), float("nan")
    yield f"nside {NSIDE}, NFW x exponential disk, or NFW^2"
    yield f"{'engine':42s} {'time [ms]':>10s} {'/ pix2ang':>10s} {'/ ours, centres':>16s} {'max error':>10s}"
    for engine in ENGINES:
        if engine.needs and importlib.util.find_spec(engine.needs) is None:
            yield f"{engine.name:42s} skipped: {engine.needs} is not installed (pip install 'skymodel[bench]')"
            continue
        try:
            unit = yardstick(3)
            seconds, found = timed(lambda make=engine.make: make(NSIDE), repeats)  # type: ignore[misc]
        except Exception as failure:  # a peer may fail in its own ways; the table says so and goes on
            yield f"{engine.name:42s} failed: {type(failure).__name__}: {failure}"
            continue
        reference = seconds if engine is ENGINES[0] else reference
        error = "-"
        if engine.truth:
            pixels, values = truth[engine.truth]
            error = f"{np.max(np.abs(found[pixels] / values - 1)):.1e}"
        yield (
            f"{engine.name:42s} {1e3 * seconds:10.1f} {seconds / unit:10.2f} {seconds / reference:16.1f} {error:>10s}"
        )


def scale(repeats: int, largest: int) -> Iterator[str]:
    """Yield the table of what our maps cost at every resolution."""
    yield (
        f"{'nside':>6s} {'sample':8s} {'time [ms]':>10s} {'/ pix2ang(1024)':>16s} "
        f"{'sight lines':>12s} {'evaluations':>12s} {'tiles':>6s} {'stated':>8s}"
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
            yield (
                f"{nside:6d} {sample:8s} {1e3 * seconds:10.1f} {seconds / unit:16.2f} {sky.meta['sightlines']:12d} "
                f"{sky.meta['evaluations']:12d} {sky.meta['tiles']:6d} {stated:8.1e}"
            )
            del sky
        nside *= 2


def window(repeats: int) -> Iterator[str]:
    """Yield what the window factor costs after one warm-up."""
    for rtol in (1e-4, 1e-6):
        sm.window_factor(PAIR, observer=HERE, r_max=R_MAX, rtol=rtol)
        unit = yardstick(3)
        seconds, _ = timed(lambda r=rtol: sm.window_factor(PAIR, observer=HERE, r_max=R_MAX, rtol=r), repeats)  # type: ignore[misc]
        yield f"window factor at {rtol:g}: {1e3 * seconds:.1f} ms, {seconds / unit:.3f} of pix2ang(1024)"


WHOLE = "sm.project(PAIR, {nside}, observer=sm.Observer(R_SUN), r_max=R_MAX)"
PIECES = """chunks = sm.project_chunks(PAIR, {nside}, observer=sm.Observer(R_SUN), r_max=R_MAX)
header = MapHeader("J", "GeV kpc cm-6")
write_map_pieces("{path}", {nside}, [header], (np.stack([chunk.values, chunk.error]) for chunk in chunks))"""
FRESH = """import resource, sys
from pathlib import Path
import numpy as np
import skymodel as sm
from peers import PAIR, R_MAX, R_SUN
from skymodel.output.files.fits_write import MapHeader, write_map_pieces
{work}
status = Path("/proc/self/status")  # ru_maxrss would be that of the parent, where it is larger
kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
kib = float(status.read_text().split("VmHWM:")[1].split()[0]) if status.exists() else kib
print(kib / 1024)"""


def peak(work: str) -> tuple[float, float]:
    """Return the largest memory [MiB] and the time [s] of a fresh process that does some work, imports included."""
    begin = time.perf_counter()
    command, here = [sys.executable, "-c", FRESH.format(work=work)], Path(__file__).parent
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=here)
    return float(done.stdout), time.perf_counter() - begin


def memory(largest: int, huge: bool) -> Iterator[str]:
    """Yield the table of the memory that maps of means take, in fresh processes."""
    yield f"{'nside':>6s} {'means, 1e-6':28s} {'peak [MiB]':>10s} {'time [s]':>9s} {'map and errors [MiB]':>21s}"
    jobs = [(nside, "in memory", WHOLE) for nside in (64, 1024, 2048) if nside <= largest]
    jobs += [(4096, "chunk by chunk to a FITS file", PIECES)] if huge else []
    with tempfile.TemporaryDirectory() as folder:
        for nside, how, work in jobs:
            mib, seconds = peak(work.format(nside=nside, path=f"{folder}/map.fits"))
            yield f"{nside:6d} {how:28s} {mib:10.0f} {seconds:9.1f} {2 * 8 * 12 * nside**2 / 2**20:21.0f}"


def tables(options: argparse.Namespace) -> Iterator[str]:
    """Yield every line of the report."""
    sm.project(PAIR, 8, observer=HERE, r_max=R_MAX, rtol=1e-6)  # imports and caches
    yield f"healpy.pix2ang, nside 1024: {1e3 * yardstick(5):.0f} ms"
    for table in (
        compare(options.repeats),
        scale(options.repeats, options.largest),
        window(options.repeats),
        memory(options.largest, options.huge),
    ):
        yield ""
        yield from table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--largest", type=int, default=2048, help="largest nside")
    parser.add_argument("--huge", action="store_true", help="also write nside 4096 to a temporary file")
    parser.add_argument("--output", type=Path, help="where to write the tables as well")
    parser.add_argument(
        "--galaxies", nargs="?", const="", help="count evaluations for Galaxies with this in their name"
    )
    parser.add_argument("--limit", type=int, default=240, help="seconds that one of these maps may take")
    options = parser.parse_args()
    lines = []
    report = tables(options) if options.galaxies is None else galaxy_costs.tables(options.galaxies, options.limit)
    for line in report:
        print(line, flush=True)
        lines.append(line)
    if options.output:
        options.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
