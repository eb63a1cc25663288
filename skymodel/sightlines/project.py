"""Densities projected to HEALPix maps: the door.

``method="tiles"`` (:mod:`skymodel.sightlines.pixels.tiling`) integrates a few thousand sight lines and takes every
pixel from them. ``method="direct"`` (:mod:`skymodel.sightlines.cubature.direct`) integrates every pixel that the
density's symmetry leaves distinct; it is the reference, and takes over where a sky has so much fine structure that
tiles do not pay.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from profiles import Density
from skymodel.sightlines.cubature import cubes
from skymodel.sightlines.cubature.direct import Progress, direct
from skymodel.sightlines.pixels.tiling import project_tiles
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import Observer, PathEnd
from skymodel.sightlines.ray.integrate import SightLines, require_rtol
from skymodel.sightlines.surface.fitting import NotWorthTiles
from skymodel.sky.healpix import require_nside
from skymodel.sky.skymap import SkyMap

Sample = Literal["mean", "centre"]
Method = Literal["tiles", "direct"]


def project(
    density: Density,
    nside: int,
    *,
    observer: Observer | None = None,
    r_max: Any = None,
    s_max: Any = None,
    rtol: float = 1e-6,
    sample: Sample = "mean",
    method: Method = "tiles",
    progress: Progress | None = None,
) -> SkyMap:
    """Return the HEALPix map of line-of-sight integrals of a density.

    Parameters
    ----------
    density
        What is integrated.
    nside
        Resolution of the map, a power of two.
    observer
        Where the sight lines start.
    r_max, s_max
        Where they end [kpc]: on a Galactocentric sphere or at a distance from the observer; exactly one.
    rtol
        Tolerance: each error is at most rtol * max(value, 1e-9 * the largest value).
    sample
        "mean" for means over pixels, which conserve the flux; "centre" for the values at their centres.
    method
        "tiles" interpolates where the sky is smooth; "direct" integrates every distinct pixel.
    progress
        Called with (done, all) as the work goes on.

    Raises
    ------
    ValueError
        If an argument is not allowed, the density breaks its promises, or the tolerance cannot be met.

    Examples
    --------
    >>> from profiles import from_function
    >>> ball = from_function(lambda x, y, z: 0 * x + 2, unit="cm-3", symmetry="spherical")
    >>> sky = project(ball, nside=2, s_max=3)
    >>> sky.nside, str(sky.unit), float(sky.values[0].round(9))
    (2, 'kpc / cm3', 6.0)
    """
    nside = require_nside(nside)
    require_rtol(rtol)
    _require("sample", sample, get_args(Sample))
    _require("method", method, get_args(Method))
    lines = SightLines(density, observer or Observer(), PathEnd(r_max, s_max))
    kept = promises.check(density, lines.observer)
    meta: dict[str, Any] = {"method": method, "sample": sample, "rtol": rtol, "error_kind": "bound"}
    if method == "tiles" and sample == "mean" and density.hints.meshes:
        lumpy = cubes.over_pixels(lines, nside, np.arange(12 * nside**2), kept, rtol=rtol, progress=progress)
        cost = {"sightlines": lumpy.sightlines, "evaluations": lumpy.evaluations}
        told = {"method": "cubes", "error_kind": "confidence"}
        return SkyMap(lumpy.value, lumpy.error, lines.unit, meta=meta | told | cost)
    if method == "tiles":
        try:
            painted = project_tiles(lines, nside, kept, rtol=rtol, sample=sample, progress=progress)
            return SkyMap(painted.value, painted.error, lines.unit, meta=meta | dict(painted.meta))
        except NotWorthTiles:
            meta["method"] = "direct"
    found = direct(lines, nside, kept, rtol=rtol, sample=sample, progress=progress)
    cost = {"sightlines": found.sightlines, "evaluations": found.evaluations}
    return SkyMap(found.value, found.error, lines.unit, meta=meta | cost)


def _require(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} = {value!r}; allowed: {', '.join(map(repr, allowed))}")
