"""What is known of the instruments: each number with where it comes from and how far it is to be trusted.

The shipped table is ``data/instruments.yaml``; a user's own file has the same form. A resolution there is one value
(``{value: 2.5, status: ...}``), values at named energies (``{at_511: 4.1, at_1MeV: ...}``; keV unless named), or a
table over energy (``{E_MeV: [...], fwhm: [...]}``); one that is given in words only is refused with those words. An
entry's ``status`` says where it was read; an entry without one has that of its instrument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from astropy import units

from profiles.contract.spelling import options
from skymodel.datafiles import data_path, read_entries
from skymodel.sky.beams import Beam, GaussianBeam

_RESOLUTION = "angular_resolution"


@dataclass(frozen=True)
class Instrument:
    """One entry of the table.

    Parameters
    ----------
    name
        Its key.
    entries
        Everything the table says about it, as it says it.
    """

    name: str
    entries: Mapping[str, Any]

    @property
    def energy_range(self) -> tuple[float, float]:
        """Energies [MeV] it observes.

        Raises
        ------
        ValueError
            If the table gives none.
        """
        for unit, factor in (("MeV", 1.0), ("keV", 1e-3)):
            if f"energy_range_{unit}" in self.entries:
                low, high = self.entries[f"energy_range_{unit}"]
                return low * factor, high * factor
        raise ValueError(f"the table gives no energy range for {self.name!r}; it gives {', '.join(self.entries)}")

    def status_of(self, key: str) -> str:
        """Return where an entry's numbers were read: its own status, or the instrument's, or that none is given."""
        entry = self.entries[key]
        own = entry.get("status") if isinstance(entry, Mapping) else None
        return str(own or self.entries.get("status", "origin not given"))

    def resolution(self, energy: float) -> Cited:
        """Return the angular resolution, full width at half maximum [deg], at an energy [MeV].

        Raises
        ------
        ValueError
            If the table gives none, gives it in words, or not at this energy.

        Examples
        --------
        >>> load_instruments()["spi"].resolution(0.511).value
        2.5
        """
        found = [(key, entry) for key, entry in self.entries.items() if key.startswith(_RESOLUTION)]
        if not found:
            raise ValueError(f"the table gives no {_RESOLUTION} for {self.name!r}; it gives {', '.join(self.entries)}")
        words = []
        for key, entry in found:
            cited = _at(entry, energy)
            if cited is not None:
                return Cited(cited, f"{self.name}.{key}", self.status_of(key))
            words.append(_in_words(key, entry))
        raise ValueError(f"{self.name!r} has no number at {energy:g} MeV ({'; '.join(words)}); give a width in degrees")

    def beam(self, energy: float) -> GaussianBeam:
        """Return a Gaussian beam of that resolution."""
        return GaussianBeam(self.resolution(energy).value)


@dataclass(frozen=True)
class Cited:
    """A number and its origin.

    Parameters
    ----------
    value
        The number.
    source
        Instrument and key.
    status
        What the table says about where it was read; "memory, unverified" is a default to edit, not a truth.
    """

    value: float
    source: str
    status: str


def load_instruments(path: str | Path | None = None) -> dict[str, Instrument]:
    """Return the instruments of a table by name; of the shipped one by default.

    Raises
    ------
    ValueError
        If the file holds no mapping of mappings.
    """
    source = data_path("instruments.yaml") if path is None else Path(path)
    table = read_entries(source)
    if not isinstance(table, dict) or not all(isinstance(entries, dict) for entries in table.values()):
        raise ValueError(
            f"'{source}' is no table of instruments; allowed: name: {{entry: ...}}, as in instruments.yaml"
        )
    return {name: Instrument(name, entries) for name, entries in table.items()}


@dataclass(frozen=True)
class CitedBeam(GaussianBeam):
    """A Gaussian beam as a text gave it: a width, or an instrument at an energy.

    Parameters
    ----------
    text
        What was written.
    origin
        Where the width comes from.
    """

    text: str = field(default="", compare=False)
    origin: str = field(default="as given", compare=False)


def read_beam(value: Any) -> Beam:
    """Return a beam from a width with its unit, or from ``instrument@energy`` (MeV unless the unit is named).

    Parameters
    ----------
    value
        "3 deg", "180 arcmin", "spi@0.511", "spi@511 keV", an angular Quantity, or a beam itself.

    Raises
    ------
    ValueError
        If it is none of these, or the table has no such number.

    Examples
    --------
    >>> read_beam("180 arcmin").width, read_beam("spi@511 keV").width
    (3.0, 2.5)
    """
    if isinstance(value, Beam):
        return value
    if isinstance(value, str) and "@" in value:
        name, _, energy = value.partition("@")
        cited = _instrument(name.strip()).resolution(_energy(energy))
        return CitedBeam(cited.value, text=value, origin=f"{cited.source}: {cited.status}")
    try:
        width = units.Quantity(value)
        return CitedBeam(float(width.to_value("deg")), text=f"{width}")
    except (TypeError, ValueError) as error:
        raise ValueError(f"beam {value!r}; write a width as in '3 deg', or instrument@MeV as in spi@0.511") from error


def write_beam(beam: Beam) -> str:
    """Return the text that :func:`read_beam` reads as the same beam."""
    if isinstance(beam, GaussianBeam):
        return getattr(beam, "text", "") or f"{beam.fwhm!r} deg"
    raise ValueError(f"{type(beam).__name__} cannot be written in a configuration; give the width of a Gaussian")


def _instrument(name: str) -> Instrument:
    known = load_instruments()
    if name not in known:
        raise ValueError(f"no instrument {name!r}{options(name, known)}")
    return known[name]


def _energy(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return float(units.Quantity(text).to_value("MeV"))
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is no photon energy; write spi@0.511 (MeV) or spi@511 keV") from None


def _in_words(key: str, entry: Any) -> str:
    said = entry.get("statements") if isinstance(entry, Mapping) else None
    return f"{key}: {', '.join(said) if said else entry}"


def _at(entry: Any, energy: float) -> float | None:
    """Return the width that an entry of the table gives at an energy [MeV]."""
    if not isinstance(entry, Mapping):
        return None
    if "value" in entry and "E_MeV" not in entry:
        return float(entry["value"])
    if "fwhm" in entry:  # other tables do not say which width they hold
        return _interpolated(np.array(entry["E_MeV"]), np.array(entry["fwhm"]), energy)
    named = {_named_energy(key): width for key, width in entry.items() if key.startswith("at_")}
    return next((float(width) for at, width in named.items() if abs(at - energy) <= 0.01 * at), None)


def _named_energy(key: str) -> float:
    """Return the energy [MeV] in a key such as at_511 (keV) or at_1MeV."""
    text = key.removeprefix("at_")
    return float(text.removesuffix("MeV")) if text.endswith("MeV") else float(text) / 1e3


def _interpolated(energies: Any, widths: Any, energy: float) -> float | None:
    if not energies[0] <= energy <= energies[-1]:
        return None
    return float(np.interp(np.log(energy), np.log(energies), widths))
