"""A page: sections of text, charts, pictures and tables in one file that asks the network for nothing.

The same content gives the same bytes: Bokeh's identifiers, which are drawn at random or counted, are renamed in the
order in which they appear, and what is drawn has nine digits, beyond which no reader sees and arithmetic may differ.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from profiles.contract.arrays import Floats

NAME = "report.html"
_HOME = "skymodel.output.report"
_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DIGITS, _NOTHING = 9, 1e-12  # of what is drawn: how many, and the share of a column's largest value that is zero
_COUNTED = re.compile(r"(?<![0-9A-Za-z_])p[0-9]{4,}(?![0-9A-Za-z_])")


@dataclass(frozen=True)
class Column:
    """The head of a column: its name, its unit, and whether it holds numbers."""

    name: str
    unit: str = ""
    number: bool = False


@dataclass(frozen=True)
class Rows:
    """A table as text: columns, and rows of one text for each."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]

    def cells(self, row: Sequence[str]) -> Iterator[tuple[Column, str]]:
        """Yield each cell of a row with its column."""
        return zip(self.columns, row, strict=True)

    def cell(self, row: Sequence[str], name: str) -> str:
        """Return the cell of a row in the column of that name."""
        return row[[column.name for column in self.columns].index(name)]

    def counted(self, name: str) -> list[tuple[str, int]]:
        """Return the values of a column and how often each occurs, in the order of their first appearance."""
        return list(Counter(self.cell(row, name) for row in self.rows).items())


@dataclass(frozen=True)
class Section:
    """A part of a page; what is left empty is left out.

    Parameters
    ----------
    anchor, title, short
        Name in links, heading, and heading in the list of sections.
    text
        Paragraphs.
    chart, ready
        A Bokeh model, and what is to be called once the page's charts stand.
    sky
        What the form above a sky offers: names of its bands by key.
    picture
        A PNG image, base64.
    alt, caption
        What chart or picture shows, for those who do not see it and for all.
    table, filter, copy, folded
        A table, the column by whose values its rows can be chosen, whether it can be copied as CSV, and the summary
        under which it is folded away, if it is long.
    code, summary, is_open
        Text to be folded away under a summary.
    """

    anchor: str
    title: str
    short: str
    text: Sequence[str] = ()
    chart: Any = None
    ready: Any = None
    sky: Mapping[str, str] = field(default_factory=dict)
    picture: str = ""
    alt: str = ""
    caption: str = ""
    table: Rows | None = None
    filter: str = ""
    copy: bool = False
    folded: str = ""
    code: str = ""
    summary: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Page:
    """A page: what kind of result, its name, the verdict in sentences, sections."""

    kind: str
    title: str
    subtitle: str
    verdict: Sequence[str]
    sections: Sequence[Section]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 digest of every file but a page in a folder, by name."""
    files = (path for path in sorted(folder.iterdir()) if path.is_file() and path.name != NAME)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def render(page: Page) -> str:
    """Return the page as HTML, one file without any other."""
    frame = {"page": page, "version": version("skymodel"), **static()}
    if all(section.chart is None for section in page.sections):
        return str(_template().render(**frame, bokeh_css="", bokeh_js="", plot_script=""))
    return _settled(_with_charts(page, frame))


def static() -> dict[str, str]:
    """Return the look and the scripts that all pages share, ``css`` and ``script``."""
    return {"css": _read("page.css"), "script": _read("sky.js") + _read("page.js")}


def _with_charts(page: Page, frame: dict[str, Any]) -> str:
    from bokeh.document import Document
    from bokeh.embed import file_html
    from bokeh.models import ColumnDataSource
    from bokeh.resources import INLINE

    document = Document(title=page.title)
    for section in page.sections:
        if section.chart is not None:
            section.chart.name = section.anchor
            document.add_root(section.chart)
        if section.ready is not None:
            document.js_on_event("document_ready", section.ready)
    for source in document.select({"type": ColumnDataSource}):
        source.data = {name: _rounded(column) for name, column in source.data.items()}
    return str(file_html(document, INLINE, template=_template(), template_variables=frame))


def _rounded(column: Any) -> Any:
    """Return a column of numbers, or of arrays of them, to as many digits as are drawn; any other as it is."""
    if isinstance(column, list) and any(isinstance(each, np.ndarray) for each in column):
        return [_rounded(each) for each in column]
    if not isinstance(column, np.ndarray) or column.dtype != np.float64:
        return column
    size: Floats = np.abs(column)
    least = _NOTHING * np.max(size, initial=0.0, where=np.isfinite(size))
    seen = np.isfinite(size) & (size > least)
    step = 10.0 ** (np.floor(np.log10(np.where(seen, size, 1.0))) + 1 - _DIGITS)
    return np.where(seen, np.round(column / step) * step, np.where(np.isfinite(size), 0.0, column))


def _settled(html: str) -> str:
    """Return a page with its identifiers renamed in the order of their appearance, outside Bokeh's own code."""
    head, mark, body = html.rpartition("</head>")
    names: dict[str, str] = {}
    numbers = itertools.count(1)

    def renamed(match: re.Match[str]) -> str:
        found = match.group(0)
        if found not in names:
            names[found] = f"id{next(numbers):05d}"
        return names[found]

    return head + mark + _COUNTED.sub(renamed, _RANDOM.sub(renamed, body))


def _template() -> Any:
    import jinja2

    frames = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return frames.from_string(_read("page.html.j2"))


def _read(name: str) -> str:
    from importlib.resources import files

    return files(_HOME).joinpath("templates", name).read_text(encoding="utf-8")
