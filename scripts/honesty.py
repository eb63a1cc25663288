"""Whether the errors that maps state are true: random skies against an independent truth.

    python scripts/honesty.py                    # 300 skies, about a quarter of an hour
    python scripts/honesty.py --count 20 --first 1000 --figure honesty.png

Prints a line for every violation, with the seed that repeats it, and a summary. The skies and the truth are those of
the test suite (tests/reference/honesty.py, tests/reference/sky_truth.py).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "reference"))

import honesty as reference  # found by the line above

SLOW = 60.0  # s after which a sky is named


def judged(seed: int) -> tuple[str, reference.Verdict | None]:
    """Return what to print of a sky, if anything, and its verdict unless it was refused or broke a promise."""
    case = reference.case(seed)
    label = f"seed {seed}: {case.name}, z_sun {case.z_sun:.4f}, nside {case.nside}, rtol {case.rtol:.1e}, {case.sample}"
    begin = time.perf_counter()
    try:
        found = reference.verdict(case)
    except ValueError as refusal:
        return f"refused  {label}: {refusal}", None
    except AssertionError as failure:
        return f"VIOLATION  {label}: {failure}", None
    if found.violations.any():
        worst = np.max(found.true[found.violations] / found.stated[found.violations])
        return f"VIOLATION  {label}: {found.violations.sum()} of {found.true.size}, up to {worst:.2f} times", found
    seconds = time.perf_counter() - begin
    return (f"slow  {label}: {seconds:.0f} s" if seconds > SLOW else ""), found


def summary(lines: list[str], everything: reference.Verdict, skies: int) -> str:
    """Return the last line."""
    decided = ~everything.undecided
    refused, broken = (sum(line.startswith(word) for line in lines) for word in ("refused", "VIOLATION"))
    largest = np.max(everything.true[decided] / np.maximum(everything.stated[decided], np.finfo(float).tiny))
    return (
        f"{skies} skies, {refused} refused, {broken} with a violation; {decided.sum()} errors compared, "
        f"{everything.undecided.sum()} beyond the truth's own error; stated / true: median "
        f"{np.median(everything.ratios):.0f} over {everything.ratios.size} above the rounding floor; "
        f"largest true / stated {largest:.2f}"
    )


def draw(everything: reference.Verdict, path: Path, label: str) -> None:
    """Save the figure of true against stated errors."""
    from skymodel.output.style import style
    from skymodel.output.tile_figures import honesty_figure

    decided = ~everything.undecided & (everything.stated > 0)
    with style():
        honesty_figure(everything.stated[decided], everything.true[decided], label).savefig(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="how many skies")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--figure", type=Path, help="where to draw true against stated errors")
    options = parser.parse_args()
    lines, verdicts = [], []
    for seed in range(options.first, options.first + options.count):
        line, found = judged(seed)
        lines += [line] if line else []
        verdicts += [found] if found else []
        if line:
            print(line, flush=True)
    everything = reference.joined(*verdicts)
    print(summary(lines, everything, options.count))
    if options.figure:
        draw(everything, options.figure, f"{options.count} random skies, seeds from {options.first}")
    return int(any(line.startswith("VIOLATION") for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
