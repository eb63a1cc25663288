"""Where the sky is seen from and where its sight lines end, as a configuration says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from skymodel.runs.config.quantities import WithUnit
from skymodel.runs.config.section import Section
from skymodel.sightlines.ray.geometry import Observer, as_observer

Length = Annotated[float, WithUnit("kpc", above=0.0)]
_FORMS = "'{0} kpc', {{r_sun: {0} kpc, z_sun: 20.8 pc}}, or in Python Observer(r_sun={0}, z_sun=0.0208)"


class ObserverConfig(Section):
    """Where the sky is seen from."""

    r_sun: Length = 8.2
    z_sun: Annotated[float, WithUnit("kpc")] = 0.0

    def build(self) -> Observer:
        """Return the observer."""
        return Observer(r_sun=self.r_sun, z_sun=self.z_sun)

    @model_validator(mode="after")
    def _stands_somewhere(self) -> ObserverConfig:
        self.build()
        return self


def read_observer(value: Any) -> Any:
    """Return the entry that stands for an observer: a mapping, a distance with its unit, or an observer of Python.

    A tuple is Python's, in kpc; a list is a file's, which has no form of its own.

    Raises
    ------
    ValueError
        If it is none of these, or a number without a unit.

    Examples
    --------
    >>> read_observer("8178 pc"), read_observer((8.178, 0.0208))
    ({'r_sun': '8178 pc'}, {'r_sun': '8.178 kpc', 'z_sun': '0.0208 kpc'})
    """
    if isinstance(value, Observer | tuple) or hasattr(value, "unit"):
        return {name: f"{getattr(as_observer(value), name)!r} kpc" for name in ("r_sun", "z_sun")}
    if isinstance(value, Mapping | ObserverConfig):
        return value
    if isinstance(value, str) and any(character.isdigit() for character in value):
        return {"r_sun": value}
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; write {_FORMS.format(value)}")
    raise ValueError(f"{value!r} is no observer; allowed: {_FORMS.format(8.178)}")


AnyObserver = Annotated[ObserverConfig, BeforeValidator(read_observer)]


class PathConfig(Section):
    """Where sight lines end: a Galactocentric sphere or a distance from the observer, exactly one."""

    r_max: Length | None = None
    s_max: Length | None = None

    @model_validator(mode="after")
    def _ends_once(self) -> PathConfig:
        if (self.r_max is None) == (self.s_max is None):
            raise ValueError("needs exactly one of r_max and s_max, for example {r_max: 60 kpc}")
        return self
