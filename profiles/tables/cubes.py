"""A density given on a three-dimensional grid, as simulations and reconstructions are; axes even or any rising list.

Files are FITS images, NumPy ``.npz`` or zarr groups, with units stated in the file. Between the points the density is
trilinear or cubic; outside it is declared: nothing, a power law from the faces on, or a refusal.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Self

import numpy as np
from astropy import units

from profiles.contract.arrays import Floats, array_namespace
from profiles.contract.density import Array, Density, Hints
from profiles.contract.fields import Kind
from profiles.contract.mesh import Mesh
from profiles.contract.shown import short
from profiles.contract.unknown import Unknown
from profiles.tables.arrayfiles import described
from profiles.tables.axes import even, in_kpc, rising
from profiles.tables.cubefiles import read_cube
from profiles.tables.interpolation import even_spline, steps_along, tricubic, trilinear, uneven_spline
from profiles.tables.radial import one_of, plain_unit
from profiles.tables.reach import AXES, Missing, excess, left_out, refusal
from profiles.tables.turned import TurnedGrid

Edge = Literal["zero", "power law", "refuse"]
Method = Literal["linear", "cubic"]
OuterSlope = Annotated[float, Kind("", above=1.0)]


@dataclass(frozen=True, eq=False)
class Grid(Density):
    """A density on a grid; build it with :meth:`from_arrays` or :meth:`from_file`.

    Parameters
    ----------
    origin, step
        First point and spacing of each axis [kpc]; the mean spacing of uneven axes.
    values
        Densities ``(nx, ny, nz)``, in `unit`.
    method
        "linear" (continuous) or "cubic" (smooth; it may overshoot, and is cut at zero). A sight line to 1e-4 through
        a bar of 100 points a side takes a fifth of the evaluations when cubic.
    edge
        Outside: "zero", "power law" (from the face on with `outer_slope`), or "refuse".
    outer_slope
        Slope of that power law, above 1.
    file
        Where it was read.
    axes
        The points of each axis [kpc], where they are not evenly spaced.
    said
        What else its configuration says of the file: units that it does not state, its digest.

    Examples
    --------
    >>> import numpy as np
    >>> from profiles import Grid
    >>> axis = np.linspace(-1, 1, 5)
    >>> cube = Grid.from_arrays(axis, axis, axis, np.full((5, 5, 5), 2.0), unit="cm-3", edge="zero")
    >>> float(cube(0.3, 0.1, -0.2)), float(cube(3.0, 0.0, 0.0))
    (2.0, 0.0)
    """

    __repr__ = short

    origin: tuple[float, float, float]
    step: tuple[float, float, float]
    values: Floats
    method: Method = "linear"
    edge: Edge = "refuse"
    outer_slope: OuterSlope = 3.0
    file: str = field(default="")
    axes: tuple[Floats, Floats, Floats] | None = None
    said: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_arrays(cls, x: Any, y: Any, z: Any, values: Any, *, unit: Any, **options: Any) -> Self:
        """Return the density `values` ``(nx, ny, nz)`` [`unit`] on the axes `x`, `y`, `z` [kpc, or Quantities].

        Parameters
        ----------
        x, y, z
            Coordinates of the points: regular, logarithmic or any that increase.
        values
            Densities.
        unit
            A density's unit; mass densities are held in GeV cm-3.
        **options
            The fields ``method``, ``edge``, ``outer_slope``, ``file``.

        Examples
        --------
        >>> axis = np.linspace(-1, 1, 5)
        >>> grid = Grid.from_arrays(axis, axis, axis, np.ones((5, 5, 5)), unit="cm-3", edge="zero")
        >>> float(grid(np.asarray(0.3), np.asarray(-0.7), np.asarray(0.1)))
        1.0
        """
        axes = [in_kpc(axis) for axis in (x, y, z)]
        target = plain_unit(unit)
        factor = (1.0 * units.Unit(unit)).to_value(target, equivalencies=units.mass_energy())
        table = np.ma.filled(np.ma.array(values, dtype=float), np.nan) * factor
        if table.shape != tuple(len(axis) for axis in axes):
            raise ValueError(
                f"a grid of axes {[len(axis) for axis in axes]} needs values of that shape; got {table.shape}"
            )
        starts, steps = zip(*(rising(name, axis) for name, axis in zip("xyz", axes, strict=True)), strict=True)
        uneven = None if all(map(even, axes)) else (axes[0], axes[1], axes[2])
        return cls(starts, steps, table, axes=uneven, unit=target, **options)

    @classmethod
    def from_file(
        cls, file: str, *, unit: Any = None, length_unit: Any = None, sha256: str | None = None, **options: Any
    ) -> Any:
        """Return the density on the grid in a file; see :func:`~profiles.tables.cubefiles.read_cube` for the kinds.

        FITS images: CRVAL, CRPIX, CD or PC and CDELT, CUNIT of each axis and BUNIT. Others: arrays ``x``, ``y``, ``z``,
        ``values`` and their units; or a table with a row for each point.

        Parameters
        ----------
        file
            Path of the file.
        unit, length_unit
            Of densities and coordinates, where the file does not say them.
        sha256
            The file's digest; another one is refused.
        **options
            The fields ``method``, ``edge``, ``outer_slope``.

        Returns
        -------
        Grid
            Or a :class:`~profiles.tables.turned.TurnedGrid` if the file's axes are not the Galaxy's.
        """
        cube = read_cube(str(file), unit=unit, length_unit=length_unit)
        said = described(file, sha256=sha256, unit=unit, length_unit=length_unit)
        own = cls.from_arrays(*cube.axes, cube.values, unit=cube.unit, file=str(file), said=said, **options)
        if cube.turn is None:
            return own
        x, y, z = (tuple(axis) for axis in cube.turn.T.tolist())
        return TurnedGrid(own, (x, y, z), unit=own.unit)

    def check(self) -> None:
        """Refuse values that are not finite, negative or too few, and unknown options."""
        owner = f"Grid{f' of {self.file}' if self.file else ''}"
        if self.values.ndim != 3 or min(self.values.shape) < 4:
            raise ValueError(f"{owner}: shape {self.values.shape}; a grid needs at least four points along each axis")
        bad = np.argwhere(~(np.isfinite(self.values) & (self.values >= 0)))
        if len(bad):
            where, value = tuple(int(i) for i in bad[0]), self.values[tuple(bad[0])]
            raise ValueError(
                f"{owner}: {len(bad)} values are not densities, the first {value:g} at index {where}; "
                "allowed: finite numbers >= 0. Fill or cut them before"
            )
        one_of(owner, "method", self.method, ("linear", "cubic"))
        one_of(owner, "edge", self.edge, ("zero", "power law", "refuse"))
        self.values.setflags(write=False)

    def __call__(self, x: Array, y: Array, z: Array) -> Array:
        """Return the density at ``(x, y, z)`` [kpc]."""
        xp = array_namespace(x, y, z)
        x, y, z = (xp.asarray(coordinate) for coordinate in (x, y, z))
        outside = excess(xp, (x, y, z), self._bounds)
        if self.edge == "refuse" and bool(xp.any(outside > 1)):
            r = float(xp.max(xp.sqrt(x * x + y * y + z * z)))
            raise Unknown(refusal(self.missing(r), self.file, r))
        if self.edge == "power law":
            inner = xp.maximum(outside, xp.ones_like(outside))
            return self._inside(xp, x / inner, y / inner, z / inner) * inner**-self.outer_slope
        within = outside <= 1 + 1e-12
        if not isinstance(x, np.ndarray):
            return xp.where(within, self._inside(xp, x, y, z), 0.0)
        density = np.zeros(x.shape)
        density[within] = self._inside(xp, x[within], y[within], z[within])
        return density

    def missing(self, r_max: float) -> tuple[Missing, ...]:
        """Return, axis by axis, what the grid leaves out of the way from the centre to `r_max` [kpc].

        The density is continued from each face with the slope it has over the outer quarter of the axis (at least 1.5).

        Examples
        --------
        >>> axis = np.linspace(-2, 2, 9)
        >>> grid = Grid.from_arrays(axis, axis, axis, np.ones((9, 9, 9)), unit="cm-3", edge="zero")
        >>> round(grid.missing(60.0)[0].share, 2)
        0.62
        """
        inside = replace(self, edge="zero")
        return tuple(left_out(inside, self._bounds, name, r_max) for name in AXES)

    def to_spec(self) -> dict[str, Any]:
        """Return its configuration: the file and the options."""
        if not self.file:
            raise ValueError("a grid made from arrays cannot be written down; save it and read it with Grid.from_file")
        options = {"method": self.method, "edge": self.edge, "outer_slope": self.outer_slope}
        return {"type": "grid", "file": self.file, **dict(self.said), **options}

    @property
    def smooth(self) -> bool | None:
        """Between its faces nothing is small; a power law goes on with all their structure where no line is cut."""
        return None if self.edge == "power law" else False

    @functools.cached_property
    def hints(self) -> Hints:
        """Its faces."""
        return Hints(meshes=(Mesh(self.points, hollow=self.edge == "zero"),))

    @functools.cached_property
    def points(self) -> tuple[Floats, Floats, Floats]:
        """The points of each axis [kpc]."""
        if self.axes is not None:
            return self.axes
        even = zip(self.origin, self.step, self.values.shape, strict=True)
        x, y, z = (start + step * np.arange(n) for start, step, n in even)
        return x, y, z

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the numbers."""
        return hashlib.sha256(np.ascontiguousarray(self.values).tobytes()).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Whether the other is the same grid, number by number."""
        return isinstance(other, Grid) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[Any, ...]:
        uneven = None if self.axes is None else tuple(axis.tobytes() for axis in self.axes)
        return self.origin, self.step, uneven, self.digest, self.method, self.edge, self.outer_slope, str(self.unit)

    @functools.cached_property
    def _bounds(self) -> tuple[tuple[float, float], ...]:
        return tuple((float(axis[0]), float(axis[-1])) for axis in self.points)

    def _inside(self, xp: Any, x: Array, y: Array, z: Array) -> Array:
        if self.method == "linear":
            return trilinear(xp, self.values, self._steps(xp, x, y, z))
        if self.axes is None:
            smooth = tricubic(self._spline, self._steps(xp, x, y, z))
        else:
            bounded = [np.clip(place, *bound) for place, bound in zip((x, y, z), self._bounds, strict=True)]
            smooth = self._spline(np.stack(bounded, axis=-1))
        return xp.asarray(np.maximum(smooth, 0.0))

    def _steps(self, xp: Any, *places: Array) -> list[Array]:
        """Return places as numbers of steps along the axes."""
        if self.axes is not None:
            return [steps_along(xp, place, axis) for place, axis in zip(places, self.axes, strict=True)]
        return [
            xp.clip((place - start) / step, 0.0, n - 1.0)
            for place, start, step, n in zip(places, self.origin, self.step, self.values.shape, strict=True)
        ]

    @functools.cached_property
    def _spline(self) -> Any:
        return even_spline(self.values) if self.axes is None else uneven_spline(self.axes, self.values)


def grid(
    file: str,
    method: Method = "linear",
    edge: Edge = "refuse",
    outer_slope: OuterSlope = 3.0,
    unit: str | None = None,
    length_unit: str | None = None,
    sha256: str | None = None,
) -> Density:
    """Return the density on the grid in a file: FITS image, ``.npz``, ``.npy``, ``.h5``, a text table or a zarr folder.

    ``.npz``, ``.h5`` and zarr hold the arrays ``x``, ``y``, ``z`` and ``values``, and their units as texts
    ``length_unit`` and ``unit``; a table has a row for each point.

    Parameters
    ----------
    file
        Where it is.
    method
        linear or cubic.
    edge
        Outside the grid: zero, power law or refuse.
    outer_slope
        Of that power law.
    unit
        Of the densities, where the file does not say it.
    length_unit
        Of the coordinates, where the file does not say it.
    sha256
        The file's digest; another one is refused.
    """
    options: dict[str, Any] = {"method": method, "edge": edge, "outer_slope": outer_slope}
    return Grid.from_file(file, unit=unit, length_unit=length_unit, sha256=sha256, **options)  # type: ignore[no-any-return]
