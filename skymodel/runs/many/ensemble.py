"""An ensemble of galaxies: priors on a model in, a row of numbers for each draw out, batch by batch.

Each draw is a complete model; its region means are integrated straight from the densities, so a draw costs
milliseconds and no map. Draw i depends on the configuration and i alone: batches can be computed in any order, on any
machine, and give the same bits. A draw that fails is a row with its reason.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, PrivateAttr, model_validator

from profiles.contract.arrays import Floats, Rows
from profiles.shelf.trust import Trust, current, trusting, under
from skymodel.bounded import Bounded
from skymodel.comparison.comptel.fit import fit_comptel
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.config.files import folder_of, read_raw, with_preset
from skymodel.runs.config.model import RunConfig
from skymodel.runs.many import designs, priors
from skymodel.runs.many.maps import Layout, Maps, empty_maps, layout_of, require_layout
from skymodel.runs.many.trials import alone, middle, trials
from skymodel.sightlines.means import region_mean, window_factor
from skymodel.sky.regions import ALL_SKY, COMPTEL_WINDOW, INTEGRAL_CIRCLE, Region

_MODEL = "model"
_NUMBERS = ("mean_circle", "mean_window", "W")
_OF_THE_SKY = ("mean_sky", "share_circle", "share_window")


def _dump(found: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [
        {
            name: _plain(getattr(prior, name))
            for name in type(prior).model_fields
            if getattr(prior, name) not in (None, {})
        }
        for prior in found
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "unit"):
        return float(value.value) if not str(value.unit) else f"{float(value.value)!r} {value.unit.to_string('fits')}"
    return value


class EnsembleConfig(BaseModel):
    """A model, the priors on its parameters, and how they are sampled.

    Parameters
    ----------
    model
        A preset's name, a YAML file, or the mapping itself: what a run takes.
    priors
        See :mod:`skymodel.runs.many.priors`.
    sampling, seed
        See :mod:`skymodel.runs.many.designs`.
    draws
        Number of draws in all.
    rtol
        Relative tolerance of the region means.
    shares
        Whether to integrate the whole sky too, for the share of all flux inside each region.
    backgrounds
        Backgrounds above which the model's emission is fitted to COMPTEL's points, as its ``fit`` says: a name for one
        as published, a list of names for free norms.
    maps
        Whether to make each draw's map too, at the resolution and tolerance of the model's ``map``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    model: Annotated[
        Any, BeforeValidator(lambda given: with_preset(given) if isinstance(given, dict) else read_raw(given))
    ]
    priors: Annotated[tuple[Any, ...], BeforeValidator(priors.read_priors), PlainSerializer(_dump)]
    sampling: designs.Sampling = "sobol"
    seed: Annotated[int, Field(ge=0)] = 1
    draws: Annotated[int, Field(ge=1)] = 1024
    rtol: Annotated[float, Field(ge=1e-10, lt=1)] = 1e-4
    shares: bool = False
    backgrounds: tuple[str | tuple[str, ...], ...] = ("none",)
    maps: bool = False
    _trust: Trust = PrivateAttr(default_factory=current)  # draws are built later and elsewhere

    @model_validator(mode="after")
    def _can_be_drawn(self) -> EnsembleConfig:
        for wanted in self.backgrounds:
            fit_comptel(NuggetEmission(), wanted)
        if self.sampling == "saltelli":
            designs.saltelli_rows(self.draws, self.dimensions)
        self._try_the_ends()
        return self

    @property
    def dimensions(self) -> int:
        """Dimensions of the unit cube that is sampled."""
        return priors.dimensions(self.priors)

    @property
    def background_labels(self) -> tuple[str, ...]:
        """What the columns of chi are called after, one for each background: ``Ackermann``, ``free_Ackermann``."""
        return tuple(each if isinstance(each, str) else "_".join(["free", *each]) for each in self.backgrounds)

    def _try_the_ends(self) -> None:
        """Build the model at the ends of each prior, so that a scale that could cross zero is refused at once."""
        for what, point in trials(self.priors):
            try:
                drawn = self.built(priors.draw(self.priors, self.model, point).model)
                if self.maps:
                    require_layout(self.layout, drawn)
            except ValueError as error:
                blamed, message = self._to_blame(what, point, str(error)), str(error)
                said = message.startswith(f"{what.partition(' at ')[0]}: ")  # by the prior itself
                raise ValueError(message if said else f"{blamed}: {message}") from None

    def _to_blame(self, what: str, point: Floats, message: str) -> str:
        """Return what makes the same mistake: the model alone, a prior and the choices, or else all that was tried."""
        for name, some, part in [(_MODEL, (), np.empty(0)), *alone(self.priors, point)]:
            try:
                self.built(priors.draw(some, self.model, part).model)
            except ValueError as error:
                if str(error) == message and not what.startswith(f"{name} at "):
                    return name
        return what

    @functools.cached_property
    def layout(self) -> Layout:
        """Resolution and bands of the maps."""
        return layout_of(self.built(priors.draw(self.priors, self.model, middle(self.priors)).model))

    def built(self, model: Mapping[str, Any]) -> RunConfig:
        """Return the model of a draw; it may import what the ensemble's own file may, in whichever process."""
        with under(self._trust):
            return RunConfig(**model)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of everything but the number of draws, which may grow."""
        content = {k: v for k, v in self.resolved().items() if k != "draws" or self.sampling == "saltelli"}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def resolved(self) -> dict[str, Any]:
        """Return the complete configuration as plain numbers and text; ``EnsembleConfig(**it)`` repeats it."""
        return self.model_dump(mode="json")


def load_ensemble(source: str | Path, **changes: Any) -> EnsembleConfig:
    """Return the ensemble of a YAML file, with some entries changed; what is wrong is said in one line."""
    from pydantic import ValidationError

    from skymodel.runs.config.messages import one_line

    raw, section = _entries(read_raw(source))
    if isinstance(raw.get("model"), str) and (Path(source).parent / raw["model"]).is_file():
        raw["model"] = str(Path(source).parent / raw["model"])
    home = folder_of(raw["model"] if isinstance(raw.get("model"), str) else source)
    try:
        with trusting(beside=home):
            return EnsembleConfig(**{**raw, **{name: value for name, value in changes.items() if value is not None}})
    except ValidationError as error:
        found = error.errors(include_url=False)
        if all(entry["type"] == "missing" for entry in found):
            name = ".".join(filter(None, [section, str(found[0]["loc"][0])]))
            raise ValueError(f"{name} is missing; an ensemble needs model and priors") from None
        raise ValueError(one_line(error, EnsembleConfig, section).removeprefix(f"{section}: {_MODEL}: ")) from None


def _entries(raw: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the entries of an ensemble, and the section of a run's file they stand in; all else is the model."""
    if "ensemble" not in raw and not {"dark_matter", "electrons"} & raw.keys():
        return raw, ""
    own = raw.pop("ensemble", None)
    if not isinstance(own, dict):
        what = "ensemble is missing" if own is None else f"ensemble: {own!r} is no mapping"
        raise ValueError(f"{what}; a run's file needs a section 'ensemble:' with priors, see docs/ensembles.md")
    return {"model": raw, **own}, "ensemble"


