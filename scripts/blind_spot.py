"""Random features that nothing announces, by seed: which of those above the blind spot lines, means or maps miss.

python scripts/blind_spot.py line 0 600; python scripts/blind_spot.py region 0 80; python scripts/blind_spot.py sky 0 80
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.reference import hidden


def main() -> int:
    """Print a line for each that is missed or refused, and the sum; return 1 if one was missed that should not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("door", choices=["line", "region", "sky"])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    asked, counted, missed, refused = parser.parse_args(), 0, 0, 0
    for seed in range(asked.first, asked.last):
        here = hidden.case(seed)
        what = (
            f"seed {seed}: a {here.feature.kind} {here.feature.size / here.distance:.2f} of its {here.distance:.2g} kpc"
        )
        try:
            found = getattr(hidden, asked.door)(seed)
        except ValueError as error:
            refused += 1
            print(f"{what}: {error}", flush=True)
            continue
        counted, missed = counted + found.counts, missed + (found.counts and found.missed)
        if found.missed:
            above = "above" if found.counts else "below"
            print(f"{what} {above} the blind spot: {found.value:.6g} +- {found.error:.1g}, right {found.truth:.6g}")
    print(f"{asked.door}: {counted} above the blind spot, {missed} of them missed; {refused} of all refused")
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
