"""The figures of a run, by file name; each is an ordinary matplotlib figure, made without pyplot."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from skymodel.output.figures.style import DPI, style

if TYPE_CHECKING:
    from skymodel.runs.one.run import RunResult


def figures(result: RunResult) -> dict[str, Any]:
    """Return the figures of a run by name: ``sky``, ``centre``, ``spectrum``, ``ratio``.

    Parameters
    ----------
    result
        What :func:`skymodel.run` returned; its label stands at the foot of each.
    """
    from skymodel.output.figures.ratio import ratio_figure
    from skymodel.output.figures.sky import all_sky_figure, centre_figure
    from skymodel.output.figures.spectrum import spectrum_figure

    bands = [sky for name, sky in result.maps.items() if name != "J"]
    label = result.config.label
    with style():
        return {
            "sky": all_sky_figure(bands, label),
            "centre": centre_figure(bands, label),
            "spectrum": spectrum_figure(result.spectrum, label),
            "ratio": ratio_figure(result.ratio, label),
        }


def save(figure: Any, path: Path) -> None:
    """Write a figure as PNG, the same bytes for the same figure."""
    with style():
        figure.savefig(path, dpi=DPI, metadata={"Software": None})
