"""The commands ``skymodel flux``, ``los`` and ``window``: one number each, with its errors and its unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from skymodel.cli.terminal import NoPlugins, Plugins, Report, one_line_errors, plugins, progress, say

Halo = Annotated[
    str | None, typer.Option("--halo", metavar="NAME", help="Dark matter: a profile, a preset, or {type: nfw, ...}.")
]
Electrons = Annotated[
    str | None, typer.Option("--electrons", metavar="NAME", help="Electrons: a profile, a preset, or a mapping.")
]
Config = Annotated[
    str | None, typer.Option("--config", metavar="FILE", help="YAML file or preset for all else; by default 'paper'.")
]
Tolerance = Annotated[float, typer.Option("--rtol", help="Relative tolerance of the integrals.")]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Workers that integrate; by default as many as there are cores.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
REGION = "A name, 'circle LON LAT RADIUS', 'box LON LON LAT LAT' [deg], or {lon: 0 deg, ...}."


def flux(
    halo: Halo = None,
    electrons: Electrons = None,
    region: Annotated[str, typer.Option("--region", help=REGION)] = "integral_circle",
    band: Annotated[str, typer.Option("--band", help="LINE_511, or a range such as '1-20 MeV'.")] = "LINE_511",
    config: Config = None,
    rtol: Tolerance = 1e-4,
    workers: Workers = None,
    as_json: AsJson = False,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Print the photon flux of a band from a region.

    Example: skymodel flux --halo nfw --electrons ymw16 --region 'circle 0 0 6'
    """
    with one_line_errors(), plugins(plugin, no_plugins):
        from skymodel.runs.config.bands import read_band
        from skymodel.runs.one import quick

        settings = _settings(config, halo, electrons)
        asked = region_of(region, "--region"), read_band(band)
        with progress() as report:
            found = quick.flux(settings, *asked, rtol=rtol, workers=workers, progress=_shown(report))
        _print(found, as_json)


def los(
    lon: Annotated[float, typer.Argument(help="Galactic longitude [deg].")],
    lat: Annotated[float, typer.Argument(help="Galactic latitude [deg].")],
    halo: Halo = None,
    electrons: Electrons = None,
    config: Config = None,
    rtol: Tolerance = 1e-6,
    as_json: AsJson = False,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Print J, the integral of the product of the two densities along one sight line.

    Example: skymodel los 30 2 --halo einasto --electrons mcmillan2017_baryons
    """
    with one_line_errors(), plugins(plugin, no_plugins):
        from skymodel.runs.one import quick

        _print(quick.sight_line(_settings(config, halo, electrons), lon, lat, rtol=rtol), as_json)


def window(
    halo: Halo = None,
    electrons: Electrons = None,
    numerator: Annotated[str, typer.Option("--numerator", help=REGION)] = "comptel_window",
    denominator: Annotated[str, typer.Option("--denominator", help="Another such region.")] = "integral_circle",
    config: Config = None,
    rtol: Tolerance = 1e-4,
    workers: Workers = None,
    as_json: AsJson = False,
    plugin: Plugins = None,
    no_plugins: NoPlugins = False,
) -> None:
    """Print the window factor W, the mean of J over one region over that over another.

    Example: skymodel window --halo burkert --electrons mcmillan2017_gas
    """
    with one_line_errors(), plugins(plugin, no_plugins):
        from skymodel.runs.one import quick

        settings = _settings(config, halo, electrons)
        regions = region_of(numerator, "--numerator"), region_of(denominator, "--denominator")
        with progress() as report:
            found = quick.window(settings, *regions, rtol=rtol, workers=workers, progress=_shown(report))
        _print(found, as_json)


def _shown(report: Report) -> Callable[[int, int], None]:
    """Return what takes (done, all) for a progress bar."""
    return lambda done, count: report("sight lines", done / count)


def _settings(config: str | None, halo: str | None, electrons: str | None) -> Any:
    """Return the configuration of a file or preset, with the two densities in place of its own."""
    from skymodel.runs.config.model import load_config

    given = {"dark_matter": ("--halo", halo), "electrons": ("--electrons", electrons)}
    changes = {name: _density(text, option) for name, (option, text) in given.items() if text is not None}
    return load_config(config, **changes)


def _density(text: str, option: str) -> Any:
    """Return the entry of a configuration that a text on the command line stands for."""
    from profiles import library

    spec = _yaml(text, option)
    if not isinstance(spec, str):
        return spec
    return {"preset": spec} if spec in library.preset_names() else {"type": spec}


def region_of(text: str, option: str) -> Any:
    """Return the region that the text of an option stands for."""
    from skymodel.sky.region import as_region

    try:
        return as_region(_yaml(text, option))
    except ValueError as error:
        message = str(error)
        raise ValueError(message if message.startswith(option) else f"{option}: {message}") from None


def _yaml(text: str, option: str) -> Any:
    """Return what a text means that is a name, or a mapping written as ``{key: value with unit, ...}``."""
    from skymodel.runs.config.yamlfile import parse_yaml

    return parse_yaml(text, option)


def _print(answer: Any, as_json: bool) -> None:
    import json

    from skymodel.output.numbers import with_both_errors

    if as_json:
        typer.echo(json.dumps(answer.plain()))
        return
    value = with_both_errors(answer.value, answer.error_measured, answer.error)
    say(f"{answer.what} = {value} {answer.unit}".rstrip())
