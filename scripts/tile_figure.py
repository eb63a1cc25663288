"""The tiles of a sky over its map, for a halo times a thin disk seen from the plane and from above it.

python scripts/tile_figure.py --folder figures
"""

from __future__ import annotations

import argparse
from pathlib import Path

import skymodel as sm
from profiles import NFW, ExponentialDisk
from skymodel.output.figures.style import style
from skymodel.output.figures.tiles import tile_figure
from skymodel.sightlines.pixels.tiling import Tiling
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import PathEnd
from skymodel.sightlines.ray.integrate import SightLines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(), help="where to write the figures")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    pair = NFW(rho_s=0.3, r_s=20.0) * ExponentialDisk(n_0=1.0, R_d=2.6, z_d=0.3)
    for z_sun in (0.0, 0.0208):
        lines = SightLines(pair, sm.Observer(8.2, z_sun), PathEnd(r_max=60.0))
        tiling = Tiling(lines, promises.check(pair, lines.observer), 64, 1e-6, "mean")
        with style():
            figure = tile_figure(
                tiling.fitted, f"NFW x exponential disk (h = 0.3 kpc), z_sun = {z_sun} kpc, rtol = 1e-6"
            )
            path = folder / f"tiles_z{1000 * z_sun:.0f}pc.png"
            figure.savefig(path)
        print(path)


if __name__ == "__main__":
    main()
