"""Whether the errors that maps state are true: random skies against an independent truth.

    python scripts/honesty.py --jobs 2                    # 300 skies, about an hour
    python scripts/honesty.py --first 1000 --count 20 --figure honesty.png

Prints a line for every violation, with the seed that repeats it, and a summary. Only public doors are asked. Skies can
be split over processes or machines by their seeds. The skies and the truth are those of the test suite
(tests/reference/honesty.py, graded.py, sky_truth.py).
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "reference"))

import honesty as reference  # found by the line above

SLOW = 60.0  # s after which a sky is named
PATIENCE = 600.0  # s of processor time after which it is given up
IDLE = 100.0  # times the true error that the median statement of a pixel may be; lines are cut finer than they need


class Judged(NamedTuple):
    """A sky's seed, what to print of it, if anything, and its verdict unless it was refused or broke."""

    seed: int
    line: str
    verdict: reference.Verdict | None = None


class GivenUp(BaseException):  # not an Exception, so that nobody on the way takes it for a density's own
    """A sky took too long."""


def give_up(*_: object) -> None:
    raise GivenUp


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise GivenUp after so much processor time."""
    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def judged(seed: int, seconds: float = PATIENCE) -> Judged:
    case = reference.case(seed)
    label = f"seed {seed}: {case.name}, z_sun {case.z_sun:.4f}, nside {case.nside}, rtol {case.rtol:.1e}, {case.sample}"
    begin = time.perf_counter()
    try:
        with patience(seconds):
            found = reference.verdict(case)
    except GivenUp:
        return Judged(seed, f"given up  {label}: more than {seconds:.0f} s")
    except Exception as failure:  # whatever it is, it is to be named, and the other skies go on
        word = "refused" if reference.is_refusal(failure) else "VIOLATION"
        return Judged(seed, f"{word}  {label}: {type(failure).__name__}: {failure}")
    if found.violations.any():
        worst = np.max(found.true[found.violations] / found.stated[found.violations])
        line = f"VIOLATION  {label}: {found.violations.sum()} of {found.true.size}, up to {worst:.2f} times"
        return Judged(seed, line, found)
    seconds = time.perf_counter() - begin
    return Judged(seed, f"slow  {label}: {seconds:.0f} s" if seconds > SLOW else "", found)


def results(seeds: range, jobs: int, seconds: float) -> Iterator[Judged]:
    """Yield what becomes of every sky, as it comes."""
    judge = functools.partial(judged, seconds=seconds)
    if jobs == 1:
        yield from map(judge, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(judge, seeds)


def summary(all_judged: list[Judged], everything: reference.Verdict) -> str:
    """Return the last line."""
    decided = ~everything.undecided
    words = "refused", "given up", "VIOLATION"
    refused, late, broken = (sum(judged.line.startswith(word) for judged in all_judged) for word in words)
    largest = np.max(everything.true[decided] / np.maximum(everything.stated[decided], np.finfo(float).tiny))
    pixels, lines = everything.ratios(), everything.ratios(mapped=False)
    return (
        f"{len(all_judged)} skies, {refused} refused, {late} given up, {broken} with a violation; "
        f"{decided.sum()} errors compared, {everything.undecided.sum()} beyond the truth's own error; "
        f"stated / true: median {np.median(pixels):.0f} over {pixels.size} pixels and {np.median(lines):.0f} over "
        f"{lines.size} lines above the rounding floor; "
        f"largest true / stated {largest:.2f}"
    )


def draw(everything: reference.Verdict, path: Path, label: str) -> None:
    """Save the figure of true against stated errors."""
    from skymodel.output.figures.style import style
    from skymodel.output.figures.tiles import honesty_figure

    decided = ~everything.undecided & (everything.stated > 0)
    with style():
        honesty_figure(everything.stated[decided], everything.true[decided], label).savefig(path)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="how many skies")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="processor time [s] for a sky, then give up")
    parser.add_argument("--figure", type=Path, help="where to draw true against stated errors")
    return parser.parse_args()


def main() -> int:
    chosen = options()
    found: list[Judged] = []
    try:
        for one in results(range(chosen.first, chosen.first + chosen.count), chosen.jobs, chosen.patience):
            found.append(one)
            if one.line:
                print(one.line, flush=True)
    except KeyboardInterrupt:
        print("interrupted: the summary is that of the skies that were done")
    verdicts = [one.verdict for one in found if one.verdict is not None]
    if not verdicts:
        print("no sky was judged")
        return 1
    everything = reference.joined(*verdicts)
    print(summary(found, everything))
    if chosen.figure:
        draw(everything, chosen.figure, f"{len(found)} random skies, seeds from {chosen.first}")
    idle = np.median(everything.ratios()) > IDLE
    return int(idle or any(one.line.startswith("VIOLATION") for one in found))


if __name__ == "__main__":
    raise SystemExit(main())
