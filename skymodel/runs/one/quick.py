"""Small questions, answered without a map: a flux, one sight line, a window factor, each with its errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skymodel.emission.event.bands import Band
from skymodel.progress import Counted
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.columns import lights, means
from skymodel.runs.one.probe import require_sound
from skymodel.sightlines.means import window_factor
from skymodel.sightlines.ray.integrate import line_of_sight
from skymodel.sky.region import Region

RTOL = 1e-6


@dataclass(frozen=True)
class Answer:
    """One number, what it is, its unit, and its two errors.

    Parameters
    ----------
    what
        In words.
    value
        The number.
    error
        Bound of its numerical error.
    unit
        Of all three; "" for a pure number.
    error_measured
        Standard deviation from what was measured; 0 where nothing was.
    """

    what: str
    value: float
    error: float
    unit: str
    error_measured: float = 0.0

    def plain(self) -> dict[str, Any]:
        """Return it as a mapping of texts and numbers, for JSON."""
        return dict(vars(self))


def flux(
    config: RunConfig,
    region: Region,
    band: Band,
    *,
    rtol: float = RTOL,
    workers: int | None = None,
    progress: Counted | None = None,
) -> Answer:
    """Return the photon flux of a band from a region [cm-2 s-1].

    Parameters
    ----------
    config
        The model.
    region, band
        What is asked for.
    rtol
        Tolerance of the means of J.
    workers
        Processes or threads that integrate; by default one for each core.
    progress
        Called with (done, all) as the work goes on.

    Raises
    ------
    ValueError
        If the anchor's region is dark or a tolerance cannot be met.

    Examples
    --------
    >>> from skymodel.emission.event.bands import LINE_511
    >>> from skymodel.sky.regions import INTEGRAL_CIRCLE
    >>> config = RunConfig(dark_matter={"type": "nfw"}, electrons={"type": "hernquist_bulge"})
    >>> print(f"{flux(config, INTEGRAL_CIRCLE, LINE_511).value:.4e}")  # 0.025 times the solid angle
    8.6050e-04
    """
    model = _checked(config).model()
    shining = lights(model, [band])
    how: dict[str, Any] = {"rtol": rtol, "workers": workers, "progress": progress}
    part = means(model, shining, [region], config.anchor.region, **how).parts[region]
    scale = config.anchor.line_intensity * region.solid_angle
    found = part.shining([scale * factor for factor in shining.bands[band]])
    measured = abs(found.value) * config.anchor.relative_error
    return Answer(f"flux of {band.name} from {region.name}", found.value, found.error, "cm-2 s-1", measured)


def sight_line(config: RunConfig, lon: float, lat: float, *, rtol: float = RTOL) -> Answer:
    """Return J, the integral of the product of the densities along one sight line.

    Parameters
    ----------
    config
        The model.
    lon, lat
        Galactic direction [deg].
    rtol
        Tolerance.
    """
    model = _checked(config).model()
    found = line_of_sight(model.pair, lon, lat, rtol=rtol, **model.lines)
    what = f"J towards lon = {lon:g} deg, lat = {lat:g} deg"
    return Answer(what, float(found.value), float(found.error), found.unit.to_string("fits"))


def window(
    config: RunConfig,
    numerator: Region,
    denominator: Region,
    *,
    rtol: float = RTOL,
    workers: int | None = None,
    progress: Counted | None = None,
) -> Answer:
    """Return the mean of J over one region over that over another.

    Parameters
    ----------
    config
        The model.
    numerator, denominator
        The regions.
    rtol
        Tolerance of both means.
    workers, progress
        As for :func:`flux`.
    """
    model = _checked(config).model()
    how: dict[str, Any] = {"rtol": rtol, "workers": workers, "progress": progress}
    found = window_factor(model.pair, numerator=numerator, denominator=denominator, **how, **model.lines)
    return Answer(f"W, mean of J in {numerator.name} over that in {denominator.name}", found.value, found.error, "")


def _checked(config: RunConfig) -> RunConfig:
    for name in ("dark_matter", "electrons"):
        require_sound(name, getattr(config, name), config.observer.r_sun)
    return config
