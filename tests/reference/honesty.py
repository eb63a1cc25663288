"""Random skies, and whether the errors that lines and maps state are true; only public doors are asked.

A :class:`Case` is a random density, observer, resolution and tolerance, all from one seed: pairs of a halo with one or
two tracers from the library (or a halo squared) with random scales, bars seen end on and from the side, triaxial halos,
sums of five terms, clouds and sharp surfaces of plain functions with hints. Every profile takes part but those read
from a file or another library and those that only change the unit. :func:`verdict` compares lines with :mod:`graded` at
random places, at the centre and on the plane, and maps with :mod:`sky_truth` in pixels where much happens. Cubes, whose
errors are limits with a confidence, have a judge of their own (:mod:`cube_honesty`).
"""

import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import sky_truth
from graded import graded

import skymodel as sm
from profiles import NFW, Hints, Rotated, from_function, library

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
KINDS = {
    "square": 0.12, "one": 0.28, "two": 0.1, "bar": 0.14, "triaxial": 0.1, "five": 0.1, "cloud": 0.08, "sharp": 0.08,
}  # fmt: skip
BARS = ("dwek_bar", "stanek_bar", "freudenreich_bar", "peanut_bar", "long_bar")
GIVEN = {"contracted": (NFW(r_s=20.0), NFW(rho_s=5.0, r_s=1.0))}  # what a factory among them is made from
GENTLE = {"power_law_halo": {"beta": 0.35}}  # squared, or beside a steep bulge, its default has no finite mean
ROUNDING = 64 * np.finfo(float).eps
R_SUN, R_MAX = 8.2, 60.0
FAINT = 1e-9  # share of the brightest below which maps are to that
DOUBT = 0.1  # share of a stated error that the truth may be off
BUDGET = 3e8  # evaluations of a map; where they do not reach the tolerance, the errors that are stated are judged


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
    """Stated and true relative errors ``(K,)`` of what was compared.

    And how far the truth itself may be off, and which of them are pixels of maps, not lines.
    """

    stated: np.ndarray
    true: np.ndarray
    doubt: np.ndarray
    mapped: np.ndarray

    @property
    def undecided(self):
        """Where the truth is not good to a tenth of the stated error."""
        return self.doubt > DOUBT * self.stated

    @property
    def violations(self):
        """Where more is wrong than is stated, and than a double shows beside the brightest value."""
        return ~self.undecided & (self.true > np.maximum(self.stated, np.finfo(float).eps))

    def ratios(self, mapped=True):
        """Return stated by true error of pixels, or else of lines, away from the rounding floor."""
        clear = ~self.undecided & (self.true > ROUNDING) & (self.mapped == mapped)
        return self.stated[clear] / self.true[clear]


