"""Figures of densities: along lines, as slices through the Galaxy, and the mass they hold.

Each function draws on axes it is given or on a new figure, and returns the axes or the figure; nothing is saved.
Densities of different units cannot share an axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from profiles import Density
from profiles.mass import enclosed_mass
from skymodel.output.figures.style import COLOURS, COLUMN, PAGE, figure

Line = Literal["x", "y", "z", "sun"]
Plane = Literal["xy", "xz", "Rz"]
Extent = tuple[float, float]
_DECADES = 8  # below the largest value a density is not drawn
_DASHES = ("-", "--", ":", "-.")
_AXES: dict[Line, str] = {"sun": "$-x$, to the Sun", "y": "$y$", "z": "$z$"}
_LABELS = {"x": "$x$", "y": "$y$", "z": "$z$", "sun": "distance from the centre towards the Sun"}


def lines_figure(
    densities: Mapping[str, Density],
    *,
    along: Line = "sun",
    extent: tuple[float, float] = (0.01, 60.0),
    axes: Any = None,
) -> Any:
    """Return the axes with each density along a line through the centre.

    Parameters
    ----------
    densities
        Densities of one unit, by label.
    along
        "sun" is the negative x axis, "z" the rotation axis.
    extent
        Distances from the centre [kpc].
    axes
        Drawn on these; by default on a new figure.

    Examples
    --------
    >>> from profiles import NFW, Burkert
    >>> axes = lines_figure({"NFW": NFW(), "Burkert": Burkert()})
    >>> axes.get_xscale()
    'log'
    """
    unit = _common_unit(densities)
    axes = figure(COLUMN * 1.5, COLUMN * 1.2).subplots() if axes is None else axes
    s = np.geomspace(*extent, 400)
    peaks = []
    for number, (label, density) in enumerate(densities.items()):
        values = np.asarray(density(*_points(along, s)), dtype=float)
        peaks.append(float(values.max()))
        axes.plot(s, np.where(values > 0, values, np.nan), label=label, **_pen(number))
    axes.set(
        xscale="log", yscale="log", xlim=extent, xlabel=f"{_LABELS[along]} [kpc]", ylabel=f"density [{_tex(unit)}]"
    )
    _limit(axes, max(peaks))
    _legend(axes, len(densities))
    return axes


def slice_figure(
    density: Density, plane: Plane = "xy", *, extent: float = 10.0, r_sun: float | None = 8.2, axes: Any = None
) -> Any:
    """Return the axes with the logarithm of a density in a plane through the centre.

    Parameters
    ----------
    density
        Any density.
    plane
        "xy" seen from the north, "xz" seen from y < 0, "Rz" the half plane towards x > 0.
    extent
        Half the width [kpc].
    r_sun
        Where the Sun is marked [kpc]; None for no mark.
    axes
        Drawn on these; by default on a new figure.

    Examples
    --------
    >>> from profiles import NFW
    >>> slice_figure(NFW(), "Rz").get_ylabel()
    '$z$ [kpc]'
    """
    from matplotlib import colormaps
    from matplotlib.colors import LogNorm

    made = figure(COLUMN * 1.3, COLUMN * 1.1) if axes is None else axes.figure
    axes = made.subplots() if axes is None else axes
    across, up = _grid(plane, extent)
    first, second = np.meshgrid(across, up)
    zero = np.zeros_like(first)
    values = np.asarray(density(first, second, zero) if plane == "xy" else density(first, zero, second), dtype=float)
    shown = np.ma.masked_less_equal(values, 0.0)
    if shown.count() == 0:
        raise ValueError(f"the density vanishes in this plane within {extent:g} kpc; choose a larger extent")
    top = float(shown.max())
    bottom = max(top * 10.0**-_DECADES, float(shown.min()))
    norm = LogNorm(bottom, top)
    axes.set_facecolor(colormaps["cividis"](0))  # where there is nothing at all
    image = axes.pcolormesh(across, up, shown, norm=norm, cmap="cividis", shading="nearest", rasterized=True)
    axes.contour(across, up, shown, levels=np.geomspace(bottom, top, 9)[1:-1], colors="white", linewidths=0.4)
    names = {"xy": ("$x$", "$y$ (to $l = 90°$)"), "xz": ("$x$", "$z$"), "Rz": ("$R$", "$z$")}[plane]
    axes.set(aspect="equal", xlabel=f"{names[0]} [kpc]", ylabel=f"{names[1]} [kpc]")
    if r_sun is not None and plane != "Rz" and r_sun < extent:
        axes.plot(-r_sun, 0, marker="$\\odot$", color="black", markersize=6, markeredgewidth=0.3)
    made.colorbar(image, ax=axes, label=f"density [{_tex(density.unit)}]")
    return axes


def mass_figure(
    densities: Mapping[str, Density], *, extent: tuple[float, float] = (0.1, 60.0), axes: Any = None
) -> Any:
    """Return the axes with what each density holds within a radius.

    Parameters
    ----------
    densities
        Densities by label, all of mass or all of number.
    extent
        Radii [kpc].
    axes
        Drawn on these; by default on a new figure.
    """
    axes = figure(COLUMN * 1.5, COLUMN * 1.2).subplots() if axes is None else axes
    radii = np.geomspace(*extent, 30)
    kinds, peaks = set(), []
    for number, (label, density) in enumerate(densities.items()):
        held = enclosed_mass(density, radii, rtol=1e-3)  # less than the width of a line
        kinds.add(str(held.unit))
        peaks.append(float(held.value[-1]))
        axes.plot(radii, np.where(held.value > 0, held.value, np.nan), label=label, **_pen(number))
    if len(kinds) > 1:
        raise ValueError("masses and numbers of particles cannot share an axis; draw them apart")
    name = r"mass inside $r$ [$M_\odot$]" if kinds == {"solMass"} else "particles inside $r$"
    axes.set(xscale="log", yscale="log", xlim=extent, xlabel="$r$ [kpc]", ylabel=name)
    _limit(axes, max(peaks))
    _legend(axes, len(densities))
    return axes


def density_figure(density: Density, *, extent: float = 10.0, r_sun: float = 8.2, label: str = "") -> Any:
    """Return a page about one density: along x, y and z, its slices in (x, y) and (x, z), and its mass if it has one.

    Parameters
    ----------
    density
        Any density.
    extent
        Half the width of the slices [kpc].
    r_sun
        Where the Sun is marked [kpc].
    label
        Title.
    """
    made = figure(PAGE, 0.9 * PAGE)
    made.suptitle(label)
    ((lines, mass), (face, edge)) = made.subplots(2, 2)
    _along_axes(density, extent, lines)
    try:
        mass_figure({"all": density}, extent=(1e-2 * extent, 6 * extent), axes=mass)
        mass.get_legend().remove()
    except (ValueError, TypeError):  # a product of densities holds neither mass nor particles
        mass.set_axis_off()
    slice_figure(density, "xy", extent=extent, r_sun=r_sun, axes=face)
    slice_figure(density, "xz", extent=extent, r_sun=r_sun, axes=edge)
    return made


def glance_figure(density: Density, *, extent: float = 10.0) -> Any:
    """Return a small figure of a density: its slice in (x, z), if it shines there, and its course along the axes."""
    made = figure(PAGE, 2.6)
    edge, lines = made.subplots(1, 2)
    try:
        slice_figure(density, "xz", extent=extent, axes=edge)
    except ValueError as dark:
        edge.text(0.5, 0.5, str(dark).partition(";")[0], ha="center", wrap=True)
        edge.set_axis_off()
    _along_axes(density, extent, lines)
    return made


def families_figure(densities: Mapping[str, Density], *, extent: Extent = (1e-2, 60.0)) -> Any:
    """Return a figure with a panel for each form among densities: those in colours, all others in grey behind them.

    Parameters
    ----------
    densities
        Of one unit, by label; forms with few share the last panel.
    extent
        Distances from the centre [kpc], towards the Sun.
    """
    families: dict[str, dict[str, Density]] = {}
    for label, density in densities.items():
        families.setdefault(type(density).__name__, {})[label] = density
    panels = {name: found for name, found in families.items() if len(found) > 1}
    rest = {label: one for found in families.values() if len(found) == 1 for label, one in found.items()}
    panels |= {"other forms": rest} if rest else {}
    rows = -(-len(panels) // 2)
    made = figure(PAGE, 2.7 * rows)
    grid = made.subplots(rows, 2, sharex=True, sharey=True, squeeze=False).ravel()
    for (name, family), axes in zip(panels.items(), grid, strict=False):
        others = {label: density for label, density in densities.items() if label not in family}
        lines_figure({**family, **others}, extent=extent, axes=axes)
        for line in axes.get_lines()[len(family) :]:
            line.set(color="0.85", linestyle="-", linewidth=0.7, zorder=0, label="_")
        axes.set_title(name)
        axes.legend(loc="lower left", fontsize=5.5)
        axes.label_outer()
    for place in range(len(panels), len(grid)):  # an empty panel: the one above has the axis
        grid[place].set_axis_off()
        grid[place - 2].tick_params(labelbottom=True)
        grid[place - 2].set_xlabel(f"{_LABELS['sun']} [kpc]")
    return made


def _along_axes(density: Density, extent: float, axes: Any) -> None:
    """Draw a density along the three axes, each in a colour of its own."""
    for along in _AXES:
        lines_figure({_AXES[along]: density}, along=along, extent=(1e-3 * extent, 6 * extent), axes=axes)
    for line, colour, dashes in zip(axes.get_lines(), COLOURS, _DASHES, strict=False):
        line.set(color=colour, linestyle=dashes)  # equal ones are both seen
    axes.set_xlabel("distance from the centre [kpc]")
    axes.legend(title="along")


def _limit(axes: Any, peak: float) -> None:
    """Show the decades below the peak that are there, and a little above it."""
    if peak <= 0:  # nothing to see, and a logarithm has no room for it
        axes.set_yscale("linear")
        return
    drawn = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.get_lines()])
    lowest = float(np.min(drawn[np.isfinite(drawn)], initial=peak))
    axes.set_ylim(max(lowest / 2, peak * 10.0**-_DECADES), 3 * peak)


def _legend(axes: Any, entries: int) -> None:
    many = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.12), "ncols": 3} if entries > 7 else {}
    axes.legend(**many)


def _points(along: str, s: Any) -> tuple[Any, Any, Any]:
    zero = np.zeros_like(s)
    return {"x": (s, zero, zero), "sun": (-s, zero, zero), "y": (zero, s, zero), "z": (zero, zero, s)}[along]


def _grid(plane: Plane, extent: float) -> tuple[Any, Any]:
    cells = (
        (np.arange(-200, 200) + 0.5) * extent / 200
    )  # an even number: no point falls on the centre, where cusps diverge
    return (cells[200:] if plane == "Rz" else cells), cells


def _pen(number: int) -> dict[str, Any]:
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": _DASHES[number // len(COLOURS) % len(_DASHES)]}


def _common_unit(densities: Mapping[str, Density]) -> Any:
    if not densities:
        raise ValueError("no densities to draw; give at least one")
    found = {str(density.unit): density.unit for density in densities.values()}
    if len(found) > 1:
        raise ValueError(f"densities of the units {', '.join(found)} cannot share an axis; convert them with in_unit")
    return next(iter(found.values()))


def _tex(unit: Any) -> str:
    return str(unit.to_string("latex_inline"))
