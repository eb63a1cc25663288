"""Random features that nothing announces, and whether lines, means and maps hold them: balls, clumps, shells, ...

Only public doors are asked. A feature is a body of which every line has a closed form: the length of its path inside,
or an error function along it. On the sky it is integrated by brute force, on a grid that resolves it. What surrounds it
is a halo whose own integrals come from a density that says that it is smooth, at a tenth of the tolerance.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import healpy
import numpy as np
from scipy.special import erf

import skymodel as sm
from profiles import Spherical, from_function
from skymodel.sightlines.ray.geometry import unit_vectors

HERE = sm.Observer(8.2)
PATH = {"observer": HERE, "r_max": 60.0}
KINDS = "ball", "clump", "shell", "slab", "ring"
BLIND, NEAREST = 0.1, 0.05  # share of the distance, or rad across; kpc
CARRIES = 10  # tolerances of the result that a feature must be to count


@dataclass(frozen=True)
class Halo(Spherical, smooth=True):
    """What surrounds the features."""

    def radial(self, r):
        return 0.2 / (1 + r * r / 9) ** 1.5


def _within_ball(towards, centre, radius):
    """Return distances ``(N, 2)`` between which lines from the observer are inside a ball; equal outside."""
    seen = centre - HERE.position
    along = towards @ seen
    half = np.sqrt(np.maximum(radius**2 - np.sum((seen - along[:, None] * towards) ** 2, axis=1), 0.0))
    return np.maximum(np.stack([along - half, along + half], axis=1), 0.0)


def _within_layer(towards, centre, normal, half):
    """Return distances ``(N, 2)`` between which lines are within `half` of a plane."""
    slope, height = towards @ normal, (centre - HERE.position) @ normal
    slope = np.where(np.abs(slope) < 1e-12, 1e-12, slope)
    return np.maximum(np.sort(np.stack([(height - half) / slope, (height + half) / slope], axis=1), axis=1), 0.0)


def _within_cylinder(towards, radius):
    """Return distances ``(N, 2)`` between which lines are within a cylinder about the rotation axis."""
    square = np.maximum(towards[:, 0] ** 2 + towards[:, 1] ** 2, 1e-24)
    along = -(towards[:, :2] @ HERE.position[:2]) / square
    miss = np.sum(HERE.position[:2] ** 2) - along**2 * square
    half = np.sqrt(np.maximum(radius**2 - miss, 0.0) / square)
    return np.maximum(np.stack([along - half, along + half], axis=1), 0.0)


def _both(first, second):
    low, high = np.maximum(first[:, 0], second[:, 0]), np.minimum(first[:, 1], second[:, 1])
    return np.stack([low, np.maximum(high, low)], axis=1)


def _without(outer, inner):
    """Return the parts of paths ``(N, 2)`` before and behind others within them."""
    first = np.stack([outer[:, 0], np.clip(inner[:, 0], *outer.T)], axis=1)
    return first, np.stack([np.clip(inner[:, 1], *outer.T), outer[:, 1]], axis=1)


@dataclass(frozen=True)
class Feature:
    """A body: its kind, its middle [kpc], its size along [kpc] and across, and how dense it is.

    ``size`` is the diameter of a ball, the FWHM of a clump, the thickness of a shell, slab or ring, whose radius (half
    of the extent, of a slab) is ``radius``; a ring lies in the plane about the centre.
    """

    kind: str
    middle: tuple
    size: float
    radius: float
    normal: tuple = (0.0, 0.0, 1.0)
    peak: float = 1.0

    def density(self, x, y, z):
        X, Y, Z = self.middle
        square = (x - X) ** 2 + (y - Y) ** 2 + (z - Z) ** 2
        if self.kind == "clump":
            return self.peak * np.exp(-4 * np.log(2) * square / self.size**2)
        if self.kind == "ring":
            R = np.sqrt(x * x + y * y)
            return self.peak * ((np.abs(R - self.radius) < self.size / 2) & (np.abs(z - Z) < self.size / 2))
        if self.kind == "shell":
            return self.peak * (np.abs(np.sqrt(square) - self.radius) < self.size / 2)
        if self.kind == "slab":
            a, b, c = self.normal
            flat = np.abs(a * (x - X) + b * (y - Y) + c * (z - Z)) < self.size / 2
            return self.peak * (flat & (square < self.radius**2))
        return self.peak * (square < self.size**2 / 4)

    def passes(self, towards):
        """Return the distances ``(K, N, 2)`` between which unit vectors ``(N, 3)`` pass the body; none of a clump."""
        centre = np.array(self.middle)
        if self.kind == "ring":
            flat = _within_layer(towards, centre, np.array([0.0, 0.0, 1.0]), self.size / 2)
            outer, inner = (_within_cylinder(towards, self.radius + side * self.size / 2) for side in (1, -1))
            return np.stack([_both(side, flat) for side in _without(outer, inner)])
        if self.kind == "shell":
            outer, inner = (_within_ball(towards, centre, self.radius + side * self.size / 2) for side in (1, -1))
            return np.stack(_without(outer, inner))
        if self.kind == "slab":
            flat = _within_layer(towards, centre, np.array(self.normal), self.size / 2)
            return _both(flat, _within_ball(towards, centre, self.radius))[None]
        return _within_ball(towards, centre, self.size / 2)[None]

    def integrals(self, towards):
        """Return the integrals along unit vectors ``(N, 3)`` to the end of the path."""
        if self.kind != "clump":
            end = _within_ball(towards, np.zeros(3), PATH["r_max"])[:, 1]
            return self.peak * np.diff(np.minimum(self.passes(towards), end[:, None]), axis=2).sum(axis=(0, 2))
        seen, sigma = np.array(self.middle) - HERE.position, self.size / np.sqrt(8 * np.log(2))
        along = towards @ seen
        miss = np.sum((seen - along[:, None] * towards) ** 2, axis=1)
        ahead = 0.5 * (1 + erf(along / sigma / np.sqrt(2)))
        return self.peak * np.sqrt(2 * np.pi) * sigma * np.exp(-miss / (2 * sigma**2)) * ahead

    def longest(self, towards):
        """Return the least of the passes of one unit vector ``(3,)``, as shares of their distances; of a clump FWHM."""
        if self.kind == "clump":
            along = float(towards @ (np.array(self.middle) - HERE.position))
            return self.size / (along + self.size / 2)
        low, high = self.passes(towards[None])[:, 0].T
        joined = len(low) > 1 and low[1] - high[0] < 1e-9
        low, high = (low[:1], high[1:]) if joined else (low, high)
        some = high > low
        return float(np.min((high - low)[some] / high[some], initial=np.inf)) if some.any() else 0.0


class Case(NamedTuple):
    """A feature in the halo, and the direction [deg] and distance [kpc] at which it is looked for."""

    feature: Feature
    lon: float
    lat: float
    distance: float

    @property
    def density(self):
        halo, body = Halo().radial, self.feature.density
        return from_function(lambda x, y, z: halo(np.sqrt(x * x + y * y + z * z)) + body(x, y, z), unit="cm-3")


def case(seed):
    """Return a random feature 0.05 to 20 kpc away, of a size from 0.05 of its distance to all of it."""
    rng = np.random.default_rng(seed)
    kind, lon, lat = KINDS[seed % len(KINDS)], rng.uniform(0, 360), np.degrees(np.arcsin(rng.uniform(-1, 1)))
    distance, share = 10 ** rng.uniform(np.log10(NEAREST), 1.3), 10 ** rng.uniform(np.log10(0.05), 0)
    normal = rng.normal(size=3)
    place = HERE.position + distance * unit_vectors(lon, lat)
    size, radius = share * distance, share * distance * rng.uniform(1, 5)
    if kind == "shell":  # its near or far side is there, its middle beyond
        place = HERE.position + (distance + radius) * unit_vectors(lon, lat)
    if kind == "ring":
        radius, place = float(np.hypot(*place[:2])), np.array([0.0, 0.0, place[2]])
        size = min(size, 1.9 * radius)
    feature = Feature(kind, tuple(place), size, radius, tuple(normal / np.linalg.norm(normal)))
    return Case(feature, lon, lat, distance)


class Judged(NamedTuple):
    """What was stated and what is true, how far that may be off, and whether the feature should have been seen."""

    value: float
    error: float
    truth: float
    doubt: float
    counts: bool

    @property
    def missed(self):
        return abs(self.value - self.truth) > self.error + self.doubt


def _carrying(here, share, seed):
    """Return a case whose feature is from CARRIES tolerances to 100 times as much, if it is `share` of the rest now."""
    wanted = CARRIES * 10 ** np.random.default_rng([seed, 3]).uniform(0.05, 2)
    return here._replace(feature=replace(here.feature, peak=wanted / share)) if share > 0 else here


def line(seed, rtol=1e-4):
    """Return a line through a feature at random, judged."""
    here, rng = case(seed), np.random.default_rng([seed, 1])
    aside = rng.normal(size=2) * 0.2 * here.feature.size / here.distance
    lat = float(np.clip(here.lat + np.degrees(aside[1]), -90, 90))
    lon = here.lon + np.degrees(aside[0]) / max(np.cos(np.radians(lat)), 0.1)
    towards = unit_vectors(lon, lat)
    rest = sm.line_of_sight(Halo(), lon, lat, rtol=rtol / 100, **PATH)
    here = _carrying(here, here.feature.integrals(towards[None])[0] / (rtol * rest.value), seed)
    found = sm.line_of_sight(here.density, lon, lat, rtol=rtol, **PATH)
    truth = float(rest.value + here.feature.integrals(towards[None])[0])
    return Judged(
        float(found.value), float(found.error), truth, float(rest.error), here.feature.longest(towards) > BLIND
    )


def _grid(box, count=2000):
    """Yield unit vectors of a grid of equal solid angles in a box of lon and lat [deg]."""
    (west, east), (south, north) = box
    lon = west + (east - west) * (np.arange(count) + 0.5) / count
    low, high = np.sin(np.radians([south, north]))
    sine = low + (high - low) * (np.arange(count) + 0.5) / count
    for height in sine.reshape(20, -1):  # parts of one size, as their means are averaged
        longitude, latitude = np.meshgrid(lon, np.degrees(np.arcsin(height)))
        yield unit_vectors(longitude.ravel(), latitude.ravel())


def region(seed, rtol=1e-3):
    """Return the mean over a random box about a feature, judged."""
    here, rng = case(seed), np.random.default_rng([seed, 2])
    wide, high = rng.uniform(5, 90, 2)
    lat = float(np.clip(here.lat, -85, 85))
    box = (here.lon - wide, here.lon + wide), (max(lat - high / 2, -90.0), min(lat + high / 2, 90.0))
    part = sm.Box(lon=box[0], lat=box[1])
    rest = sm.region_mean(Halo(), part, rtol=rtol / 100, **PATH)
    own = float(np.mean([here.feature.integrals(towards).mean() for towards in _grid(box)]))
    here = _carrying(here, own / (rtol * rest.value), seed)
    found = sm.region_mean(here.density, part, rtol=rtol, shortfall="state", **PATH)
    own *= here.feature.peak
    return Judged(found.value, found.error, rest.value + own, rest.error + 1e-3 * own, own > 0 and wide_enough(here))


def wide_enough(here):
    """Return whether a feature is wider than what may be missed on the sky."""
    return here.feature.size / (here.distance + here.feature.size) > BLIND


def sky(seed, nside=16, rtol=1e-3):
    """Return the worst pixel of a map of a feature that carries its share of one pixel at least, judged."""
    here = case(seed)
    rest = sm.project(Halo(), nside, rtol=rtol / 100, **PATH)
    fine = np.stack(healpy.pix2vec(nside * 32, np.arange(12 * (nside * 32) ** 2), nest=True), axis=1)
    own = np.concatenate([here.feature.integrals(part) for part in np.array_split(fine, 100)])
    own = own.reshape(12 * nside**2, -1).mean(axis=1)[healpy.ring2nest(nside, np.arange(12 * nside**2))]
    here = _carrying(here, np.max(own / (rtol * rest.values)), seed)
    found = sm.project(here.density, nside, rtol=rtol, shortfall="state", **PATH)
    truth = rest.values + here.feature.peak * own
    doubt = rest.error + 0.01 * here.feature.peak * own  # of the brute means of 1024 lines a pixel
    big = here.feature.peak * own > CARRIES * rtol * truth
    worst = int(np.argmax(np.abs(found.values - truth) / (found.error + doubt) * big))
    one = (float(column[worst]) for column in (found.values, found.error, truth, doubt))
    return Judged(*one, wide_enough(here))
