"""The notebook's door: a run from whatever stands for a configuration, and a progress bar for any long call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skymodel.progress import Progress
from skymodel.runs.config.model import as_config
from skymodel.runs.one.result import RunResult
from skymodel.runs.one.run import run as compute


def run(config: Any = None, *, progress: Progress | None = None, cache: bool = False) -> RunResult:
    """Return what a model predicts, and the verdict on the ratio claim; no file is written.

    Parameters
    ----------
    config
        A :class:`~skymodel.runs.config.model.RunConfig`, a mapping, a YAML file, or a preset's name; ``paper`` by
        default.
    progress
        Called with the name of a stage and the share of the whole that is done; see :func:`notebook_progress`.
    cache
        Whether maps of J are kept in, and read from, the user's cache folder.

    Raises
    ------
    ValueError
        If the configuration is refused, a density misbehaves, a sight line diverges, a tolerance cannot be met or the
        anchor's region is dark.

    Examples
    --------
    >>> result = run(
    ...     {
    ...         "dark_matter": {"type": "nfw"},
    ...         "electrons": {"type": "hernquist_bulge"},
    ...         "map": {"nside": 1},
    ...         "verdict": "none",
    ...     }
    ... )
    >>> list(result.maps), round(float(result.fluxes["mean"][0].value), 9)
    (['LINE_511', 'CONTINUUM_1_20', 'J'], 0.025)
    """
    return compute(as_config(config), progress=progress, cache=_cache(cache))


def _cache(wanted: bool) -> Any:
    from skymodel.output.files.cache import MapCache
    from skymodel.runs.one.cache import NothingKept

    return MapCache() if wanted else NothingKept()


def notebook_progress(width: int = 40) -> Callable[..., None]:
    """Return a callback that draws a bar on one line, in a notebook or on a terminal, for any ``progress=``.

    Parameters
    ----------
    width
        Of the bar, in characters.

    Examples
    --------
    >>> bar = notebook_progress(width=10)
    >>> bar("map", 0.5)  # a run reports what it does; a projection reports (done, all): bar(1, 2)
    """
    import sys
    import time

    from skymodel.progress import Estimate

    estimate = Estimate(time.monotonic)

    def show(what: str | int, share: float) -> None:
        name, done = (what, share) if isinstance(what, str) else ("working", what / share if share else 0.0)
        full = int(width * done)
        left = estimate(done)
        text = f"{'#' * full}{'.' * (width - full)} {done:4.0%} {name}{f', {left}' if left else ''}"
        end = "\n" if done >= 1 else ""
        sys.stderr.write(f"\r{text:<{width + 40}}{end}")
        sys.stderr.flush()

    return show