def case(seed):
    """Return the case of a seed."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    name, density = _density(kind, rng)
    finest = 10 if density.symmetry != "none" else 7  # skies without symmetry, with kinks anywhere, take minutes beyond
    return Case(
        seed,
        name,
        density,
        float(rng.choice([0.0, rng.uniform(-0.1, 0.1), 0.1 * 10 ** rng.uniform(-2, 0.5)])),
        int(2 ** rng.integers(4, finest)),
        float(10 ** rng.uniform(-7, -2)),
        str(rng.choice(["mean", "mean", "centre"])),
    )


def _density(kind, rng):
    halo, *tracers = (str(name) for name in (rng.choice(HALOS), *rng.choice(TRACERS, 5)))
    first = _scaled(halo, rng)
    match kind:
        case "square":
            return f"{halo}^2", first * first
        case "one":
            return f"{halo} x {tracers[0]}", first * _scaled(tracers[0], rng)
        case "two" | "five":
            count = {"two": 2, "five": 5}[kind]
            total = sum((_scaled(name, rng) for name in tracers[1:count]), _scaled(tracers[0], rng))
            return f"{halo} x ({' + '.join(tracers[:count])})", first * total
        case "bar":
            name, angle = str(rng.choice(BARS)), float(rng.choice([0.0, 90.0]) + rng.normal(scale=3))
            return f"{halo} x {name} at {angle:.1f} deg", first * replace(_scaled(name, rng), bar_angle=angle)
        case "triaxial":
            body = library.get("triaxial")(p=float(rng.uniform(0.5, 1)), q=float(rng.uniform(0.4, 1)))
            turned = Rotated(body, angle=float(rng.uniform(0, 180)), tilt=float(rng.choice([0.0, 20.0])))
            return f"triaxial x {tracers[0]}", turned * _scaled(tracers[0], rng)
        case "cloud":
            return "nfw x function with a cloud", NFW(r_s=20.0) * _cloud(rng)
    return f"{halo} x function with sharp surfaces", first * _sharp(rng)


def _cloud(rng):
    """Return a broad function and a Gaussian cloud that a hint announces."""
    x, y, z, size = *rng.uniform(-6, 6, 2), rng.uniform(-1, 1), 10 ** rng.uniform(-1.5, 0)
    peak = rng.uniform(0.1, 10)

    def gas(X, Y, Z):
        away = (X - x) ** 2 + (Y - y) ** 2 + (Z - z) ** 2
        return 1 / (1 + (X**2 + Y**2 + 9 * Z**2) / 9) ** 1.5 + peak * np.exp(-away / (2 * size**2))

    return from_function(gas, unit="cm-3", hints=Hints(points=((x, y, z, size),)))


def _sharp(rng):
    """Return a function with steps on a sphere and on a cylinder of finite height, all announced."""
    sphere, cylinder, height = rng.uniform(2, 7), rng.uniform(1, 12), rng.uniform(0.1, 2)
    step = rng.uniform(0.3, 3)

    def gas(X, Y, Z):
        R2 = X**2 + Y**2
        within = step * (sphere**2 > R2 + Z**2)
        return within + 1.0 * ((cylinder**2 > R2) & (np.abs(Z) < height)) + 0.1 / (1 + (R2 + Z**2) / 25)

    hints = Hints(spheres=(sphere,), cylinders=(cylinder,), planes=(height,))
    return from_function(gas, unit="cm-3", symmetry="axisymmetric", mirror_z=True, hints=hints)


def _scaled(name, rng):
    """Return a density of the library, every length between half and twice its default."""
    maker = library.get(name)
    density = maker(*GIVEN.get(name, ()))
    factor = 2 ** rng.uniform(-1, 1)
    lengths = {
        declared.name: getattr(density, declared.name) * factor
        for declared in (library.parameters(maker) if name not in GIVEN else ())
        if declared.unit == "kpc"
    }
    return replace(density, **lengths, **GENTLE.get(name, {}))


def verdict(case, *, lines=12, pixels=3):
    """Return what a case's lines and map say, compared with the truth at `lines` directions and `pixels` pixels."""
    rng = np.random.default_rng([case.seed, 1])
    return joined(_lines(case, rng, lines), _pixels(case, rng, pixels))


def is_refusal(failure):
    """Return whether an exception is a refusal in the project's own words, not an accident further down."""
    home = Path(sm.__file__).parent.parent
    last = Path(traceback.extract_tb(failure.__traceback__)[-1].filename)
    own = any(last.is_relative_to(home / package) for package in ("skymodel", "profiles"))
    return isinstance(failure, ValueError) and own


def joined(*verdicts):
    return Verdict(*(np.concatenate(columns) for columns in zip(*verdicts, strict=True)))


def _lines(case, rng, count):
    n = np.concatenate([_random(rng, count), _centre(rng, count), _plane(rng, count)])
    lon, lat = np.degrees([np.arctan2(n[:, 1], n[:, 0]), np.arctan2(n[:, 2], np.hypot(n[:, 0], n[:, 1]))])
    here = sm.Observer(R_SUN, case.z_sun)
    found = sm.line_of_sight(case.density, lon, lat, observer=here, r_max=R_MAX, rtol=case.rtol)
    truth, doubt = np.transpose(
        [
            graded(case.density, *place, r_sun=R_SUN, z_sun=case.z_sun, r_max=R_MAX)
            for place in zip(lon, lat, strict=True)
        ]
    )
    scale = np.maximum(truth, _floor(found.value.max()))
    require_request_met(case, found.error, scale)
    return _verdict(found.value, found.error, truth, doubt, scale, mapped=False)


