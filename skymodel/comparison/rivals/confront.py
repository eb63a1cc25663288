"""Nugget skies against what was measured: the 511 keV components of Siegert 2016, COMPTEL's bulge of Knoedlseder 2025.

The measurements are fits of components, so the same fit is done to each pair's sky. The line: the bulge, disk and
central source that fit it best, times one free scale, against the three published fluxes (two degrees of freedom). The
continuum: the Gaussian, beside an interstellar disk, that fits it best, against the published centre and width. The
flux there fixes chi, the one free number of the continuum, so it is quoted as that chi and is no pull.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from profiles import Density
from profiles.shelf.tracers import INTERSTELLAR, PRINTED
from skymodel.comparison.likeness.gaussian_sky import UNIT
from skymodel.comparison.ratio import candidates
from skymodel.comparison.rivals.components import (
    COMPONENTS,
    CONTINUUM_BEAM,
    LINE_BEAM,
    fit_bulge,
    fit_line,
    inflight,
)
from skymodel.comparison.rivals.exposure import EVEN, Weights, describe
from skymodel.comparison.rivals.skies import LISTED, R_MAX, rival
from skymodel.emission.event.bands import Band
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.progress import Counted
from skymodel.sightlines.project import project
from skymodel.sightlines.ray.geometry import Observer, as_observer
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

INFLIGHT = Band("INFLIGHT", 1.0, 10.0)
GAS_RTOL = 1e-2  # of maps of whole gas models, whose off-centre clouds are dear
LIMIT = 2.0  # standard deviations within which a pull is compatible


def confront(
    halos: Mapping[str, Density] | None = None,
    electrons: Mapping[str, Density] | None = None,
    *,
    nside: int = 64,
    observer: Observer | None = None,
    emission: NuggetEmission | None = None,
    rtol: float = 1e-3,
    weights: Weights | Sequence[Weights] = EVEN,
    progress: Counted | None = None,
) -> Any:
    """Return the table of pairs against both measurements.

    Parameters
    ----------
    halos, electrons
        Densities by name; those of :mod:`skymodel.comparison.ratio.candidates` by default, the electrons of both
        tracers.
    nside, rtol
        Of the maps; those of the default interstellar electrons are made to 1e-2, which moves no pull by 0.01.
    observer
        Who looks.
    emission
        Sets the chi at which the continuum is predicted.
    weights
        Of the pixels in both fits, one or more, see :func:`~skymodel.comparison.rivals.components.fit_line`.
    progress
        Called with (pairs done, pairs in all) after each.

    Returns
    -------
    QTable
        A row for each pair and each choice of ``weights``, with its ``tracer`` (empty for electrons that are given):
        fluxes and pulls of the line's components, centre, width and pulls of the bulge in the continuum, its predicted
        flux above 1 MeV and the chi that the published one asks for; ``compatible`` where the line's chi-square leaves
        5 % and the bulge's three pulls are within 2. The errors of the published bulge are assumed, so
        ``bulge_compatible_from`` says from which error [deg] on the bulge would be compatible.

    Examples
    --------
    >>> from profiles import NFW, ExponentialDisk
    >>> from skymodel import confront
    >>> confront({"nfw": NFW()}, {"disk": ExponentialDisk()})["compatible"][0]  # doctest: +SKIP
    False
    """
    from astropy.table import QTable

    model = emission or NuggetEmission()
    halos = candidates.default_halos() if halos is None else halos
    given = (weights,) if isinstance(weights, str | SkyMap) else weights
    chosen = [(each if isinstance(each, str) else each.name, each) for each in given]
    pairs = [
        (tracer, accuracy, *pair)
        for tracer, known, accuracy in _electrons(electrons, rtol)
        for pair in itertools.product(halos.items(), known.items())
    ]
    rows: list[dict[str, Any]] = []
    for done, (tracer, accuracy, (halo, first), (name, second)) in enumerate(pairs, start=1):
        column = _column(first * second, nside, as_observer(observer), accuracy)
        pair = {"dark_matter": halo, "electrons": name, "tracer": tracer}
        rows += [pair | {"weights": title} | _row(column, model, each) for title, each in chosen]
        if progress:
            progress(done, len(pairs))
    table = QTable(rows=rows)
    for name in table.colnames:
        if (unit := _UNITS.get(name.split("_")[0])) and table[name].dtype.kind == "f":
            table[name].unit = unit
    table.meta = {"weights": {title: describe(each) for title, each in chosen}} | {
        "line_limit_chi_square": _LIMIT_TWO_DEGREES,
        "bulge_limit": LIMIT,
        "errors_of_bulge": "assumed",
    }
    table.meta["beams"] = (
        f"beams: {LINE_BEAM:g} deg for the line (SPI, read), "
        f"{CONTINUUM_BEAM:g} deg for the continuum (COMPTEL, memory, unverified)"
    )
    return table


def confront_rivals(
    names: Sequence[str] = LISTED, *, nside: int = 64, weights: Weights = EVEN, progress: Counted | None = None
) -> Any:
    """Return the table of rivals of the line against the published components.

    Parameters
    ----------
    names
        Rivals of :data:`~skymodel.comparison.rivals.skies.RIVALS` with a flux in the line.
    nside, weights
        Of the fit, as for :func:`confront`.
    progress
        Called with (rivals done, rivals in all) after each.

    Returns
    -------
    QTable
        A row for each: flux [cm-2 s-1], mean intensities [cm-2 s-1 sr-1] in the INTEGRAL circle and in COMPTEL's
        window, their ratio W, the chi-square of the published components with a free scale (two degrees of freedom),
        and where the numbers come from.
    """
    from astropy.table import QTable

    rows: list[dict[str, Any]] = []
    for name in names:
        sky = rival(name).sky(nside)
        if progress:
            progress(len(rows) + 1, len(names))
        circle, window = sky.mean(INTEGRAL_CIRCLE).value, sky.mean(COMPTEL_WINDOW).value
        rows.append(
            {
                "rival": name,
                "flux": sky.total().value,
                "mean_circle": circle,
                "mean_window": window,
                "W": window / circle,
                "chi_square": fit_line(sky, weights).chi_square,
                "reference": rival(name).reference,
            }
        )
    table = QTable(rows=rows, meta={"weights": describe(weights)})
    table["flux"].unit = "cm-2 s-1"
    table["mean_circle"].unit = table["mean_window"].unit = UNIT
    return table


_LIMIT_TWO_DEGREES = -2 * math.log(0.05)  # a chi-square of two degrees of freedom exceeds it in 5 % of cases
_UNITS = {"flux": "cm-2 s-1", "bulge": "deg"}


def _column(pair: Density, nside: int, observer: Observer, rtol: float) -> SkyMap:
    return project(pair, nside, observer=observer, r_max=R_MAX, rtol=rtol)


def _electrons(given: Mapping[str, Density] | None, rtol: float) -> list[tuple[str, Mapping[str, Density], float]]:
    """Return electrons by name with their tracer and the tolerance of their maps."""
    if given is not None:
        return [("", given, rtol)]
    gas = candidates.interstellar_electrons()
    return [(PRINTED, candidates.default_electrons(), rtol), (INTERSTELLAR, gas, max(rtol, GAS_RTOL))]


def _row(column: SkyMap, emission: NuggetEmission, weights: Weights) -> dict[str, Any]:
    scaled = SkyMap(column.values / column.values.max(), column.error / column.values.max(), "")
    line = fit_line(scaled, weights)
    bulge = fit_bulge(scaled, weights)
    pulls = inflight().pulls(bulge)
    flux = line.scale * bulge.flux * emission.band_factor(INFLIGHT)
    good_line, good_bulge = line.chi_square < _LIMIT_TWO_DEGREES, max(map(abs, pulls)) < LIMIT
    return {
        **{f"flux_{name}": value for name, value in zip(COMPONENTS, line.fluxes, strict=True)},
        **{f"pull_line_{name}": value for name, value in zip(COMPONENTS, line.pulls, strict=True)},
        "line_chi_square": line.chi_square,
        "bulge_lon": bulge.lon,
        "bulge_lat": bulge.lat,
        "bulge_sigma": bulge.sigma,
        **{f"pull_bulge_{name}": value for name, value in zip(("lon", "lat", "sigma"), pulls, strict=True)},
        "bulge_compatible_from": inflight().distance(bulge) / LIMIT,
        "flux_above_1_MeV": flux,
        "chi_asked_for": emission.chi * inflight().flux / flux if flux > 0 else math.nan,
        "line_compatible": good_line,
        "bulge_compatible": good_bulge,
        "compatible": good_line and good_bulge,
    }
