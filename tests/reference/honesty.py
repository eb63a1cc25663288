"""Random skies, and whether the errors that maps state are true.

A :class:`Case` is a random product of a halo and a tracer from the library (or a halo squared), with random scales,
observer, resolution and tolerance, all from one seed. :func:`verdict` compares what tiles and maps say with
:mod:`sky_truth` at random places, at the centre, on the plane and on the edges of tiles.
"""

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
import sky_truth
from graded import graded

import skymodel as sm
from profiles import library
from profiles.fields import field_kinds
from skymodel.sightlines import promises
from skymodel.sightlines.fitting import NotWorthTiles
from skymodel.sightlines.geometry import PathEnd, unit_vectors
from skymodel.sightlines.integrate import SightLines
from skymodel.sightlines.quarters import NEAR
from skymodel.sightlines.tiling import Tiling

HALOS = (
    "nfw",
    "generalized_nfw",
    "einasto",
    "burkert",
    "isothermal",
    "cored_nfw",
    "moore",
    "zhao",
    "power_law_halo",
    "flattened",
    "triaxial",
)
TRACERS = (
    "exponential_disk", "sech2_disk", "holed_disk", "miyamoto_nagai_disk", "hernquist_bulge", "gaussian_bulge",
    "power_law_bulge", "power_law_sphere", "beta_model", "gaussian_ring", "stretched_spheroid", "dwek_bar",
    "stanek_bar",
    "freudenreich_bar", "chatzopoulos_cluster", "hot_gas", "cosine_disk", "plateau_disk",
)  # fmt: skip
ROUNDING = 64 * np.finfo(float).eps
R_SUN, R_MAX = 8.2, 60.0


@dataclass(frozen=True)
class Case:
    seed: int
    name: str
    density: object
    z_sun: float
    nside: int
    rtol: float
    sample: str


class Verdict(NamedTuple):
    """Stated and true relative errors ``(K,)`` of what was compared; and how far the truth itself may be off."""

    stated: np.ndarray
    true: np.ndarray
    doubt: np.ndarray

    @property
    def undecided(self):
        """Where the truth is not good to a tenth of the stated error."""
        return self.doubt > 0.1 * self.stated

    @property
    def violations(self):
        return ~self.undecided & (self.true > self.stated)

    @property
    def ratios(self):
        """Stated by true error, away from the rounding floor."""
        clear = ~self.undecided & (self.true > ROUNDING)
        return self.stated[clear] / self.true[clear]


def case(seed):
    """Return the case of a seed."""
    rng = np.random.default_rng(seed)
    halo = HALOS[rng.integers(len(HALOS))]
    tracer = TRACERS[rng.integers(len(TRACERS))]
    first = _scaled(library.get(halo)(), rng)
    squared = rng.uniform() < 0.25
    density = first * first if squared and halo != "moore" else first * _scaled(library.get(tracer)(), rng)
    finest = 10 if density.symmetry != "none" else 7  # skies without symmetry, with kinks anywhere, take minutes beyond
    return Case(
        seed,
        f"{halo}^2" if squared and halo != "moore" else f"{halo} x {tracer}",
        density,
        float(rng.choice([0.0, rng.uniform(-0.1, 0.1)])),
        int(2 ** rng.integers(4, finest)),
        float(10 ** rng.uniform(-7, -3)),
        str(rng.choice(["mean", "centre"])),
    )


def _scaled(density, rng):
    """Return the density with every length between half and twice what it was."""
    kinds = field_kinds(type(density))
    factor = 2 ** rng.uniform(-1, 1)
    lengths = {
        f.name: getattr(density, f.name) * factor
        for f in fields(density)
        if f.name in kinds and kinds[f.name].unit == "kpc"
    }
    return replace(density, **lengths)


def verdict(case, *, lines=12, pixels=2):
    """Return what a case's tiles and map say, compared with the truth at `lines` directions and `pixels` pixels."""
    rng = np.random.default_rng([case.seed, 1])
    observer = sm.Observer(R_SUN, case.z_sun)
    sight = SightLines(case.density, observer, PathEnd(r_max=R_MAX))
    tiling = Tiling(sight, promises.check(case.density, observer), case.nside, case.rtol, case.sample)
    mapped = _pixels(case, observer, rng, pixels)
    try:
        return joined(_lines(case, tiling.fitted, rng, lines), mapped)
    except NotWorthTiles:  # so fine a sky that its map was made without tiles
        return mapped


def joined(*verdicts):
    return Verdict(*(np.concatenate(columns) for columns in zip(*verdicts, strict=True)))


