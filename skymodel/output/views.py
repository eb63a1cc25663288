"""What a notebook shows of an object, and what its ``plot()`` draws; the objects find this module by its name.

| object | ``plot(...)`` |
|---|---|
| map | ``kind="sky"`` or ``"centre"``, ``regions={name: region}`` |
| image of a part of the sky | ``regions={name: region}`` |
| density | ``size=10.0``, half the width of the picture [kpc] |
| region | |
| result of a run | ``kind="sky"``, ``"centre"``, ``"spectrum"``, ``"ratio"`` |
| comparison, fit | |
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

import numpy as np
from astropy import units

from profiles import Density
from profiles.contract.fields import field_kinds
from profiles.contract.spelling import options
from skymodel.comparison.likeness.morphology import Comparison
from skymodel.output.figures.names import map_name, region_name, unit_name
from skymodel.output.figures.style import COLUMN, style
from skymodel.runs.one.chi import FitResult
from skymodel.runs.one.result import RunResult
from skymodel.sightlines.zoom import Image
from skymodel.sky.region import Region
from skymodel.sky.skymap import SkyMap

Facts = Iterator[tuple[str, str]]
_DPI = 80  # of the small picture beside the facts
_ROW, _IMAGE = "display:flex;flex-wrap:wrap;gap:1em", "align-self:flex-start;max-width:100%;height:auto"
_PROVENANCE = ("method", "sample", "rtol", "evaluations", "short", "error_kind")


@functools.singledispatch
def plot(thing: Any) -> Any:
    """Return the figure of an object; the module's docstring names the options of each kind."""
    raise TypeError(f"{type(thing).__name__} has no figure; there are figures of {', '.join(_kinds())}")


@functools.singledispatch
def facts(thing: Any) -> Facts:
    """Yield what is said of an object beside its picture: names and texts."""
    raise TypeError(f"{type(thing).__name__} has no view; there are views of {', '.join(_kinds())}")


def html(thing: Any) -> str:
    """Return a small picture of an object and what there is to say of it, as HTML; all text is escaped."""
    rows = "".join(
        f"<tr><th style='text-align:left;vertical-align:top'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in facts(thing)
    )
    with style():
        picture = base64.b64encode(_small(thing).png(_DPI)).decode("ascii")
    name = escape(type(thing).__name__)
    image = f"<img style='{_IMAGE}' alt='{name}' src='data:image/png;base64,{picture}'>"
    return f"<b>{name}</b><div style='{_ROW}'>{image}<table>{rows}</table></div>"


@functools.singledispatch
def _small(thing: Any) -> Any:
    return plot(thing)


def _kinds() -> list[str]:
    return sorted(kind.__name__ for kind in plot.registry if kind is not object)


@plot.register
def _(sky: SkyMap, *, kind: str = "sky", regions: Mapping[str, Region] | None = None) -> Any:
    from skymodel.output.figures.sky import WINDOWS, all_sky_figure, centre_figure

    makers = {"sky": all_sky_figure, "centre": centre_figure}
    with style():
        return _chosen(makers, kind)({map_name(sky.name): sky}, "", WINDOWS if regions is None else regions)


@_small.register
def _(sky: SkyMap) -> Any:
    from skymodel.output.figures.sky import all_sky_figure

    return all_sky_figure({map_name(sky.name): sky}, width=COLUMN)


@_small.register
def _(result: RunResult) -> Any:
    return _small(next(iter(result.maps.values())))


@plot.register
def _(image: Image, *, regions: Mapping[str, Region] | None = None) -> Any:
    from skymodel.output.figures.sky import WINDOWS, centre_figure

    with style():
        return centre_figure({"": image}, "", WINDOWS if regions is None else regions)


@plot.register
def _(density: Density, *, size: float = 10.0) -> Any:
    from skymodel.output.figures.profiles import density_figure

    if not size > 0:
        raise ValueError(f"size = {size}; allowed: half the width of the picture, more than 0 kpc")
    with style():
        return density_figure(density, extent=size)


@_small.register
def _(density: Density) -> Any:
    from skymodel.output.figures.profiles import glance_figure

    return glance_figure(density)


@plot.register
def _(region: Region) -> Any:
    from skymodel.output.figures.sky import region_figure

    with style():
        return region_figure(region)


@plot.register
def _(result: RunResult, *, kind: str = "sky") -> Any:
    from skymodel.output.figures.run import makers

    with style():
        return _chosen(makers(result), kind)()


@plot.register
def _(comparison: Comparison) -> Any:
    from skymodel.output.figures.comparison import comparison_figure

    with style():
        return comparison_figure(comparison)


@plot.register
def _(found: FitResult) -> Any:
    from skymodel.output.figures.chi import chi_figure

    with style():
        return chi_figure(found.table, found.config.label)


