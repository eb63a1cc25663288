"""Stories: which sky each band follows, what instruments expect of it, and what of their backgrounds is not known.

A story gives each band the sky it follows: the positronium's, the MeV continuum's, the X-rays'. Every band has the flux
that nuggets have in it, so that only shapes differ. Maps may be finer than the field in which bands are compared: a
beam needs two pixels of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from profiles.contract.arrays import Floats
from skymodel.comparison.comptel.interstellar import interstellar_intensity
from skymodel.comparison.forecast.likelihood import Expected
from skymodel.comparison.forecast.mocks import seen
from skymodel.comparison.forecast.observations import Observation
from skymodel.comparison.likeness.field import Field
from skymodel.comparison.rivals.skies import rival
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.sky.healpix import pixel_area
from skymodel.sky.regions import COMPTEL_WINDOW, Box
from skymodel.sky.skymap import SkyMap

REGION = Box(lon=(-30.0, 30.0), lat=(-15.0, 15.0))
LINE, ORTHO, XRAY = "LINE_511", "ORTHO_PS", "XRAY_8_KEV"
BANDS = (LINE, ORTHO, "CONTINUUM_1_3", "CONTINUUM_3_10", "CONTINUUM_10_20", XRAY)
NUGGETS = "nuggets"
STORIES: Mapping[str, tuple[str, str, str]] = {  # what positronium, the MeV continuum and the X-rays follow
    NUGGETS: (NUGGETS, NUGGETS, NUGGETS),
    "positrons in flight": ("siegert2016", "knoedlseder2025", "boxy_bulge_nuclear_disk"),
    "old stars": ("boxy_bulge_nuclear_disk", "gaussian_disk", "boxy_bulge_nuclear_disk"),
    "annihilating dark matter": ("annihilation", "knoedlseder2025", "boxy_bulge_nuclear_disk"),
    "decaying dark matter": ("decay", "decay", "boxy_bulge_nuclear_disk"),
}
NUISANCES = ("flat", "slopes", "interstellar", "interstellar slopes", "sources")  # free norms and slopes
NORMS = ("flat", "interstellar")  # the norms of the two backgrounds
FINE = 64  # nside whose pixels hold every beam of data/observations.yaml twice
_SOURCES = "gaussian_disk"  # where unresolved sources may lie
_XRAY_LEVEL = 1.0  # X-ray photons per 511 keV photon: not predicted here; illustrative, as is the X-ray instrument


class Pair(NamedTuple):
    """Two bands under a story.

    Parameters
    ----------
    first, second
        Expected counts of the two under the story.
    shared
        Expected counts of the second band if it followed the first band's sky, with the same flux in the region.
    """

    first: Expected
    second: Expected
    shared: Expected

    def scaled(self, factor: float) -> Pair:
        """Return the pair at `factor` times both exposures."""
        return Pair(*(wanted.scaled(factor) for wanted in self))

    @property
    def known(self) -> Pair:
        """The same with backgrounds that are known exactly."""
        return Pair(*(wanted.known for wanted in self))


@dataclass(frozen=True, eq=False)
class Skies:
    """The skies that bands may follow, each with the mean line intensity 1 in the region's field.

    Parameters
    ----------
    field
        Where they are compared.
    maps
        By name; :data:`NUGGETS` is one of them. Their nside is that of the field or finer.
    level
        Mean intensity of the 511 keV line in the field [cm-2 s-1 sr-1].
    emission
        Photons of each band per 511 keV photon.
    nuisances
        What is not known of the backgrounds, of :data:`NUISANCES`; empty for backgrounds that are known exactly.
    """

    field: Field
    maps: Mapping[str, SkyMap]
    level: float
    emission: NuggetEmission
    nuisances: tuple[str, ...] = NORMS

    def __post_init__(self) -> None:
        """Refuse unknown nuisances."""
        for name in self.nuisances:
            if name not in NUISANCES:
                raise ValueError(f"no nuisance {name!r}; there are {', '.join(map(repr, NUISANCES))}")

    def expected(self, name: str, seen_by: Observation) -> Expected:
        """Return the expected counts of a band that follows one of the skies, at the nuggets' flux."""
        unit = seen_by.exposure * pixel_area(self.field.nside)
        background = np.full(self.field.pixels.size, seen_by.background)
        if _has_foreground(seen_by):
            shape = self.maps["interstellar"]
            level = interstellar_intensity(seen_by.band) / shape.mean(COMPTEL_WINDOW).value
            background = background + level * self._seen("interstellar", seen_by)
        signal = self.level * self._photons(seen_by) * self._seen(name, seen_by)
        return Expected(unit * signal, unit * background, self._nuisances(seen_by))

    def _seen(self, name: str, seen_by: Observation) -> Floats:
        return seen(self.maps[name], seen_by.fwhm, self.field)

    def _photons(self, seen_by: Observation) -> float:
        if seen_by.band.name in (LINE, XRAY):
            return 1.0 if seen_by.band.name == LINE else _XRAY_LEVEL
        return self.emission.band_factor(seen_by.band)

    def _nuisances(self, seen_by: Observation) -> Floats:
        """Return the shapes of what is not known of a band's background, of which a fit may add any amount."""
        if not self.nuisances:
            return np.empty((0, 0))
        flat, lon, lat = np.ones(self.field.pixels.size), self.field.lon / 30.0, self.field.lat / 15.0
        shapes = {"flat": [flat], "slopes": [lon, lat, np.abs(lat)], "sources": [self._template(_SOURCES, seen_by)]}
        if _has_foreground(seen_by):
            foreground = self._template("interstellar", seen_by)
            shapes |= {
                "interstellar": [foreground],
                "interstellar slopes": [foreground * lon, foreground * np.abs(lat)],
            }
        return np.stack([shape for name in self.nuisances for shape in shapes.get(name, [])] or [flat])

    def _template(self, name: str, seen_by: Observation) -> Floats:
        shape = self._seen(name, seen_by)
        return np.asarray(shape / shape.mean())

    def pair(self, story: str, first: Observation, second: Observation) -> Pair:
        """Return what a story expects of two observations."""
        names = [_followed(story, seen_by.band.name) for seen_by in (first, second)]
        return Pair(self.expected(names[0], first), self.expected(names[1], second), self.expected(names[0], second))


