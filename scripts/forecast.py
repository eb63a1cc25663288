"""Do the bands look alike? The matrix of band pairs, significance against exposure, and the table against data.

``python scripts/forecast.py --out forecast`` writes ``confrontation.ecsv``, ``matrix_<instruments>.ecsv``,
``exposure_<instruments>.ecsv`` and their figures. What a folder already holds is kept, so an interrupted study goes on;
``--statistics`` adds every statistic's verdict from mocks for each cell of the matrix, on ``--workers`` processes.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from astropy.table import QTable, vstack

from skymodel.cli.terminal import progress
from skymodel.comparison.forecast.forecast import curves, forecast, matrix
from skymodel.comparison.forecast.observations import Observation, load_observations, origin
from skymodel.comparison.forecast.stories import FINE, LINE, NUISANCES, REGION, STORIES, Skies, skies
from skymodel.comparison.likeness.field import field_of
from skymodel.comparison.ratio import candidates
from skymodel.comparison.rivals.confront import confront, confront_rivals
from skymodel.comparison.rivals.exposure import EVEN, INNER
from skymodel.output.figures.morphology import confrontation_figure, forecast_figure, matrix_figure
from skymodel.output.figures.run import save
from skymodel.output.figures.style import style
from skymodel.output.files.whole import whole
from skymodel.progress import Counted, Steps
from skymodel.runs.many import clusters
from skymodel.sightlines.project import project
from skymodel.sightlines.ray.geometry import Observer
from skymodel.sky.healpix import require_nside

SETS = {
    "past": ("spi_line", "spi_ortho", "comptel_1_3", "comptel_3_10", "comptel_10_20", "xray_8keV"),
    "next": ("cosi_line", "cosi_ortho", "amego_x_1_3", "amego_x_3_10", "amego_x_10_20", "xray_8keV"),
}
TITLES = {"past": "SPI, COMPTEL", "next": "COSI, AMEGO-X"}
FACTORS = {"past": (0.1, 0.3, 1.0, 3.0, 10.0, 30.0), "next": (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)}
WEIGHTS = {"pairs": 12, "rivals": 8} | {  # the steps and their shares of the time
    f"{step}, {name}": weight for name in SETS for step, weight in (("matrix", 3), ("exposures", 6))
}
Cell = tuple[str, Observation, Observation]
SHOWN = ("positrons in flight", "CONTINUUM_1_3")  # of the exposure figure: story, and the band beside the line
PAIR = ("pppc4dmid_isothermal", "mcmillan2017_baryons")  # compatible with both measurements, see confrontation.ecsv


def _nside(text: str) -> int:
    try:
        return require_nside(int(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("forecast"))
    parser.add_argument("--nside", type=_nside, default=64)
    parser.add_argument("--mocks", type=int, default=1000)
    parser.add_argument("--statistics", action="store_true", help="verdicts of all statistics for every cell")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with progress() as report:
        steps = Steps(report, WEIGHTS)
        confrontation(options.out, options.nside, steps)
        for name, chosen in SETS.items():
            seen = [load_observations()[key] for key in chosen]
            with steps(f"matrix, {name}") as counted:
                band_pairs(options.out, name, seen, options.nside, counted)
            with steps(f"exposures, {name}") as counted:
                exposures(options.out, name, seen, options.nside, options.mocks, counted)
            if options.statistics:
                verdicts(options.out, name, seen, options.nside, options.mocks, options.workers)


def confrontation(folder: Path, nside: int, steps: Steps) -> None:
    """Write and print which pairs of densities are compatible with the line and with COMPTEL's bulge."""
    fine = max(nside, FINE)
    with steps("pairs") as counted:
        both = functools.partial(confront, nside=fine, weights=(EVEN, INNER), progress=counted)
        table = kept(folder / "confrontation.ecsv", both, {"nside": fine})
    with steps("rivals") as counted:
        one = functools.partial(confront_rivals, nside=fine, progress=counted)
        kept(folder / "rivals.ecsv", one, {"nside": fine})
    draw(
        folder / "confrontation.png",
        lambda: confrontation_figure(
            table[table["weights"] == EVEN],
            "line: Siegert 2016; bulge: Knoedlseder 2025, errors of 1 deg assumed; bold: compatible with both; "
            "every pixel weighs alike; the first 42: visible matter, as printed, the last 28: interstellar electrons; "
            + table.meta.get("beams", ""),
        ),
    )
    for row in table[table["line_compatible"]]:
        print(
            f"compatible with the line, weights {row['weights']}: {row['dark_matter']} x {row['electrons']} "
            f"({row['tracer']}), chi-square {row['line_chi_square']:.1f}, bulge of sigma {row['bulge_sigma']:.2f}, "
            f"chi {row['chi_asked_for']:.3f}, {'also' if row['bulge_compatible'] else 'not'} with COMPTEL's bulge"
        )


def band_pairs(folder: Path, name: str, seen: list[Observation], nside: int, counted: Counted) -> None:
    def compute() -> Any:
        found, stories = made(nside), tuple(STORIES)[1:]
        table = matrix(found, seen, stories, progress=lambda done, count: counted(done, 2 * count))
        free = replace(found, nuisances=NUISANCES)
        more = matrix(free, seen, stories, progress=lambda done, count: counted(count + done, 2 * count))
        table["significance_all"] = more["significance"]
        return table

    table = kept(folder / f"matrix_{name}.ecsv", compute, {"nside": nside})
    label = (
        f"{TITLES[name]}; below the diagonal the norms of the flat and of the interstellar background are free, above "
        "it both are known exactly; 0: one sky for both bands, as nuggets have everywhere"
    )
    draw(folder / f"matrix_{name}.png", lambda: matrix_figure(table, label))


