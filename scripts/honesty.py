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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300, help="how many skies")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--figure", type=Path, help="where to draw true against stated errors")
    options = parser.parse_args()
    verdicts, refused, violations = [], 0, 0
    for seed in range(options.first, options.first + options.count):
        begin = time.perf_counter()
        case = reference.case(seed)
        label = (
            f"seed {seed}: {case.name}, z_sun {case.z_sun:.4f}, nside {case.nside}, rtol {case.rtol:.1e}, {case.sample}"
        )
        try:
            found = reference.verdict(case)
        except ValueError as refusal:
            refused += 1
            print(f"refused  {label}: {refusal}", flush=True)
            continue
        except AssertionError as failure:
            violations += 1
            print(f"VIOLATION  {label}: {failure}", flush=True)
            continue
        verdicts.append(found)
        bad = int(found.violations.sum())
        violations += bad
        if bad:
            worst = np.max(found.true[found.violations] / found.stated[found.violations])
            print(
                f"VIOLATION  {label}: {bad} of {found.true.size}, true error up to {worst:.2f} times the stated",
                flush=True,
            )
        if time.perf_counter() - begin > 60:
            print(f"slow  {label}: {time.perf_counter() - begin:.0f} s", flush=True)
    everything = reference.joined(*verdicts)
    decided = ~everything.undecided
    print(
        f"{options.count} skies, {refused} refused; {decided.sum()} errors compared, {everything.undecided.sum()} beyond the "
        f"truth's own error; {violations} violations; stated / true: median {np.median(everything.ratios):.0f} over "
        f"{everything.ratios.size} above the rounding floor; largest true / stated "
        f"{np.max(everything.true[decided] / everything.stated[decided]):.2f}"
    )
    if options.figure:
        from skymodel.output.tile_figures import draw_honesty

        draw_honesty(everything.stated[decided], everything.true[decided], options.figure)
    return int(violations > 0)


if __name__ == "__main__":
    raise SystemExit(main())
