"""The page of two maps compared: the verdict, both skies and the residual to hover over, curves, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skymodel.comparison.likeness.morphology import Comparison, beam_width
from skymodel.output.console import left_out, measured
from skymodel.output.figures.names import map_name, region_name
from skymodel.output.figures.sky import WINDOWS
from skymodel.output.report.charts import finish_legend, frame, line
from skymodel.output.report.page import Column, Page, Rows, Section, render
from skymodel.output.report.sections import ending, sky_section

_ALIKE = 0.9  # correlation from which a scale is called alike in the verdict


def report(comparison: Comparison, files: Mapping[str, str] | None = None) -> str:
    """Return the page of a comparison.

    Parameters
    ----------
    comparison
        What :func:`skymodel.compare` returned.
    files
        SHA-256 digests by name of the other files of the folder, if there is one.
    """
    pair = _names(comparison)
    return render(
        Page(
            kind="skymodel compare",
            title=f"{pair[0]} against {pair[1]}",
            subtitle=_subtitle(comparison.likeness.meta),
            verdict=verdict(comparison),
            sections=tuple(_sections(comparison, pair, files or {})),
        )
    )


def verdict(comparison: Comparison) -> tuple[str, ...]:
    """Return what was found in three sentences, their numbers from the table of likeness."""
    first, second = _names(comparison)
    found = {str(row["statistic"]): _told(row["value"], row["error"]) for row in comparison.likeness}
    fit = found["amplitude"], comparison.likeness.meta["amplitude_unit"]
    return (
        f"The two maps have a correlation of {found['pearson']} (1 would be the same shape, bright pixels counting "
        f"most) and a rank correlation of {found['spearman']} (all pixels alike).",
        f"{' '.join(fit).rstrip()} times {first} is the closest to {second} and explains {found['explained']} of its "
        "squared brightness.",
        _scales(comparison) + _moved(comparison),
    )


def _scales(comparison: Comparison) -> str:
    degree, correlation = comparison.spectrum.degree, comparison.spectrum.correlation
    alike = int(np.argmin(correlation >= _ALIKE)) if (correlation < _ALIKE).any() else degree.size
    if alike == 0:
        return f"At no angular scale do they correlate by {_ALIKE:g}"
    angle, end = 180 / float(degree[alike - 1]), "the finest that was tested" if alike == degree.size else "finer not"
    return f"They correlate by {_ALIKE:g} or more at all angular scales down to {angle:.3g}° ({end})"


def _moved(comparison: Comparison) -> str:
    row = next((row for row in comparison.likeness if str(row["statistic"]) == "earth_mover"), None)
    if row is None:
        return (
            f"; how far light would have to move is left out: it {comparison.likeness.meta['absent']['earth_mover']}."
        )
    return f"; light would have to move by {_told(row['value'], row['error'])}° on average to turn one into the other."


def _told(value: float, error: float) -> str:
    return measured(float(value), float(error)).replace("+-", "±")


def _names(comparison: Comparison) -> tuple[str, str]:
    first, second = (map_name(sky.name) if sky.name else "" for sky in (comparison.first, comparison.second))
    return first or "the first map", second or "the second map"


def _subtitle(meta: Mapping[str, Any]) -> str:
    width = beam_width(meta)
    beam = f", seen through a beam of {width} ({meta.get('beam', 'as given')})" if width else ""
    chance = "" if "p_value" not in meta else f"; p-value {meta['p_value']:.2g} for {meta['exposure_cm2_s']:.3g} cm² s"
    return f"region: {region_name(str(meta['region']))}, nside {meta['nside']}{beam}{chance}"


def _sections(comparison: Comparison, pair: tuple[str, str], files: Mapping[str, str]) -> Iterator[Section]:
    maps = {"FIRST": comparison.first, "SECOND": comparison.second, "RESIDUAL": comparison.fit.residual}
    titles = dict(zip(maps, (*pair, "residual: second less the scaled first"), strict=True))
    yield sky_section(
        "Both skies and what is left",
        maps,
        titles,
        WINDOWS,
        measured={},
        alt="All-sky maps in Galactic coordinates of both maps and of the residual, one at a time.",
        caption="Each map has colours of its own, the residual linear ones.",
    )
    yield Section(
        "concentration",
        "Concentration",
        "Concentration",
        chart=_concentration(comparison, pair),
        alt="Share of the light of both maps within an angle of the Galactic centre.",
    )
    yield Section(
        "profiles",
        "Profiles in longitude and latitude",
        "Profiles",
        chart=_profiles(comparison, pair),
        alt="Mean of both maps in bins of longitude and of latitude, each over its largest.",
        caption="Means over bins, each curve over its largest; the angle is that from the centre, longitude with its "
        "sign.",
    )
    yield Section(
        "scales",
        "Correlation by angular scale",
        "Scales",
        chart=_scale_chart(comparison),
        alt="Correlation of the two maps against the degree of spherical harmonics.",
        caption="An angle of 180° over the degree; a smeared copy keeps its correlation.",
    )
    left = tuple(filter(None, left_out(comparison, pair).split("\n")))
    yield Section("likeness", "Likeness", "Likeness", text=left, table=_likeness(comparison.likeness), copy=True)
    yield Section("shapes", "Shapes", "Shapes", table=_shapes(comparison.shapes, pair), copy=True)
    yield from ending(files)


def _concentration(comparison: Comparison, pair: tuple[str, str]) -> Any:
    chart = frame("angle from the Galactic centre [deg]", "share of the light", x_axis_type="log", y_range=(0, 1.02))
    for number, (curve, name) in enumerate(zip(comparison.curves, pair, strict=True)):
        line(chart, curve.radius, curve.share, name, number)
    return finish_legend(chart)


def _profiles(comparison: Comparison, pair: tuple[str, str]) -> Any:
    chart = frame("angle [deg]", "mean / its largest", y_axis_type="log", y_range=(1e-4, 1.5))
    for number, (curve, name) in enumerate(zip(comparison.curves, pair, strict=True)):
        for profile, axis, dash in ((curve.lon, "longitude", "solid"), (curve.lat, "latitude", "dashed")):
            middle = (profile.edges[1:] + profile.edges[:-1]) / 2
            peak = float(np.nanmax(profile.mean))
            values = profile.mean / (peak if peak > 0 else 1.0)
            line(chart, middle, np.where(values > 0, values, np.nan), f"{name}, {axis}", number, dash=dash)
    return finish_legend(chart)


def _scale_chart(comparison: Comparison) -> Any:
    chart = frame("degree l", "correlation", x_axis_type="log")
    line(chart, comparison.spectrum.degree, comparison.spectrum.correlation, "correlation", 2)
    return finish_legend(chart)


def _likeness(table: Any) -> Rows:
    columns = (Column("statistic"), Column("value", "", True), Column("unit"), Column("sees"), Column("blind to"))
    rows = []
    for row in table:
        unit = str(row["unit"])
        told = _told(row["value"], row["error"])
        rows.append((str(row["statistic"]).replace("_", " "), told, unit, str(row["sees"]), str(row["blind_to"])))
    return Rows(columns, rows)


def _shapes(table: Any, pair: tuple[str, str]) -> Rows:
    columns = (Column("statistic"), Column("unit"), *(Column(name, "", True) for name in pair))
    rows = []
    for row in table:
        numbers = (_told(row[name], row[f"{name}_error"]) for name in ("first", "second"))
        rows.append((str(row["statistic"]).replace("_", " "), str(row["unit"]), *numbers))
    return Rows(columns, rows)
