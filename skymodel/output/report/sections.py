"""The sections that pages share: the sky to hover over, the fits, the files beside the page, how to cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from skymodel.output.report.page import Column, Rows, Section
from skymodel.output.report.skyview import sky_chart
from skymodel.output.report.text import fit_rows
from skymodel.sky.region import Region
from skymodel.sky.skymap import SkyMap

_BIBTEX = """@article{LawsonZhitnitsky2008,
  author  = {Lawson, Kyle and Zhitnitsky, Ariel R.},
  title   = {Diffuse cosmic gamma-rays at 1--20 MeV: a trace of the dark matter?},
  journal = {Journal of Cosmology and Astroparticle Physics},
  year    = {2008},
  eprint  = {0704.3064},
  archivePrefix = {arXiv}
}"""


def sky_section(
    title: str,
    maps: Mapping[str, SkyMap],
    titles: Mapping[str, str],
    regions: Mapping[str, Region],
    *,
    measured: Mapping[str, float],
    alt: str,
    caption: str = "",
) -> Section:
    """Return the section of a page's maps; arguments as of :func:`~skymodel.output.report.skyview.sky_chart`."""
    made = sky_chart(maps, titles, regions, measured)
    how = "Mollweide projection, longitude growing to the left. Hover, or type a direction, to read the map's value in "
    how += "that pixel with its errors; drag and use the wheel to look closer."
    note = made.note.capitalize() + "." if made.note else ""
    words = " ".join(filter(None, (how, caption, note)))
    return Section("sky", title, "Sky", chart=made.chart, ready=made.ready, sky=titles, alt=alt, caption=words)


def fits_section(table: Any, notes: Sequence[str] = (), **parts: Any) -> Section:
    """Return the section of a table of chi, with notes below what is always said; `parts` are more of the section's."""
    words = (
        "χ, the share of direct annihilations, as COMPTEL's three points ask for it: for each spectrum, way of "
        "counting photons, background and window factor W. χ² has as many degrees of freedom as dof says; norm is that "
        "of a background that is free. The points' errors are mostly systematic: as far as they are "
        "shared (fit.correlation), χ² and p say too much."
    )
    rows = fit_rows(table)
    folded = f"All {len(table)} fits as a table"
    return Section(
        "fits",
        "Fits of COMPTEL's points",
        "Fits",
        (words, *notes),
        table=rows,
        filter="background",
        copy=True,
        folded=folded,
        **parts,
    )


def ending(files: Mapping[str, str]) -> Iterator[Section]:
    """Yield what every page ends with: the files beside it, if there are any, with their digests, and how to cite."""
    if files:
        rows = Rows((Column("file"), Column("SHA-256")), tuple(files.items()))
        yield Section("files", "Files", "Files", text=("What stands beside this page, with its digest.",), table=rows)
    cited = (
        f"The skymodel developers, skymodel {version('skymodel')}: sky maps and line-of-sight forward modelling of "
        "products of densities. The model: Lawson & Zhitnitsky 2007, arXiv:0704.3064. The densities and data carry "
        "their own references: skymodel profiles NAME, and the headers of the tables."
    )
    yield Section("cite", "How to cite", "Cite", text=(cited,), code=_BIBTEX, summary="BibTeX")
