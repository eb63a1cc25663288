"""Random lumpy cubes by seed: how often the limits that maps of them state are missed, and how tight they are.

python scripts/cube_honesty.py 1 2 3 --largest 32
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.reference.cube_honesty import CONFIDENCE, judged


def main() -> int:
    """Print a line a seed and the sum; return 1 if more limits are missed than their confidence allows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seeds", nargs="+", type=int)
    parser.add_argument("--largest", type=int, default=64, help="nside of the largest maps")
    asked, missed, tested = parser.parse_args(), 0, 0
    for seed in asked.seeds:
        found, sky = judged(seed, largest=asked.largest)
        missed, tested = missed + int(found.missed.sum()), tested + len(found.true)
        tight = np.median(found.stated / np.maximum(found.true, 1e-300))
        worst = np.max(found.true / (found.stated + found.doubt))
        print(
            f"seed {seed} nside {sky.nside} rtol {sky.meta['rtol']:.1e}: {found.missed.sum()} missed, worst true / "
            f"stated {worst:.2f}, median stated / true {tight:.0f}, "
            f"E = {sky.meta['evaluations'] / (64 * sky.values.size):.1f}",
            flush=True,
        )
    allowed = int(stats.binom.ppf(0.99, tested, 1 - CONFIDENCE))
    print(f"{missed} of {tested} missed; by chance alone at most {allowed}, 99 times in 100")
    return int(missed > allowed)


if __name__ == "__main__":
    raise SystemExit(main())
