"""The figures of a run, by file name; each is an ordinary matplotlib figure, made without pyplot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skymodel.emission.event.bands import LINE_511
from skymodel.forks import begun
from skymodel.output.figures.names import region_name
from skymodel.output.figures.sky import WINDOWS
from skymodel.output.figures.style import DPI, style
from skymodel.progress import Counted
from skymodel.sky.region import Region
from skymodel.workers import crew

if TYPE_CHECKING:
    from skymodel.runs.one.result import RunResult

FORMATS: dict[str, dict[str, None]] = {  # with what would tell when and by what they were written
    "png": {},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    "svg": {"Date": None, "Creator": None},
}


def makers(result: RunResult) -> dict[str, Callable[[], Any]]:
    """Return what makes each figure of a run, by name: ``sky``, ``centre``, ``spectrum``, ``ratio``.

    Parameters
    ----------
    result
        What :func:`skymodel.run` returned; its label stands at the foot of each.
    """
    from skymodel.output.figures.ratio import ratio_figure
    from skymodel.output.figures.sky import all_sky_figure, centre_figure, panels
    from skymodel.output.figures.spectrum import spectrum_figure

    label, parts = result.config.label, regions(result)
    shapes = panels(sky for name, sky in result.maps.items() if name != "J")

    def inner() -> Any:
        skies = {title: result.centre if sky.name == LINE_511.name else sky for title, sky in shapes.items()}
        return centre_figure(skies, label, parts)

    return {
        "sky": lambda: all_sky_figure(shapes, label, parts),
        "centre": inner,
        "spectrum": lambda: spectrum_figure(result.spectrum, label, line_in_window(result)),
        "ratio": lambda: ratio_figure(result.ratio, label),
    }


def regions(result: RunResult) -> dict[str, Region]:
    """Return the parts of the sky that are outlined, by their names: the instruments' and the run's own."""
    own = {region_name(named.name): named.region for named in result.config.parts}
    return {**WINDOWS, **own}


def line_in_window(result: RunResult) -> float:
    """Return the mean intensity of the 511 keV line in COMPTEL's window [cm-2 s-1 sr-1]."""
    return float(result.config.anchor.line_intensity * float(result.ratio["W"][0]))


@contextmanager
def drawn(result: RunResult, folder: Path, ending: str) -> Iterator[Callable[[Counted], Any]]:
    """Begin to write the figures of a run to a folder, in one of :data:`FORMATS`; yields what does what is left.

    What is given to that hears (done, all).
    """
    made = makers(result)

    def one(name: str) -> None:
        with style():
            figure = made[name]()
        save(figure, folder / f"{name}.{ending}")

    with begun(one, list(made), crew(None).count) as finish:
        yield lambda heard: finish(lambda done: heard(done, len(made)))


def save(figure: Any, path: Path) -> None:
    """Write a figure in the format of its name, one of :data:`FORMATS`: the same bytes for the same figure."""
    ending = path.suffix.removeprefix(".")
    with style():
        if ending == "png":
            path.write_bytes(figure.png(DPI))
        else:
            figure.savefig(path, dpi=DPI, metadata=FORMATS[ending])
