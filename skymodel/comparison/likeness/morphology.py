"""Do two maps look alike? One call, all statistics, each with its error.

The pair's statistics are in :mod:`skymodel.comparison.likeness.correlation`, those of one map in
:mod:`skymodel.comparison.likeness.shape`. Maps of different nside meet at the coarser one, by flux-conserving means; a
beam is applied to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats
from skymodel.bounded import Bounded
from skymodel.comparison.likeness.correlation import (
    ALL_SKY,
    Fit,
    Spectrum,
    amplitude,
    cosine,
    cross_spectrum,
    pearson,
    spearman,
)
from skymodel.comparison.likeness.scales import SCALES
from skymodel.comparison.likeness.shape import (
    SHARES,
    Concentration,
    Profile,
    bulge_to_disk,
    centroid,
    profile,
    widths,
)
from skymodel.comparison.likeness.transport import absence, earth_mover
from skymodel.sky.beams import Beam, smooth
from skymodel.sky.healpix import pixel_area
from skymodel.sky.region import as_region
from skymodel.sky.skymap import SkyMap

_LON_EDGES = np.arange(-180.0, 181.0, 5.0)
_LAT_EDGES = np.arange(-90.0, 90.1, 2.5)
_BINS = 24
_RADII = np.unique([*np.geomspace(0.5, 180.0, 90), 6.0])


class Curves(NamedTuple):
    """What a figure of one map needs: its concentration curve and its two profiles."""

    radius: Floats
    share: Floats
    share_error: Floats
    lon: Profile
    lat: Profile


@dataclass(frozen=True)
class Comparison:
    """All statistics of two maps.

    Parameters
    ----------
    first, second
        The maps as compared: at one nside, in one unit where they convert, through the beam.
    likeness
        QTable of the pair's statistics: statistic, value, error, unit, sees, blind_to; what could not be had is in its
        ``meta["absent"]`` with the reason.
    shapes
        QTable of each map's: statistic, unit, first, first_error, second, second_error.
    fit
        Best amplitude and residual map.
    spectrum
        Correlation by angular scale.
    curves
        Concentration and profiles of the two maps.
    """

    first: SkyMap
    second: SkyMap
    likeness: Any
    shapes: Any
    fit: Fit
    spectrum: Spectrum
    curves: tuple[Curves, Curves]


def compare(first: SkyMap, second: SkyMap, *, region: Any = ALL_SKY, beam: Beam | None = None) -> Comparison:
    """Return how alike two maps are in a region, and what each looks like there.

    Parameters
    ----------
    first, second
        The maps; not negative in the region.
    region
        Where they are compared.
    beam
        Seen through which; as they are by default.

    Raises
    ------
    ValueError
        If the maps are masked, negative, constant or zero in the region, or the beam is wider than it.

    Examples
    --------
    >>> from skymodel.sky.regions import INTEGRAL_CIRCLE
    >>> import healpy
    >>> x = healpy.pix2vec(64, np.arange(12 * 64**2))[0]
    >>> sky = SkyMap(np.exp(600 * (x - 1)), 0.0, "cm-2 s-1 sr-1", name="A")
    >>> found = compare(sky, 3.0 * sky, region=INTEGRAL_CIRCLE)
    >>> round(found.fit.amplitude.value, 9), [round(float(value), 9) for value in found.likeness["value"][:3]]
    (3.0, [1.0, 1.0, 1.0])
    """
    part = as_region(region)
    if beam is not None and beam.width > (extent := 2 * np.degrees(np.sqrt(part.solid_angle / np.pi))):
        raise ValueError(
            f"a beam of {beam.width:g} deg is wider than {part.name}, about {extent:.3g} deg; nothing is left"
        )
    one, two = (sky if beam is None else smooth(sky, beam) for sky in common_nside(first, second))
    two = two.to(one.unit) if two.unit.is_equivalent(one.unit) else two
    where = None if part == ALL_SKY else part  # the whole sky needs no coverage
    finest = 2 * one.nside if beam is None else max(1, min(2 * one.nside, int(180 / beam.width)))  # none is left below
    spectrum, fit = cross_spectrum(one, two, where, finest), amplitude(one, two, part)
    held = [Concentration(sky, region=where) for sky in (one, two)]
    shapes = [_shape(sky, where, curve) for sky, curve in zip((one, two), held, strict=True)]
    curves = (_curves(one, where, held[0]), _curves(two, where, held[1]))
    likeness = _likeness(one, two, part, fit, spectrum)
    likeness.meta |= {"nside": one.nside, "beam_fwhm_deg": 0.0 if beam is None else beam.width}
    return Comparison(one, two, likeness, _shape_table(*shapes), fit, spectrum, curves)


def common_nside(first: SkyMap, second: SkyMap) -> tuple[SkyMap, SkyMap]:
    """Return both maps at the coarser nside of the two; the means of finer pixels keep the flux.

    A coarse pixel of which any part is masked is masked.
    """
    nside = min(first.nside, second.nside)
    return _degraded(first, nside), _degraded(second, nside)


def _degraded(sky: SkyMap, nside: int) -> SkyMap:
    import healpy

    if sky.nside == nside:
        return sky
    values, error = (
        healpy.reorder(np.array(column), r2n=True).reshape(12 * nside**2, -1).mean(axis=1)
        for column in (np.where(sky.masked, np.nan, sky.values), np.where(sky.masked, np.nan, sky.error))
    )
    lost = ~np.isfinite(values)
    values, error = (np.where(lost, healpy.UNSEEN, column) for column in (values, error))
    return replace(sky, values=healpy.reorder(values, n2r=True), error=healpy.reorder(error, n2r=True))


_PAIR = {
    "pearson": (pearson, "shape, the brightest pixels most", "scale, constant background"),
    "cosine": (cosine, "shape, the brightest pixels most", "scale"),
    "spearman": (spearman, "order of brightness, all pixels alike", "anything that keeps the order"),
}
_SMEARING = "scale, smearing"


def _likeness(first: SkyMap, second: SkyMap, region: Any, fit: Fit, spectrum: Spectrum) -> Any:
    from astropy.table import QTable

    unit, brightest = str(units.Unit(second.unit / first.unit)), "shape, the brightest pixels most"
    rows = [(name, *test(first, second, region), "", sees, blind) for name, (test, sees, blind) in _PAIR.items()]
    rows.append(("amplitude", *fit.amplitude, unit, "scale", "shape"))
    rows.append(("explained", *fit.explained, "", brightest, "scale"))
    rows += [
        (f"scales_{low}_{high}", *spectrum.over(low, high), "", f"agreement at degrees {low} to {high}", _SMEARING)
        for low, high in SCALES
        if high <= spectrum.degree[-1]
    ]
    if not (missing := absence()):
        moved = earth_mover(first, second, region)
        rows.append(
            ("earth_mover", *moved, "deg", "shifts and smearing, by how far", "scale, what is finer than its error")
        )
    table = QTable(rows=rows, names=("statistic", "value", "error", "unit", "sees", "blind_to"))
    table["value"].description = "statistic between the two maps, of pixel means weighted by the region's coverage"
    table["error"].description = "bound from the maps' own errors"
    where = "whole sky" if region == ALL_SKY else region.name
    table.meta = {"first": first.name, "second": second.name, "region": where, "amplitude_unit": unit}
    table.meta["absent"] = {"earth_mover": missing} if missing else {}
    return table


def _shape(sky: SkyMap, region: Any, held: Concentration) -> Mapping[str, tuple[str, Bounded]]:
    """Return the statistics of one map: name to unit and number."""
    centre, width = centroid(sky, region), widths(sky, region)
    found = {f"radius_{share:.0%}": ("deg", held.radius(share)) for share in SHARES}
    found |= {"share_in_6_deg": ("", Bounded(float(held.share(6.0)), float(held.error(6.0))))}
    found |= {"centroid_lon": ("deg", centre.lon), "centroid_lat": ("deg", centre.lat)}
    found |= {"width_lon": ("deg", width.lon), "width_lat": ("deg", width.lat)}
    if region is None:
        found |= {"bulge_to_disk": ("", bulge_to_disk(sky))}
    return found


def _shape_table(first: Mapping[str, Any], second: Mapping[str, Any]) -> Any:
    from astropy.table import QTable

    rows = [(name, unit, *statistic, *second[name][1]) for name, (unit, statistic) in first.items()]
    return QTable(rows=rows, names=("statistic", "unit", "first", "first_error", "second", "second_error"))


def _curves(sky: SkyMap, region: Any, held: Concentration) -> Curves:
    lon, lat = (
        profile(sky, axis, edges, region)  # type: ignore[arg-type]
        for axis, edges in _edges(sky.nside, region).items()
    )
    return Curves(_RADII, held.share(_RADII), held.error(_RADII), lon, lat)


def _edges(nside: int, region: Any) -> Mapping[str, Floats]:
    """Return the bins of the profiles [deg]: of the whole sky, or some twenty across the region, pixels at least."""
    import healpy

    if region is None:
        return {"lon": _LON_EDGES, "lat": _LAT_EDGES}
    lon, lat = healpy.pix2ang(nside, np.flatnonzero(region.coverage(nside)), lonlat=True)
    return {"lon": _bins((lon + 180) % 360 - 180, nside), "lat": _bins(lat, nside)}


def _bins(angle: Floats, nside: int) -> Floats:
    pixel = np.degrees(np.sqrt(pixel_area(nside)))
    low, high = float(angle.min()) - pixel / 2, float(angle.max()) + pixel / 2
    return np.linspace(low, high, 1 + max(1, min(_BINS, int((high - low) / pixel))))
