"""The page of a run: the verdict first, then the sky, profiles, spectrum, ratio, claims, tables, settings, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from skymodel.output.figures.names import map_name
from skymodel.output.figures.run import regions
from skymodel.output.report import run_charts, text
from skymodel.output.report.page import Page, Section, render
from skymodel.output.report.sections import ending, fits_section, sky_section
from skymodel.runs.one.judgement import OWN

if TYPE_CHECKING:
    from skymodel.runs.one.result import RunResult


def report(result: RunResult, files: Mapping[str, str], settings: str) -> str:
    """Return the page of a run.

    Parameters
    ----------
    result
        What :func:`skymodel.run` returned.
    files
        SHA-256 digests by name of the other files of the folder.
    settings
        The resolved configuration as text.
    """
    config = result.config
    pair = f"{text.densities(config.dark_matter)} times {text.densities(config.electrons)}"
    page = Page(
        kind="skymodel run",
        title=config.label or pair,
        subtitle=pair if config.label else "",
        verdict=text.verdict(result),
        sections=tuple(_sections(result, files, settings)),
    )
    return render(page)


def _sections(result: RunResult, files: Mapping[str, str], settings: str) -> Iterator[Section]:
    yield _sky(result)
    yield Section(
        "centre",
        "The inner Galaxy",
        "Centre",
        chart=run_charts.centre(result),
        alt="Image of the 511 keV line within 40 degrees of longitude and 15 of latitude of the Galactic centre.",
        caption="Painted from the densities, not from the map: each point is a line of sight of its own.",
    )
    yield Section(
        "profiles",
        "Profiles in longitude and latitude",
        "Profiles",
        chart=run_charts.profiles(result),
        alt="Curves of the 511 keV line along the plane and along the meridian of the centre.",
        caption="Lines of sight along b = 0 and along l = 0, both against the angle from the Galactic centre.",
    )
    yield Section(
        "spectrum",
        "Spectrum in COMPTEL's window",
        "Spectrum",
        chart=run_charts.spectrum(result),
        alt="Predicted spectrum from 0.3 to 40 MeV over COMPTEL's three points and a published background.",
        caption="Boxes: COMPTEL with its systematic errors (Strong et al. 1999). Dotted: interstellar emission "
        "(GALPROP of Ackermann et al. 2012, tables of Tsuji et al. 2023), whose bands are fitted apart and do not "
        "quite join at 1 and 10 MeV. A click on a legend entry hides its curve.",
    )
    yield _ratio(result)
    yield Section(
        "concentration",
        "How concentrated the light is",
        "Concentration",
        chart=run_charts.concentration(result),
        alt="Share of the sky's light within an angle of the Galactic centre.",
        caption="From the map. The dotted curve is one Gaussian of 8° full width at half maximum, to which the paper's "
        "statement of 80 % within 6° applies.",
    )
    yield Section(
        "claims",
        "The paper's statements, one by one",
        "Claims",
        text=(result.claims.summary + ".",),
        table=text.claim_rows(result.claims.table),
        filter="verdict",
        copy=True,
    )
    yield from _fits(result)
    yield Section("fluxes", "Fluxes", "Fluxes", table=text.flux_rows(result.fluxes), copy=True)
    if len(result.ratios):
        yield Section("ratios", "Ratios of bands", "Ratios", table=text.any_rows(result.ratios), copy=True)
    if result.correlations is not None:
        rows = text.any_rows(result.correlations)
        yield Section("correlations", "How alike the bands are", "Correlations", table=rows, copy=True)
    yield Section("settings", "Settings of this run", "Settings", code=settings, summary="The resolved configuration")
    yield from ending(files)


def _ratio(result: RunResult) -> Section:
    """Return the section of the window factors; where no published pair was judged there is no chart of them."""
    charted: dict[str, Any] = {}
    if any(str(name) != OWN for name in result.ratio["dark_matter"]):
        charted = {
            "chart": run_charts.ratio(result),
            "alt": "Window factor W of pairs of published halos and electron distributions; 1 would be the paper's "
            "claim.",
            "caption": "Window factor W: mean of J in COMPTEL's window over that in the INTEGRAL circle. The line at 1 "
            "is what the paper assumes, the full line is this run. Filled marks: interstellar electrons; open ones: "
            "visible matter as printed. Numerical errors are smaller than the marks.",
            "folded": "All pairs as a table",
        }
    title = "The ratio over published densities" if charted else "The ratio of this run"
    return Section("ratio", title, "Ratio", table=text.ratio_rows(result.ratio), copy=True, **charted)


def _fits(result: RunResult) -> Iterator[Section]:
    """Yield the fits of COMPTEL's points, and what of a run's tables else judges the model against data."""
    if result.fits is not None:
        yield fits_section(result.fits)
    if result.nugget_bands is not None:
        rows = text.any_rows(result.nugget_bands)
        yield Section("bands", "All bands of one nugget", "Bands", table=rows, copy=True)


def _sky(result: RunResult) -> Section:
    maps = dict(result.maps)
    return sky_section(
        "The sky",
        maps,
        {name: map_name(name) for name in maps},
        regions(result),
        measured=run_charts.measured(result, maps),
        alt="All-sky map in Galactic coordinates, brightest at the Galactic centre, with the instruments' windows.",
    )