@dataclass(frozen=True)
class Batch:
    """The draws `first` <= i < `last`: rows, the seconds they took to compute, and maps where they are asked for."""

    first: int
    last: int
    rows: Rows
    seconds: float
    maps: Maps | None = None


def row_type(config: EnsembleConfig) -> np.dtype[np.void]:
    """Return the columns of an ensemble's table: draw, parameters, means, ratios, chi, failure."""
    fields: list[tuple[str, Any]] = [("draw", np.int64)]
    fields += [(name, "U48" if unit is None else float) for name, unit in priors.columns(config.priors).items()]
    numbers = (*_NUMBERS, *_OF_THE_SKY) if config.shares else _NUMBERS
    fields += [(name + end, float) for name in numbers for end in ("", "_error")]
    for name in config.background_labels:
        fields += [(f"{column}_{name}", float) for column in ("chi", "chi_with_window", "chi_square")]
    return np.dtype([*fields, ("evaluations", np.int64), ("failure", "U200")])


def column_units(config: EnsembleConfig) -> dict[str, Any]:
    """Return the units of the columns that have one."""
    names = [name for name in row_type(config).names or () if name.startswith("mean_")]
    means = dict.fromkeys(names, "GeV cm-6 kpc")
    return {name: unit for name, unit in priors.columns(config.priors).items() if unit is not None} | means


