"""What functions of maps need to know of a map, so that the map may call them: a contract, fulfilled by ``SkyMap``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, TypeVar

from profiles.contract.arrays import Bools, Floats


class PixelMap(Protocol):
    """A HEALPix map with errors; a frozen dataclass of which :func:`dataclasses.replace` makes others."""

    @property
    def values(self) -> Floats:
        """Pixel means ``(npix,)``."""
        ...

    @property
    def error(self) -> Floats:
        """Numerical error of each."""
        ...

    @property
    def measured(self) -> Floats:
        """Measured error of each."""
        ...

    @property
    def unit(self) -> Any:
        """Unit of all three."""
        ...

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def meta(self) -> Any:
        """Whatever travels with it."""
        ...

    @property
    def nside(self) -> int:
        """Resolution."""
        ...

    @property
    def pixel_area(self) -> float:
        """Solid angle of a pixel [sr]."""
        ...

    @property
    def masked(self) -> Bools:
        """Which pixels hold no value."""
        ...

    def mean(self, region: Any) -> Any:
        """Return the mean over a region."""
        ...

    def to(self, unit: Any) -> Any:
        """Return it in another unit."""
        ...


Map = TypeVar("Map", bound=PixelMap)


def changed(sky: Map, **fields: Any) -> Map:
    """Return a map with some fields changed."""
    made: Map = replace(sky, **fields)  # type: ignore[type-var]  # a contract cannot say that it is a dataclass
    return made
