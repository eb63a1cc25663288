"""Do two maps look alike? One call, all statistics, each with its error.

The pair's statistics are in :mod:`skymodel.comparison.likeness.correlation`, those of one map in
:mod:`skymodel.comparison.likeness.shape`. Maps of different nside meet at the coarser one, by flux-conserving means; a
beam is applied to both, or to each its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.shown import Shown, short
from skymodel.comparison.likeness.common import common
from skymodel.comparison.likeness.correlation import (
    Fit,
    Spectrum,
    amplitude,
    cosine,
    cross_spectrum,
    pearson,
    spearman,
)
from skymodel.comparison.likeness.looks import Curves, Looks, looks
from skymodel.comparison.likeness.scales import SCALES
from skymodel.comparison.likeness.subpixels import NoFluxError
from skymodel.comparison.likeness.transport import absence, earth_mover
from skymodel.progress import Progress, Steps
from skymodel.sky.beams import Beam
from skymodel.sky.region import as_region
from skymodel.sky.regions import ALL_SKY
from skymodel.sky.skymap import SkyMap
from skymodel.sky.smoothing import smooth


@dataclass(frozen=True)
class Comparison(Shown):
    """All statistics of two maps.

    Parameters
    ----------
    first, second
        The maps as compared: at one nside, in one unit where they convert, through the beam.
    likeness
        QTable of the pair's statistics: statistic, value, error, unit, sees, blind_to; what could not be had is in its
        ``meta["absent"]`` with the reason.
    shapes
        QTable of each map's: statistic, unit, first, first_error, second, second_error; nan where ``meta["absent"]``
        says why.
    fit
        Best amplitude and residual map.
    spectrum
        Correlation by angular scale.
    curves
        Concentration and profiles of the two maps.
    """

    __repr__ = short

    first: SkyMap
    second: SkyMap
    likeness: Any
    shapes: Any
    fit: Fit
    spectrum: Spectrum
    curves: tuple[Curves, Curves]


Beams = Beam | tuple[Beam, Beam] | None
_STEPS = {"maps at one resolution": 3, "correlation by scale": 1, "shapes": 3, "likeness": 5}  # shares of the time


def compare(
    first: SkyMap, second: SkyMap, *, region: Any = ALL_SKY, beam: Beams = None, progress: Progress | None = None
) -> Comparison:
    """Return how alike two maps are in a region, and what each looks like there.

    Parameters
    ----------
    first, second
        The maps. What needs a flux is left out where one is negative or dark, with the reason.
    region
        Where they are compared: in the pixels of it that both hold; ``likeness.meta["compared"]`` says how much of
        each map in the region that is.
    beam
        Seen through which, one for both or one for each; as they are by default.
    progress
        Called with the step and the share of the whole that is done.

    Raises
    ------
    ValueError
        If the maps have no pixels in common there, one is constant or zero, or the beam is wider than the region.

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
    part, steps = as_region(region), Steps(progress, _STEPS)
    beams = beam if isinstance(beam, tuple) else (beam, beam)
    widths = [0.0 if one is None else one.width for one in beams]
    if (width := max(widths)) > (extent := 2 * np.degrees(np.sqrt(part.solid_angle / np.pi))):
        raise ValueError(f"a beam of {width:g} deg is wider than {part.name}, about {extent:.3g} deg; nothing is left")
    with steps("maps at one resolution"):
        pair = zip(common_nside(first, second), beams, strict=True)
        one, two = (sky if seen is None else smooth(sky, seen) for sky, seen in pair)
    two = two.to(one.unit) if two.unit.is_equivalent(one.unit) else two
    shared = common(one, two, part)
    part = shared.region
    where = None if part == ALL_SKY else part  # the whole sky needs no coverage
    finest = max(1, min(2 * one.nside, int(180 / width))) if width else 2 * one.nside  # none is left below
    with steps("correlation by scale"):
        spectrum, fit = cross_spectrum(one, two, where, finest), amplitude(one, two, part)
    with steps("shapes"):
        each = looks(one, where), looks(two, where)
    with steps("likeness"):
        likeness = _likeness(one, two, part, fit, spectrum)
    likeness.meta |= {"nside": one.nside, "beam_fwhm_deg": widths[0] if widths[0] == widths[1] else widths}
    likeness.meta["compared"] = {"first": shared.first, "second": shared.second}
    return Comparison(one, two, likeness, _shape_table(each), fit, spectrum, (each[0].curves, each[1].curves))


def beam_width(meta: Mapping[str, Any]) -> str:
    """Return the width of the beam of a comparison, or of each map's, as text; empty without one.

    Examples
    --------
    >>> beam_width({"beam_fwhm_deg": [2.5, 3.0]}), beam_width({"beam_fwhm_deg": 0.0})
    ('2.5 and 3 deg', '')
    """
    width = meta["beam_fwhm_deg"]
    each = width if isinstance(width, list) else [width]
    return f"{' and '.join(f'{one:g}' for one in each)} deg" if any(each) else ""


def common_nside(first: SkyMap, second: SkyMap) -> tuple[SkyMap, SkyMap]:
    """Return both maps at the coarser nside of the two; the means of finer pixels keep the flux.

    A coarse pixel of which any part is masked is masked.
    """
    nside = min(first.nside, second.nside)
    return first.regrid(nside), second.regrid(nside)


_PAIR = {
    "pearson": (pearson, "shape, the brightest pixels most", "scale, constant background"),
    "cosine": (cosine, "shape, the brightest pixels most", "scale"),
    "spearman": (spearman, "order of brightness, all pixels alike", "anything that keeps the order"),
}
_SMEARING = "scale, smearing"
_MOVED = ("shifts and smearing, by how far", "scale, what is finer than its error")


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
        try:
            moved = earth_mover(first, second, region)
            rows.append(("earth_mover", *moved, "deg", *_MOVED))
        except NoFluxError as reason:
            missing = f"needs a flux: {reason}"
    table = QTable(rows=rows, names=("statistic", "value", "error", "unit", "sees", "blind_to"))
    table["value"].description = "statistic between the two maps, of pixel means weighted by the region's coverage"
    table["error"].description = "bound from the maps' own errors"
    where = "whole sky" if region == ALL_SKY else region.name
    table.meta = {"first": first.name, "second": second.name, "region": where, "amplitude_unit": unit}
    table.meta["absent"] = {"earth_mover": missing} if missing else {}
    return table


def _shape_table(each: tuple[Looks, Looks]) -> Any:
    from astropy.table import QTable

    pairs = zip(each[0].rows, each[1].rows, strict=True)
    rows = [(name, unit, *number, *other) for (name, unit, number), (_, _, other) in pairs]
    table = QTable(rows=rows, names=("statistic", "unit", "first", "first_error", "second", "second_error"))
    table.meta = {"absent": {which: dict(found.absent) for which, found in zip(("first", "second"), each, strict=True)}}
    return table
