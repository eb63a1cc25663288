"""Random skies, and whether the errors that maps state are true.

A :class:`Case` is a random product of a halo with one or two tracers from the library (or a halo squared), with random
scales, observer, resolution and tolerance, all from one seed; every profile takes part but those read from a file or
another library and those that only change the unit. :func:`verdict` compares what tiles say with :mod:`graded` at
random places, at the centre, on the plane and on the edges of tiles, and what maps say with :mod:`sky_truth` in pixels
where much happens.
"""

import traceback
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sky_truth
from graded import graded

import skymodel as sm
from profiles import NFW, library
from profiles.contract.fields import field_kinds
from skymodel.sightlines.pixels.tiling import Tiling
from skymodel.sightlines.ray import promises
from skymodel.sightlines.ray.geometry import PathEnd, unit_vectors
from skymodel.sightlines.ray.integrate import SightLines
from skymodel.sightlines.surface.fitting import NotWorthTiles
from skymodel.sightlines.surface.quarters import NEAR

HALOS = (
    "nfw", "generalized_nfw", "einasto", "burkert", "isothermal", "cored_nfw", "moore", "zhao", "power_law_halo",
    "flattened", "triaxial", "central_spike", "rotated", "shifted", "contracted",
)  # fmt: skip
TRACERS = (
    "exponential_disk", "sech2_disk", "holed_disk", "miyamoto_nagai_disk", "hernquist_bulge", "gaussian_bulge",
    "power_law_bulge", "power_law_sphere", "beta_model", "gaussian_ring", "stretched_spheroid", "dwek_bar",
    "stanek_bar", "freudenreich_bar", "peanut_bar", "long_bar", "chatzopoulos_cluster", "launhardt_cluster",
    "launhardt_disk", "hot_gas", "cosine_disk", "plateau_disk", "flaring_ring", "central_molecular_zone",
    "tilted_holed_disk", "central_cloud", "ellipsoid", "gaussian_cloud",
)  # fmt: skip
GIVEN = {"contracted": (NFW(r_s=20.0), NFW(rho_s=5.0, r_s=1.0))}  # what a factory among them is made from
ROUNDING = 64 * np.finfo(float).eps
R_SUN, R_MAX = 8.2, 60.0
FAINT = 1e-9  # share of the brightest below which maps are to that
DOUBT = 0.1  # share of a stated error that the truth may be off


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
        return self.doubt > DOUBT * self.stated

    @property
    def violations(self):
        """Where more is wrong than is stated, and than a double shows beside the brightest value."""
        return ~self.undecided & (self.true > np.maximum(self.stated, np.finfo(float).eps))

    @property
    def ratios(self):
        """Stated by true error, away from the rounding floor."""
        clear = ~self.undecided & (self.true > ROUNDING)
        return self.stated[clear] / self.true[clear]


def case(seed):
    """Return the case of a seed."""
    rng = np.random.default_rng(seed)
    halo, *tracers = rng.choice(HALOS), *rng.choice(TRACERS, 2)
    kind = rng.choice(["square", "one", "two"], p=[0.2, 0.6, 0.2])
    first = _scaled(str(halo), rng)
    second, third = (_scaled(str(tracer), rng) for tracer in tracers)
    name, density = {
        "square": (f"{halo}^2", first * first),
        "one": (f"{halo} x {tracers[0]}", first * second),
        "two": (f"{halo} x ({' + '.join(tracers)})", first * (second + third)),
    }[kind]
    finest = 10 if density.symmetry != "none" else 7  # skies without symmetry, with kinks anywhere, take minutes beyond
    return Case(
        seed,
        name,
        density,
        float(rng.choice([0.0, rng.uniform(-0.1, 0.1)])),
        int(2 ** rng.integers(4, finest)),
        float(10 ** rng.uniform(-7, -3)),
        str(rng.choice(["mean", "centre"])),
    )


def _scaled(name, rng):
    """Return a density of the library, every length between half and twice its default."""
    density = library.get(name)(*GIVEN.get(name, ()))
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


def is_refusal(failure):
    """Return whether an exception is a refusal in the project's own words, not an accident further down."""
    home = Path(sm.__file__).parent.parent
    last = Path(traceback.extract_tb(failure.__traceback__)[-1].filename)
    own = any(last.is_relative_to(home / package) for package in ("skymodel", "profiles"))
    return isinstance(failure, ValueError) and own


def joined(*verdicts):
    return Verdict(*(np.concatenate(columns) for columns in zip(*verdicts, strict=True)))


def _lines(case, fitted, rng, count):
    n = np.concatenate([_random(rng, count), _centre(rng, count), _plane(rng, count), _edges(fitted.sky, rng, count)])
    floor = _floor(fitted.brightest)
    value, error = _as_maps_do(case, fitted.sky, n, floor)
    lon, lat = np.degrees([np.arctan2(n[:, 1], n[:, 0]), np.arctan2(n[:, 2], np.hypot(n[:, 0], n[:, 1]))])
    truth, doubt = np.transpose(
        [
            graded(case.density, *place, r_sun=R_SUN, z_sun=case.z_sun, r_max=R_MAX)
            for place in zip(lon, lat, strict=True)
        ]
    )
    scale = np.maximum(truth, floor)
    require_request_met(case, error, scale)
    return Verdict(error / scale, np.abs(value - truth) / scale, doubt / scale)


def _as_maps_do(case, sky, n, floor):
    """Return values and errors from tiles, and directly where those are not good enough."""
    found = sky.integrate(n, rtol=case.rtol, floor=floor)
    value, error = found.value.copy(), found.error.copy()
    late = error > case.rtol * np.maximum(value, floor)
    if late.any():
        again = SightLines(case.density, sky.observer, PathEnd(r_max=R_MAX)).integrate(
            n[late], rtol=case.rtol, floor=floor
        )
        value[late], error[late] = again.value, again.error
    return value, error


def _floor(brightest):
    return max(FAINT * brightest, np.finfo(float).tiny)  # a sky may be dark all over


def require_request_met(case, error, scale):
    """Errors are compared with the request to rounding: a pixel's mean and its floor are rounded too."""
    worst = np.max(error / scale, initial=0.0)
    assert worst <= case.rtol * (1 + 1e-6), f"states {worst:.2e}, more than the request"


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
    floor = _floor(sky.values.max())
    assert np.all(np.isfinite(sky.values) & np.isfinite(sky.error)), "not a number"
    require_request_met(case, sky.error, np.maximum(sky.values, floor))
    chosen = rng.choice(_interesting(case, rng), count, replace=False)
    truth, doubt = np.transpose([_pixel_truth(case, pixel) for pixel in chosen])
    poor = (np.abs(sky.values[chosen] - truth) > sky.error[chosen]) | (doubt > DOUBT * sky.error[chosen])
    for k in np.flatnonzero(poor):
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
    return graded(case.density, *healpy.pix2ang(case.nside, pixel, lonlat=True), **options)