def _lines(case, fitted, rng, count):
    n = np.concatenate([_random(rng, count), _centre(rng, count), _plane(rng, count), _edges(fitted.sky, rng, count)])
    found = fitted.sky.integrate(n, rtol=case.rtol, floor=1e-9 * fitted.brightest)
    truth = sky_truth.lines(case.density, n, r_sun=R_SUN, z_sun=case.z_sun, r_max=R_MAX)
    rough = sky_truth.lines(case.density, n, r_sun=R_SUN, z_sun=case.z_sun, r_max=R_MAX, order=12)
    for k in np.flatnonzero(np.abs(found.value - truth) > found.error):  # the slow reference decides
        lon, lat = np.degrees([np.arctan2(n[k, 1], n[k, 0]), np.arctan2(n[k, 2], np.hypot(n[k, 0], n[k, 1]))])
        truth[k] = rough[k] = graded(case.density, lon, lat, r_sun=R_SUN, z_sun=case.z_sun, r_max=R_MAX).value
    scale = np.maximum(truth, 1e-9 * fitted.brightest)
    assert np.all(found.error <= case.rtol * scale), f"seed {case.seed}: an error above the request"
    return Verdict(found.error / scale, np.abs(found.value - truth) / scale, np.abs(truth - rough) / scale)


def _random(rng, count):
    n = rng.normal(size=(count, 3))
    return n / np.linalg.norm(n, axis=1, keepdims=True)


def _centre(rng, count):
    theta, angle = 10 ** rng.uniform(-6, -0.5, count), rng.uniform(0, 2 * np.pi, count)
    return np.stack([np.cos(theta), np.sin(theta) * np.cos(angle), np.sin(theta) * np.sin(angle)], axis=-1)


def _plane(rng, count):
    return unit_vectors(rng.uniform(0, 360, count), rng.choice([-1, 1], count) * 10 ** rng.uniform(-4, 0.5, count))


def _edges(sky, rng, count):
    """Return directions on edges and corners of tiles."""
    tiles = sky.tiles
    chosen = rng.integers(len(tiles.bounds), size=count)
    ends = tiles.bounds[chosen]
    share = np.where(rng.uniform(size=(count, 2)) < 0.6, rng.integers(0, 2, (count, 2)), rng.uniform(size=(count, 2)))
    u = ends[:, 0] + share[:, 0] * (ends[:, 1] - ends[:, 0])
    v = ends[:, 2] + share[:, 1] * (ends[:, 3] - ends[:, 2])
    vectors = np.empty((count, 3))
    for row, (q, chart) in enumerate(zip(tiles.quarter[chosen], tiles.chart[chosen], strict=True)):
        vectors[row] = sky.frame.directions(np.array([q]), int(chart), u[[row]][:, None], v[[row]][:, None])[0, 0]
    assert NEAR in tiles.chart
    return vectors


def _pixels(case, observer, rng, count):
    sky = sm.project(case.density, case.nside, observer=observer, r_max=R_MAX, rtol=case.rtol, sample=case.sample)
    floor = 1e-9 * sky.values.max()
    assert np.all(np.isfinite(sky.values) & np.isfinite(sky.error)), f"seed {case.seed}: not a number"
    assert np.all(sky.error <= case.rtol * np.maximum(sky.values, floor)), (
        f"seed {case.seed}: an error above the request"
    )
    chosen = rng.choice(_interesting(case, rng), count, replace=False)
    truth, doubt = np.transpose([_pixel_truth(case, pixel) for pixel in chosen])
    for k in np.flatnonzero(np.abs(sky.values[chosen] - truth) > sky.error[chosen]):
        truth[k], doubt[k] = _pixel_truth(case, chosen[k], finer=True)
    scale = np.maximum(truth, floor)
    return Verdict(sky.error[chosen] / scale, np.abs(sky.values[chosen] - truth) / scale, doubt / scale)


def _interesting(case, rng):
    """Return pixels anywhere, on and near the plane, on the border of the caps, near the centre and touching it."""
    import healpy

    lon = [rng.uniform(0, 360), rng.uniform(0, 360), rng.uniform(-5, 5), 1e-3, 0.0]
    lat = [0.0, 41.81, rng.uniform(-5, 5), 1e-6, 1e-3]
    directions = np.concatenate([_random(rng, 3), _plane(rng, 1), unit_vectors(lon, lat)])
    return np.unique(healpy.vec2pix(case.nside, *directions.T))


def _pixel_truth(case, pixel, finer=False):
    import healpy

    options = {"r_sun": R_SUN, "z_sun": case.z_sun, "r_max": R_MAX}
    if case.sample == "mean":
        return sky_truth.pixel_mean(case.density, case.nside, pixel, **options, orders=(20, 14) if finer else (12, 8))
    n = np.array(healpy.pix2vec(case.nside, pixel))[None]
    orders = (60, 40) if finer else (18, 12)
    fine, rough = (sky_truth.lines(case.density, n, **options, order=order)[0] for order in orders)
    return fine, abs(fine - rough)