def skies(
    nuggets: SkyMap,
    field: Field,
    *,
    emission: NuggetEmission | None = None,
    names: Sequence[str] = (),
    nuisances: Sequence[str] = NORMS,
) -> Skies:
    """Return the skies of all stories, or of `names`, at the nside of the nuggets' map.

    Parameters
    ----------
    nuggets
        Map of J, or of the line; only its shape counts. As fine as the field or finer: at nside 64 every beam shipped
        has the two pixels that it needs.
    field
        Where bands are compared.
    emission
        Photons of each band per 511 keV photon.
    names
        Rivals to make; all that the stories need by default.
    nuisances
        What is not known of the backgrounds; by default the norms of the flat and of the interstellar one.
    """
    wanted = names or sorted({name for story in STORIES.values() for name in story} - {NUGGETS})
    made = {name: rival(name).sky(nuggets.nside) for name in {*wanted, "siegert2016", "interstellar", _SOURCES}}

    def mean(sky: SkyMap) -> float:
        return float(sky.regrid(field.nside).values[field.pixels].mean())

    shapes = {
        name: SkyMap(sky.values / mean(sky), np.array(0.0), "cm-2 s-1 sr-1", name=name)
        for name, sky in ({NUGGETS: nuggets} | made).items()
    }
    return Skies(field, shapes, mean(made["siegert2016"]), emission or NuggetEmission(), tuple(nuisances))


def _followed(story: str, band: str) -> str:
    """Return which sky a band follows in a story."""
    if story not in STORIES:
        raise ValueError(f"no story {story!r}; known: {', '.join(STORIES)}")
    positronium, continuum, xray = STORIES[story]
    return {LINE: positronium, ORTHO: positronium, XRAY: xray}.get(band, continuum)


def _has_foreground(seen_by: Observation) -> bool:
    """Return whether interstellar emission lies before a band: in the line and in X-rays none is taken."""
    return seen_by.band.name.startswith("CONTINUUM")
