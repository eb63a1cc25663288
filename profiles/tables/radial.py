"""A density given by a radial table: a cubic spline in log density over log radius, its ends declared."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats, array_namespace
from profiles.contract.density import Array, Density, Hints, Spherical
from profiles.contract.fields import MASS_DENSITY, NUMBER_DENSITY
from profiles.contract.shown import short
from profiles.contract.spelling import options
from profiles.contract.unknown import Unknown
from profiles.tables.arrayfiles import described, read_arrays
from profiles.tables.unitwords import plain, read_unit

Inside = Literal["power law", "constant", "refuse"]
Beyond = Literal["power law", "zero", "refuse"]


@dataclass(frozen=True)
class RadialTable(Spherical):
    """A spherical density through given points, cubic in log(density) over log(radius).

    Build it with :meth:`from_arrays` or :meth:`from_file`. Its third derivative jumps at the radii, which is not
    announced: line integrals may err by some 1e-9 of their value even where they state less.

    Parameters
    ----------
    r
        Radii, at least four, increasing [kpc].
    values
        Densities there, positive, in `unit`.
    inside
        What it does below the first radius: continue with the slope there, stay constant, or refuse.
    beyond
        What it does above the last radius: continue with the slope there, vanish, or refuse.
    file, recipe
        Where it was read, or the specification it was computed from.
    said
        What else its configuration says of the file: units that it does not state, its digest.
    columns
        The names of the two columns, if they were given.

    Examples
    --------
    >>> table = RadialTable.from_arrays([1, 2, 4, 8, 16], [1, 0.25, 0.0625, 0.015625, 0.00390625], unit="cm-3")
    >>> round(float(table.radial(np.asarray(32.0))) * 1024, 12)
    1.0
    """

    __repr__ = short

    r: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0, 100.0)
    values: tuple[float, ...] = (731.0, 72.8, 6.74, 0.377, 0.00281)  # NFW with r_s = 20 kpc, 0.4 GeV cm-3 at 8.2 kpc
    inside: Inside = "power law"
    beyond: Beyond = "power law"
    file: str = field(default="", compare=False)
    recipe: Any = field(default=None, compare=False)
    said: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    columns: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def from_arrays(
        cls,
        r: Any,
        values: Any,
        *,
        unit: Any,
        inside: Inside = "power law",
        beyond: Beyond = "power law",
        file: str = "",
    ) -> Self:
        """Return the table of densities `values` [`unit`] at the radii `r` [kpc, or a Quantity].

        Masked rows are left out. The unit may be a function unit, "dex(Msun kpc-3)".
        """
        lengths = r.to_value("kpc") if isinstance(r, units.Quantity) else r
        radii, table = _filled(lengths), _filled(values)
        if radii.ndim != 1 or radii.shape != table.shape:
            raise ValueError(f"a radial table needs as many radii as values; got shapes {radii.shape}, {table.shape}")
        kept = ~(np.ma.getmaskarray(np.ma.array(lengths)) | np.ma.getmaskarray(np.ma.array(values)))
        radii, (table, density) = radii[kept], plain(table[kept], read_unit(unit))
        target = plain_unit(density)
        table = table * (1.0 * density).to_value(target, equivalencies=units.mass_energy())
        return cls(tuple(radii.tolist()), tuple(table.tolist()), inside, beyond, file, unit=target)

    @classmethod
    def from_file(
        cls,
        file: str,
        *,
        inside: Inside = "power law",
        beyond: Beyond = "power law",
        unit: str | None = None,
        length_unit: str | None = None,
        columns: tuple[str, str] | None = None,
        sha256: str | None = None,
    ) -> Self:
        """Return the table of radii and densities in a file.

        Parameters
        ----------
        file
            Text (``.ecsv``, ``.csv``, ``.dat``, ``.txt``), FITS, ``.npy``, ``.npz`` or ``.h5``.
        inside, beyond
            See the class.
        unit, length_unit
            Of the densities and the radii, where the file does not say them; ``dex(...)`` is understood.
        columns
            Names of the radii and the densities; by default the first two columns of numbers.
        sha256
            The file's digest; another one is refused.
        """
        if not Path(file).exists():
            raise ValueError(f"no radial table at {file!r}; give the path of a text, FITS, .npy, .npz or .h5 file")
        found = read_arrays(str(file), columns or ())
        said = described(file, sha256=sha256, unit=unit, length_unit=length_unit)
        names = _two_columns(file, list(found.columns), columns)
        asked = (found.said.get("length_unit") or length_unit, found.said.get("unit") or unit)
        plainly = []
        for name, given in zip(names, asked, strict=True):
            column = found.columns[name]
            if (text := column.unit or given) is None:
                key = "length_unit" if name == names[0] else "unit"
                raise ValueError(
                    f"{file}: the column {name!r} has no unit; state it in the file's header, or give {key}"
                )
            plainly.append(plain(np.asarray(column.values), read_unit(text)))
        (r, length), (density, density_unit) = plainly
        table = cls.from_arrays(r * length, density, unit=density_unit, inside=inside, beyond=beyond, file=str(file))
        return replace(table, said=said, columns=tuple(names) if columns else ())

    def check(self) -> None:
        """Refuse tables that are too short, not increasing, not positive, and unknown continuations."""
        owner = f"RadialTable{f' of {self.file}' if self.file else ''}"
        r, values = np.asarray(self.r), np.asarray(self.values)
        if len(r) < 4 or len(r) != len(values):
            raise ValueError(f"{owner}: {len(r)} radii and {len(values)} values; give at least four pairs")
        rising = (r[0] > 0) and np.all(np.diff(r) > 0)
        if not rising:
            raise ValueError(f"{owner}: the radii must be positive and increase; sort them and drop repetitions")
        bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
        if bad.size:
            raise ValueError(
                f"{owner}: density {values[bad[0]]:g} at r = {r[bad[0]]:g} kpc; allowed: finite numbers > 0. "
                "Cut the table where the density ends and declare beyond = 'zero'"
            )
        one_of(owner, "inside", self.inside, ("power law", "constant", "refuse"))
        one_of(owner, "beyond", self.beyond, ("power law", "zero", "refuse"))

    @functools.cached_property
    def _spline(self) -> tuple[Floats, Floats]:
        """The knots and the coefficients, of rising power, ``(4, len - 1)``."""
        knots = np.log(self.r)
        return knots, _coefficients(knots, np.log(self.values))

    @functools.cached_property
    def interpolation_error(self) -> float:
        """Relative error between the points, estimated from the error of a table with every other point left out.

        Halving the steps of a cubic lowers its error sixteen-fold; only a quarter is taken off, so that a table which
        is not yet that smooth is still judged fairly.
        """
        if len(self.r) < 8:
            return float("nan")
        knots, logs = np.log(self.r), np.log(self.values)
        last = len(knots) - 1 - (len(knots) - 1) % 2
        coarse = slice(0, last + 1, 2)
        predicted = _evaluate(np, knots[coarse], _coefficients(knots[coarse], logs[coarse]), knots[1:last:2])
        return float(np.max(np.abs(np.expm1(predicted - logs[1:last:2])))) / 4

    def radial(self, r: Array) -> Array:
        """Return the density at radius `r` [kpc]."""
        xp = array_namespace(r)
        r = xp.asarray(r)
        self._refuse_outside(xp, r)
        knots, coefficients = (xp.asarray(part) for part in self._spline)
        within = xp.log(xp.clip(r, self.r[0], self.r[-1]))
        result = _evaluate(xp, knots, coefficients, within)
        if self.inside == "power law":
            result = result + self._slope(0) * xp.log(xp.clip(r / self.r[0], 1e-300, 1.0))
        if self.beyond == "power law":
            result = result + self._slope(-1) * xp.log(xp.maximum(r / self.r[-1], xp.ones_like(r)))
        density = xp.exp(result)
        return xp.where(r > self.r[-1], xp.zeros_like(density), density) if self.beyond == "zero" else density

    @property
    def hints(self) -> Hints:
        """Where the table begins and ends."""
        return Hints(spheres=(self.r[0], self.r[-1]))

    def to_spec(self) -> dict[str, Any]:
        """Return its configuration: the file it was read from, or the numbers."""
        ends = {"inside": self.inside, "beyond": self.beyond}
        if self.recipe is not None:
            return dict(self.recipe)
        if self.file:
            named = {"columns": [*self.columns]} if self.columns else {}
            return {"type": "radial_table", "file": self.file, **dict(self.said), **named, **ends}
        numbers = {"r": [*self.r], "values": [*self.values], "unit": self.unit.to_string("fits")}
        return {"type": "profiles.tables.radial:RadialTable.from_arrays", **numbers, **ends}

    def _slope(self, end: int) -> float:
        knots, (_, first, second, third) = self._spline
        t = 0.0 if end == 0 else knots[-1] - knots[-2]
        return float(first[end] + t * (2 * second[end] + t * 3 * third[end]))

    def _refuse_outside(self, xp: Any, r: Array) -> None:
        if self.inside == "refuse" and bool(xp.any(r < self.r[0])):
            raise Unknown(f"the radial table begins at {self.r[0]:g} kpc; declare what is inside, or avoid it")
        if self.beyond == "refuse" and bool(xp.any(r > self.r[-1])):
            raise Unknown(f"the radial table ends at {self.r[-1]:g} kpc; declare what is beyond, or end the path there")


def _two_columns(file: str, there: list[str], asked: tuple[str, str] | None) -> list[str]:
    """Return the names of the columns of radii and of densities."""
    if isinstance(asked, str) or (asked is not None and len(asked) != 2):
        raise ValueError(f"{file}: columns = {asked!r}; allowed: two names, of the radii and of the densities")
    if asked is not None and there == ["col1", "col2"]:
        return there  # the file names none: they are in the order told
    for name in asked or ():
        if name not in there:
            raise ValueError(f"{file}: no column {name!r}{options(str(name), there, 'it has')}")
    if len(there) < 2:
        raise ValueError(f"{file}: a radial table needs a column of radii and one of densities")
    return list(asked or there[:2])


def _filled(values: Any) -> Floats:
    return np.asarray(np.ma.filled(np.ma.array(values, dtype=float), np.nan))


def _coefficients(knots: Floats, logs: Floats) -> Floats:
    from scipy.interpolate import CubicSpline

    return np.ascontiguousarray(CubicSpline(knots, logs).c[::-1])


def _evaluate(xp: Any, knots: Array, coefficients: Array, u: Array) -> Array:
    flat = xp.reshape(u, (-1,))
    cell = xp.clip(xp.searchsorted(knots, flat, side="right") - 1, 0, len(knots) - 2)
    t = flat - xp.take(knots, cell, axis=0)
    constant, first, second, third = (xp.take(coefficients[i, :], cell, axis=0) for i in range(4))
    return xp.reshape(constant + t * (first + t * (second + t * third)), u.shape)


def plain_unit(unit: Any) -> Any:
    """Return GeV cm-3 for a mass density and cm-3 for a number density."""
    for target in (MASS_DENSITY, NUMBER_DENSITY):
        if units.Unit(unit).is_equivalent(target, equivalencies=units.mass_energy()):
            return target
    raise ValueError(f"[{unit}] is not a density; give a mass density such as [Msun pc-3] or a number density [cm-3]")


def one_of(owner: str, name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise ValueError unless `value` is one of the allowed words."""
    if value not in allowed:
        raise ValueError(f"{owner}: {name} = {value!r}{options(value, allowed, 'allowed')}")


def radial_table(
    file: str,
    inside: Inside = "power law",
    beyond: Beyond = "power law",
    unit: str | None = None,
    length_unit: str | None = None,
    columns: tuple[str, str] | None = None,
    sha256: str | None = None,
) -> Density:
    """Return the spherical density tabulated in a file: text (``.ecsv``, ``.csv``, ``.dat``), FITS, NumPy or HDF5.

    Parameters
    ----------
    file
        Where it is.
    inside
        Below the first radius: power law, constant or refuse.
    beyond
        Above the last radius: power law, zero or refuse.
    unit
        Of the densities, where the file does not say it.
    length_unit
        Of the radii, where the file does not say it.
    columns
        Names of the radii and the densities; by default the first two columns of numbers.
    sha256
        The file's digest; another one is refused.
    """
    said = {"unit": unit, "length_unit": length_unit, "columns": columns}
    return RadialTable.from_file(file, inside=inside, beyond=beyond, sha256=sha256, **said)  # type: ignore[arg-type]
