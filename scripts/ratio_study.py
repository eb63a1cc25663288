"""The ratio claim over everything that is not known about the Galaxy: the study of docs/ensembles.md.

``python scripts/ratio_study.py --out study`` draws the galaxies of scripts/galaxy_priors.yaml, then a Saltelli design
of the same priors, and writes the verdict, quantiles of W and of the chi that COMPTEL asks for, Sobol indices, the
extreme galaxies and the figures. It resumes where it stopped; ``--workers 2`` uses two processes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from skymodel.output.files.store import open_store
from skymodel.output.folders.ensemble import summarise
from skymodel.runs.many import clusters, workers
from skymodel.runs.many.ensemble import EnsembleConfig, load_ensemble

PRIORS = Path(__file__).with_name("galaxy_priors.yaml")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("ratio-study"))
    parser.add_argument("--draws", type=int, help="of the ensemble; by default those of the priors' file")
    parser.add_argument("--rows", type=int, default=256, help="of the Saltelli design, a power of two")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    plain = load_ensemble(PRIORS, draws=options.draws)
    design = load_ensemble(PRIORS, sampling="saltelli", draws=options.rows * (plain.dimensions + 2))
    for name, config in (("ensemble", plain), ("sensitivity", design)):
        draw(config, options.out / name, options.workers)
        print(f"\n{name}: {summarise(open_store(options.out / name, config.resolved()), config)}")
    rows = open_store(options.out / "ensemble", plain.resolved()).rows(plain.draws)
    good = rows[rows["failure"] == ""]
    halos(good)
    extremes(plain, good)


def draw(config: EnsembleConfig, folder: Path, count: int) -> None:
    store = open_store(folder, config.resolved())
    missing = store.missing(config.draws)
    if count == 1 or not missing:
        for batch in workers.here(config, missing):
            store.add(batch.first, batch.last, batch.rows)
        return
    with clusters.local_cluster(count) as client:
        for batch in workers.on_cluster(client, config, missing):
            store.add(batch.first, batch.last, batch.rows)


def halos(good: np.ndarray) -> None:
    print("\nW of each halo: median (95 %), in so many galaxies:")
    for label in np.unique(good["dark_matter"]):
        found = good["W"][good["dark_matter"] == label]
        low, middle, high = np.quantile(found, [0.025, 0.5, 0.975])
        print(f"  {label:8s} {middle:.3f} ({low:.3f} to {high:.3f})  {found.size}")


def extremes(config: EnsembleConfig, good: np.ndarray) -> None:
    print("\nthe galaxies farthest from the claim (W = 1) and nearest to it:")
    for row in (*good[np.argsort(good["W"])[:3]], *good[np.argsort(good["W"])[-3:]]):
        print(f"  W = {row['W']:.4f}  draw {row['draw']}: {', '.join(drawn(config, row))}")


def drawn(config: EnsembleConfig, row: np.void) -> Iterator[str]:
    for name in (name for prior in config.priors for name in prior.parameters):
        value = row[name]
        if isinstance(value, str):
            yield f"{name} = {value}"
        elif np.isfinite(value):
            yield f"{name} = {value:.3g}"


if __name__ == "__main__":
    main()
