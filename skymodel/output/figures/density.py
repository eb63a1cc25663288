"""A density drawn: the plane through the Sun and the poles, and the density along the axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from profiles import Density
from profiles.contract.arrays import Floats
from skymodel.output.figures.sky import unit_text
from skymodel.output.figures.style import COLOURS, PAGE, figure

_CELLS = 240
_DECADES, _CURVES = 6, 12  # decades shown below the brightest cell, and below the top of the curves
_NEAREST = 1e-2  # kpc
_AXES = {"from the Sun's side, $-x$": (-1, 0, 0), "towards $l = 90°$, $y$": (0, 1, 0), "to the north, $z$": (0, 0, 1)}


def density_figure(density: Density, size: float = 20.0, label: str = "") -> Any:
    """Return the figure of a density.

    Parameters
    ----------
    density
        What is drawn.
    size
        Half width of the picture, and how far the curves reach [kpc].
    label
        Small print at the foot.
    """
    if not size > _NEAREST:
        raise ValueError(f"size = {size}; allowed: more than {_NEAREST} kpc")
    made = figure(PAGE, 2.6, label)
    left, right = made.subplots(1, 2, width_ratios=(1.35, 1))
    mesh = slice_through(density, left, size)
    if mesh is not None:
        made.colorbar(mesh, ax=left, pad=0.02, shrink=0.7, label=f"[{unit_text(density.unit)}]")
    curves(density, right, size)
    return made


def slice_through(density: Density, axes: Any, size: float = 20.0) -> Any:
    """Draw y = 0, the plane that holds the Sun and the poles; return the coloured mesh, None where all is dark."""
    from matplotlib.colors import LogNorm

    edges = np.linspace(-size, size, _CELLS + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    x, z = np.meshgrid(middle, middle[np.abs(middle) < size / 2])
    values = _values(density, x, 0 * x, z)
    axes.set(xlim=(-size, size), ylim=(-size / 2, size / 2), aspect="equal")
    axes.set(xlabel="$x$ [kpc], the Sun at $-8.2$", ylabel="$z$ [kpc]", title="$y = 0$")
    if not (values > 0).any():
        axes.text(0, 0, "nothing here", ha="center", va="center")
        return None
    high = float(np.nanmax(values))
    low = max(float(np.nanmin(np.where(values > 0, values, np.nan))), high * 10.0**-_DECADES)
    norm = LogNorm(low, high if high > low else low * 10, clip=True)
    mesh = axes.pcolormesh(x, z, values, norm=norm, cmap="inferno", shading="nearest", rasterized=True)
    axes.plot([-8.2], [0], marker="o", markersize=3, color=COLOURS[5])
    return mesh


def curves(density: Density, axes: Any, size: float = 20.0) -> None:
    """Draw the density along the axes, those of one curve once."""
    r = np.geomspace(_NEAREST, size, 300)
    shown: list[Floats] = []
    for colour, (name, along) in zip(COLOURS, _AXES.items(), strict=False):
        values = _values(density, *(part * r for part in along))
        if any(np.allclose(values, other, rtol=1e-9, equal_nan=True) for other in shown):
            continue
        shown.append(values)
        axes.plot(r, np.where(values > 0, values, np.nan), color=colour, label=name)
    if (high := float(np.nanmax(np.concatenate(shown)))) > 0:
        axes.set(yscale="log", ylim=(max(high * 10.0**-_CURVES, _lowest(shown) / 2), high * 2))
    axes.set(xscale="log", xlabel="distance from the centre [kpc]")
    axes.set_ylabel(f"density [{unit_text(density.unit)}]")
    if len(shown) > 1:
        axes.legend(loc="lower left")
    else:
        axes.set_title("the same in all directions" if density.symmetry == "spherical" else "along the axes")


def _lowest(curves: list[Floats]) -> float:
    values = np.concatenate(curves)
    return float(np.min(values, where=values > 0, initial=np.inf))


def _values(density: Density, x: Floats, y: Floats, z: Floats) -> Floats:
    with np.errstate(all="ignore"):
        values = np.asarray(density(x, y, z), dtype=float)
    return np.where(np.isfinite(values), values, np.nan)