def _chosen(known: Mapping[str, Any], kind: str) -> Any:
    if kind not in known:
        raise ValueError(f"kind = {kind!r}{options(kind, known)}")
    return known[kind]


@facts.register
def _(sky: SkyMap) -> Facts:
    held = sky.values[~sky.masked]
    yield "map", map_name(sky.name) if sky.name else "without a name"
    yield "unit", unit_name(sky.unit) or "none"
    yield "pixels", f"nside {sky.nside}: {sky.values.size} of {np.degrees(np.sqrt(sky.pixel_area)):.3g}°"
    if held.size < sky.values.size:
        yield "masked", f"{sky.values.size - held.size} pixels"
    if held.size:
        yield "range", f"{held.min():.4g} to {held.max():.4g}"
        total = sky.total()
        yield "integral", f"{total.value:.6g} ± {total.error:.1g} {unit_name(total.unit)}"
        yield "numerical error", _largest(sky.error[~sky.masked], held)
        if sky.measured.any():
            yield "measured error", _largest(sky.measured[~sky.masked], held)
    yield from ((name.replace("_", " "), str(sky.meta[name])) for name in _PROVENANCE if name in sky.meta)


def _largest(error: Any, values: Any) -> str:
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.nanmax(np.where(values != 0, error / np.abs(values), np.nan), initial=0.0)
    return f"at most {relative:.1g} of the value" if np.isfinite(error).any() else "not known"


@facts.register
def _(image: Image) -> Facts:
    yield "unit", unit_name(image.unit)
    yield "pixels", " x ".join(map(str, image.values.shape[::-1]))
    yield "range", f"{np.nanmin(image.values):.4g} to {np.nanmax(image.values):.4g}"
    yield "numerical error", _largest(image.error, image.values)
    yield from ((name.replace("_", " "), str(image.meta[name])) for name in _PROVENANCE if name in image.meta)


@facts.register
def _(density: Density) -> Facts:
    for name, kind in field_kinds(type(density)).items():
        unit = density.unit if kind.amplitude else kind.unit
        yield name, f"{getattr(density, name):g} {unit_name(units.Unit(unit or ''))}".rstrip()
    parts = getattr(density, "parts", ())
    yield from ((f"part {number}", repr(part)[:200]) for number, part in enumerate(parts, 1))
    yield "unit", unit_name(density.unit)
    yield "symmetry", density.symmetry + (", the same above and below the plane" if density.mirror_z else "")
    yield "at the Sun (8.2 kpc)", f"{density.at(-8.2, 0, 0).value:.4g} {unit_name(density.unit)}"
    yield from (("source", text) for text in [_reference(type(density))] if text)


def _reference(kind: type) -> str:
    """Return what stands under "References" in a form's docstring."""
    _, _, rest = (kind.__doc__ or "").partition("References\n")
    return " ".join(rest.replace("----------", "", 1).split("\n\n")[0].split())


@facts.register
def _(region: Region) -> Facts:
    yield "region", region_name(region.name)
    yield "solid angle", f"{region.solid_angle:.6g} sr, {100 * region.solid_angle / (4 * np.pi):.3g} % of the sky"
    yield "edges", "known, exact" if region.edges is not None else "not known; coverage is sampled"
    yield "definition", repr(region)[:300]


@facts.register
def _(result: RunResult) -> Facts:
    from skymodel.output.report.text import flux_rows, verdict

    yield "label", result.config.label or "none"
    yield from ((f"verdict {number}", sentence) for number, sentence in enumerate(verdict(result), 1))
    yield "maps", "; ".join(f"{map_name(name)} (nside {sky.nside})" for name, sky in result.maps.items())
    for region, band, mean, flux, measured, *_ in flux_rows(result.fluxes).rows:
        yield f"{band}, {region}", f"mean {mean} cm⁻² s⁻¹ sr⁻¹, flux {flux} ± {measured} cm⁻² s⁻¹"


@facts.register
def _(comparison: Comparison) -> Facts:
    yield "maps", f"{comparison.first.name or 'first'}, {comparison.second.name or 'second'}"
    for row in comparison.likeness:
        yield str(row["statistic"]).replace("_", " "), f"{row['value']:.6g} ± {row['error']:.1g} {row['unit']}".rstrip()
    yield from ((name, f"left out: {why}") for name, why in comparison.likeness.meta.get("absent", {}).items())


@facts.register
def _(found: FitResult) -> Facts:
    from skymodel.output.report.chi import verdict

    yield "label", found.config.label or "none"
    yield from ((f"verdict {number}", sentence) for number, sentence in enumerate(verdict(found), 1))
    yield from (("note", note) for note in found.notes)