def _verdict(value, error, truth, doubt, scale, *, mapped):
    return Verdict(error / scale, np.abs(value - truth) / scale, doubt / scale, np.full(len(truth), mapped))


def _floor(brightest):
    return max(FAINT * brightest, np.finfo(float).tiny)  # a sky may be dark all over


def require_request_met(case, error, scale, short=0):
    """Errors are compared with the request to rounding: a pixel's mean and its floor are rounded too.

    Of these `short` may be larger: those that are said to be.
    """
    larger = error / scale > case.rtol * (1 + 1e-6)
    worst = np.max(error / scale, initial=0.0)
    assert larger.sum() <= short, f"{larger.sum()} state up to {worst:.2e}, more than the request; {short} are told"


def _random(rng, count):
    n = rng.normal(size=(count, 3))
    return n / np.linalg.norm(n, axis=1, keepdims=True)


def _centre(rng, count):
    theta, angle = 10 ** rng.uniform(-6, -0.5, count), rng.uniform(0, 2 * np.pi, count)
    return np.stack([np.cos(theta), np.sin(theta) * np.cos(angle), np.sin(theta) * np.sin(angle)], axis=-1)


def _plane(rng, count):
    return _towards(rng.uniform(0, 360, count), rng.choice([-1, 1], count) * 10 ** rng.uniform(-4, 0.5, count))


def _towards(lon, lat):
    lon, lat = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat) + 0 * lon], axis=-1)


def _pixels(case, rng, count):
    how = {"observer": sm.Observer(R_SUN, case.z_sun), "r_max": R_MAX, "rtol": case.rtol, "sample": case.sample}
    sky = sm.project(case.density, case.nside, **how, shortfall="state", budget=BUDGET)
    floor = _floor(sky.values.max())
    assert np.all(np.isfinite(sky.values) & np.isfinite(sky.error)), "not a number"
    require_request_met(case, sky.error, np.maximum(sky.values, floor), short=sky.meta["short"])
    chosen = rng.choice(_interesting(case, rng), count, replace=False)
    truth, doubt = np.transpose([_pixel_truth(case, pixel) for pixel in chosen])
    poor = (np.abs(sky.values[chosen] - truth) > sky.error[chosen]) | (doubt > DOUBT * sky.error[chosen])
    for k in np.flatnonzero(poor):
        truth[k], doubt[k] = _pixel_truth(case, chosen[k], finer=True)
    scale = np.maximum(truth, floor)
    return _verdict(sky.values[chosen], sky.error[chosen], truth, doubt, scale, mapped=True)


def _interesting(case, rng):
    """Return pixels anywhere, on and near the plane, on the border of the caps, near the centre and touching it."""
    import healpy

    lon = [rng.uniform(0, 360), rng.uniform(0, 360), rng.uniform(-5, 5), 1e-3, 0.0]
    lat = [0.0, 41.81, rng.uniform(-5, 5), 1e-6, 1e-3]
    directions = np.concatenate([_random(rng, 3), _plane(rng, 1), _towards(lon, lat)])
    return np.unique(healpy.vec2pix(case.nside, *directions.T))


def _pixel_truth(case, pixel, finer=False):
    import healpy

    options = {"r_sun": R_SUN, "z_sun": case.z_sun, "r_max": R_MAX}
    if case.sample == "mean":
        return sky_truth.pixel_mean(case.density, case.nside, pixel, **options, orders=(20, 14) if finer else (12, 8))
    return graded(case.density, *healpy.pix2ang(case.nside, pixel, lonlat=True), **options)