def exposures(folder: Path, name: str, seen: list[Observation], nside: int, mocks: int, counted: Counted) -> None:
    """Write significance and power against exposure for one pair of bands, and print what 3 and 5 sigma take."""
    story, band = SHOWN
    pair = next(other for other in seen if other.band.name == band)
    line = next(other for other in seen if other.band.name == LINE)

    def compute() -> Any:
        told = made(nside).pair(story, line, pair)
        found = curves(told, made(nside).field, FACTORS[name], mocks=mocks, progress=counted)
        for statistic, table in found.items():
            table["statistic"] = statistic
        table = vstack(list(found.values()), metadata_conflicts="silent")
        table.meta["inputs"] = origin([line, pair])
        return table

    table = kept(folder / f"exposure_{name}.ecsv", compute, {"nside": nside, "mocks": mocks})
    by_name = {str(s): table[table["statistic"] == s] for s in dict.fromkeys(table["statistic"])}
    label = (
        f"{TITLES[name]}: 511 keV against 1-3 MeV if the truth is '{story}'; {mocks} mocks; through noise the simple "
        "statistics know the flux that one origin predicts, the likelihood ratio leaves it free, and the norms of the "
        "backgrounds; dashed: backgrounds known exactly; " + table.meta.get("inputs", "")
    )
    draw(folder / f"exposure_{name}.png", lambda: forecast_figure(by_name, label))
    cells = kept(folder / f"matrix_{name}.ecsv", dict, {"nside": nside})
    cell = cells[(cells["rival"] == story) & (cells["band_a"] == LINE) & (cells["band_b"] == band)][0]
    print(
        f"{TITLES[name]}, {story}: {cell['significance']:.2f} sigma now ({cell['significance_known']:.2f} with "
        f"backgrounds known exactly, {cell['significance_all']:.2f} with slopes and sources free too), 3 sigma at "
        f"{cell['exposure_3_sigma']:.2g} and 5 sigma at {cell['exposure_5_sigma']:.2g} times the exposure"
    )


def verdicts(folder: Path, name: str, seen: list[Observation], nside: int, mocks: int, count: int) -> None:
    """Compute the cells that are missing, here or on a local Dask cluster; each is a file, all together a table."""
    cells = folder / f"cells_{name}_nside{nside}_mocks{mocks}"
    cells.mkdir(exist_ok=True)
    wanted = {
        cells / f"{story.replace(' ', '_')}-{pair[0].band.name}-{pair[1].band.name}.json": (story, *pair)
        for story in STORIES
        for pair in itertools.permutations(seen, 2)
    }
    missing = {path: cell for path, cell in wanted.items() if not path.exists()}
    for path, found in computed(missing, nside, mocks, count):
        settle(path, json.dumps(found))
    rows = [
        {"story": cell[0], "band_a": cell[1].band.name, "band_b": cell[2].band.name, "statistic": statistic, **verdict}
        for path, cell in wanted.items()
        for statistic, verdict in json.loads(path.read_text(encoding="utf-8")).items()
    ]
    table = QTable(rows=rows, meta={"inputs": origin(seen)})
    kept(folder / f"verdicts_{name}.ecsv", lambda: table, {"nside": nside, "mocks": mocks})


def computed(missing: dict[Path, Cell], nside: int, mocks: int, count: int) -> Iterator[tuple[Path, Any]]:
    """Yield each cell as it is done, on `count` processes; the skies are made once and sent to each of them."""
    if count == 1 or not missing:
        yield from ((path, one_cell(cell, made(nside), mocks)) for path, cell in missing.items())
        return
    from distributed import as_completed

    found = made(nside)
    with clusters.local_cluster(count) as client:
        there = client.scatter(found, broadcast=True, hash=False)
        futures = {
            client.submit(one_cell, cell, there, mocks, pure=False, retries=3): path for path, cell in missing.items()
        }
        for future in as_completed(futures):
            yield futures.pop(future), future.result()


def one_cell(cell: Cell, found: Skies, mocks: int) -> dict[str, Any]:
    return {key: verdict._asdict() for key, verdict in forecast(found.pair(*cell), found.field, mocks=mocks).items()}


@functools.cache
def made(nside: int) -> Skies:
    halo, electrons = candidates.default_halos()[PAIR[0]], candidates.default_electrons()[PAIR[1]]
    column = project(halo * electrons, max(nside, FINE), observer=Observer(), r_max=60, rtol=1e-3)
    return skies(column, field_of(REGION, nside))


def kept(path: Path, compute: Callable[[], Any], settings: dict[str, int]) -> Any:
    """Return the table of a file; compute and write it if it is missing, refuse one of other settings."""
    if not path.exists():
        table = compute()
        table.meta["settings"] = settings
        with whole(path) as draft:
            table.write(draft, format="ascii.ecsv")
    table = QTable.read(path, format="ascii.ecsv")
    if table.meta.get("settings") != settings:
        raise SystemExit(f"'{path}' was made with {table.meta.get('settings')}, not {settings}; choose another folder")
    return table


def settle(path: Path, text: str) -> None:
    with whole(path) as draft:
        draft.write_text(text, encoding="utf-8")


def draw(path: Path, make: Callable[[], Any]) -> None:
    with style():
        figure = make()
    save(figure, path)


if __name__ == "__main__":
    main()
