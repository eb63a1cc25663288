"""Random lumpy cubes, and whether the limits that maps and means state are kept as often as they say.

Only public doors are asked. The truth of a pixel is the mean of true sight lines at the centres of its 4^LEVELS
children, corrected by what the last level changed; that change is how far the truth itself may be off.
"""

from typing import NamedTuple

import healpy
import numpy as np

import skymodel as sm
from profiles import NFW, Einasto
from profiles.forms.shapes import Rotated
from tests.reference.cubes import lumpy

CONFIDENCE = 0.999
LEVELS = 4
R_MAX = 60.0


class Case(NamedTuple):
    density: object
    observer: sm.Observer
    nside: int
    rtol: float


class Judged(NamedTuple):
    """Stated and true errors ``(K,)``, how far the truth may be off, and the values."""

    stated: np.ndarray
    true: np.ndarray
    doubt: np.ndarray
    value: np.ndarray

    @property
    def missed(self):
        return self.true > self.stated + self.doubt


def case(seed, largest=64):
    rng = np.random.default_rng(seed)
    options = {"method": str(rng.choice(["linear", "linear", "cubic"]))}
    cube = lumpy(int(rng.choice([17, 33, 65])), seed, noise=float(rng.uniform(0.1, 1.0)), **options)
    body = Rotated(cube, angle=float(rng.uniform(0, 90)), tilt=float(rng.choice([0.0, 10.0])))
    halo = [NFW(r_s=20.0), Einasto()][int(rng.integers(2))]
    height = float(rng.choice([0.0, 0.0208, 0.3]))
    nside = int(rng.choice([n for n in (16, 32, 64) if n <= largest]))
    density = halo * (body if rng.random() < 0.3 else cube)
    return Case(density, sm.Observer(8.178, height), nside, float(10 ** rng.uniform(-3, -2)))


def truth(here, pixels):
    """Return the means over pixels ``(K,)`` from their children's centres, and how far they may be off."""
    means = []
    for level in (LEVELS - 1, LEVELS):
        nested = healpy.ring2nest(here.nside, pixels)[:, None] * 4**level + np.arange(4**level)
        lon, lat = healpy.pix2ang(here.nside << level, nested, nest=True, lonlat=True)
        lines = sm.line_of_sight(here.density, lon, lat, observer=here.observer, r_max=R_MAX, rtol=1e-5)
        means.append(lines.value.mean(axis=1))
    coarse, fine = means
    return fine + (fine - coarse) / 3, np.abs(fine - coarse) / 3


def judged(seed, count=40, largest=64):
    here = case(seed, largest)
    sky = sm.project(here.density, here.nside, observer=here.observer, r_max=R_MAX, rtol=here.rtol)
    lon, lat = healpy.pix2ang(here.nside, np.arange(sky.values.size), lonlat=True)
    inner = np.flatnonzero((np.minimum(lon, 360 - lon) < 40) & (np.abs(lat) < 15))
    rng = np.random.default_rng(seed)
    pixels = np.concatenate([rng.choice(inner, count // 2), rng.integers(0, sky.values.size, count // 2)])
    right, doubt = truth(here, pixels)
    return Judged(sky.error[pixels], np.abs(sky.values[pixels] - right), doubt, sky.values[pixels]), sky
