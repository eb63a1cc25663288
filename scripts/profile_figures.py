"""Draw the shelf: all halos, all baryons and electrons along the plane and the axis, their masses; or one density.

``python scripts/profile_figures.py --out figures`` writes halos.png, baryons.png, electrons.png and masses.png;
``python scripts/profile_figures.py --out figures sormani2022_bar`` a page about one profile or preset.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from profiles import Density, library
from skymodel.output.figures.names import density_name
from skymodel.output.figures.profiles import density_figure, families_figure, lines_figure, mass_figure
from skymodel.output.figures.style import PAGE, figure, style


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="profiles or presets to draw a page of")
    parser.add_argument("--out", type=Path, default=Path("figures"))
    parser.add_argument("--extent", type=float, default=10.0, help="half the width of the slices [kpc]")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with style():
        for name in options.names:
            page = density_figure(library.build(name), extent=options.extent, label=density_name(name))
            save(page, options.out / f"{name}.png")
        if not options.names:
            shelf(options.out)


def shelf(folder: Path) -> None:
    halos = presets("dark_matter")
    save(families_figure(halos), folder / "halos.png")
    stars = ("mwpotential2014_baryons", "stanek1997_bar", "dwek1995_bar", "sormani2022_bar")
    nuclear = ("launhardt2002_nuclear", "sormani2020_nsd", "chatzopoulos2015_nsc")
    baryons = components("mcmillan2017_baryons")
    baryons |= {density_name(name): library.build(name) for name in (*stars, *nuclear)}
    save(plane_and_axis(baryons), folder / "baryons.png")
    save(plane_and_axis(presets("electrons")), folder / "electrons.png")
    chosen = ("mcmillan2017_halo", "cautun2020_halo", "pppc4dmid_burkert", "mcmillan2017_baryons")
    mass = {density_name(name): library.build(name) for name in chosen}
    save(mass_figure(mass).figure, folder / "masses.png")


def plane_and_axis(densities: dict[str, Density]) -> object:
    """Return one figure: to the Sun on the left, along the axis on the right, one legend for both."""
    made = figure(PAGE, 0.75 * PAGE)
    left, right = made.subplots(1, 2, sharey=True)
    lines_figure(densities, along="sun", extent=(1e-3, 30.0), axes=left)
    lines_figure(densities, along="z", extent=(1e-3, 10.0), axes=right)
    bottom = max(axes.get_ylim()[0] for axes in (left, right))
    left.set_ylim(bottom, max(axes.get_ylim()[1] for axes in (left, right)))
    for axes in (left, right):
        axes.get_legend().remove()
    right.set_ylabel("")
    made.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return made


def presets(role: str) -> dict[str, Density]:
    found = [name for name in library.preset_names() if library.preset(name).role == role]
    return {density_name(name): library.build(name) for name in found}


def components(name: str) -> dict[str, Density]:
    parts = library.preset(name).components
    return {density_name(f"{name.split('_')[0]}_{part}"): library.build(spec) for part, spec in parts.items()}


def save(made: object, path: Path) -> None:
    made.savefig(path)  # type: ignore[attr-defined]
    print(path)


if __name__ == "__main__":
    main()