def compute(config: EnsembleConfig, first: int, last: int) -> Batch:
    """Return the draws `first` <= i < `last`."""
    start = time.perf_counter()
    cube = designs.points(config.sampling, config.dimensions, config.seed, first, last, draws=config.draws)
    rows = np.zeros(last - first, dtype=row_type(config))
    maps = empty_maps(config.layout, first, last) if config.maps else None
    for place, point in enumerate(cube):
        _fill(rows[place], config, first + place, point, maps)
    return Batch(first, last, rows, time.perf_counter() - start, maps)


def _fill(row: np.void, config: EnsembleConfig, number: int, point: Floats, maps: Maps | None) -> None:
    for name, (kind, *_) in (row.dtype.fields or {}).items():
        if kind.kind == "f":
            row[name] = np.nan
    row["draw"] = number
    try:
        drawn = priors.draw(config.priors, config.model, point)
        for name, value in drawn.values.items():
            row[name] = value
        settings = config.built(drawn.model)
        for name, value in _predict(config, settings).items():
            row[name] = value
        if maps is not None:
            maps.put(number, settings)
    except (ValueError, ArithmeticError) as error:
        row["failure"] = f"{type(error).__name__}: {error}"


def _predict(config: EnsembleConfig, settings: RunConfig) -> dict[str, float]:
    pair = settings.dark_matter * settings.electrons
    path: dict[str, Any] = {
        "observer": settings.observer.build(),
        "r_max": settings.path.r_max,
        "s_max": settings.path.s_max,
    }
    factor = window_factor(pair, rtol=config.rtol, **path)
    circle, window = factor.denominator, factor.numerator
    found = {"mean_circle": circle, "mean_window": window, "W": factor}
    cost = factor.evaluations
    if config.shares:
        sky = region_mean(pair, ALL_SKY, rtol=config.rtol, **path)
        found |= {"mean_sky": sky, "share_circle": _share(circle, INTEGRAL_CIRCLE, sky)}
        found |= {"share_window": _share(window, COMPTEL_WINDOW, sky)}
        cost += sky.evaluations
    row = {
        name + end: number for name, pair_ in found.items() for end, number in zip(("", "_error"), pair_, strict=True)
    }
    return row | {"evaluations": cost} | _chi(config, settings, factor.value)


def _share(part: Bounded, region: Region, sky: Bounded) -> Bounded:
    return part / sky * (region.solid_angle / (4 * math.pi))


def _chi(config: EnsembleConfig, settings: RunConfig, factor: float) -> dict[str, float]:
    row: dict[str, float] = {}
    emission = settings.emission.build()
    for name, below in zip(config.background_labels, config.backgrounds, strict=True):
        fit = fit_comptel(
            emission,
            below,
            correlation=settings.fit.correlation,
            weighting=settings.fit.weighting,
            line_intensity=settings.anchor.line_intensity,
        )
        row |= {
            f"chi_{name}": fit.chi,
            f"chi_with_window_{name}": fit.chi / factor,
            f"chi_square_{name}": fit.chi_square,
        }
    return row
