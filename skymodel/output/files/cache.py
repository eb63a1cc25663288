"""Maps and means of J kept in the user's cache folder, by a digest of all that they depend on.

What is kept saves time and nothing else: what is read is to the bit what was computed. A density made by
a user's own code is never kept, because a digest cannot see what code does; files are digested by their content, and
the program by its sources. Damaged files are computed anew, the folder is bounded, and several runs may share it: each
file appears whole. ``SKYMODEL_CACHE`` names another folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

import profiles
from profiles import Density, library
from skymodel.bounded import Bounded
from skymodel.output.files.whole import remove_left_overs, whole
from skymodel.sightlines.means import Ratio
from skymodel.sky.skymap import SkyMap

LIMIT = 512 * 2**20  # bytes: about 340 maps of nside 128
_ENDING, _DAMAGED = ".npz", ".damaged"
Kept = TypeVar("Kept")


def cache_folder() -> Path:
    """Return where maps are kept: ``$SKYMODEL_CACHE``, else ``skymodel`` in the user's cache folder."""
    if named := os.environ.get("SKYMODEL_CACHE"):
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(base or Path.home() / ".cache") / "skymodel"


@dataclass
class MapCache:
    """A :class:`~skymodel.runs.one.cache.Cache` that keeps files.

    Parameters
    ----------
    folder
        Where; made when the first map is kept.
    limit
        Bytes that it may take; the maps that were not used for longest go first.
    notes
        Why nothing could be kept, in words; a run goes on without it.
    """

    folder: Path = field(default_factory=cache_folder)
    limit: int = LIMIT
    notes: list[str] = field(default_factory=list)

    def map(self, density: Density, settings: Mapping[str, Any], compute: Callable[[], SkyMap]) -> SkyMap:
        """Return the map of a density, computed and kept if it is not there yet."""

        def restored(held: Mapping[str, Any]) -> SkyMap:
            return SkyMap(held["values"], held["error"], str(held["unit"]), meta=json.loads(str(held["meta"])))

        def parts(sky: SkyMap) -> dict[str, Any]:
            meta = np.array(_json(sky.meta))
            return {"values": sky.values, "error": sky.error, "unit": np.array(str(sky.unit)), "meta": meta}

        return self._kept(digest([density], {"what": "map", **settings}), compute, parts, restored)

    def ratios(
        self, densities: Sequence[Density], settings: Mapping[str, Any], compute: Callable[[], tuple[Ratio, ...]]
    ) -> tuple[Ratio, ...]:
        """Return the ratios of two means of densities, computed together and kept if they are not there yet."""

        def restored(held: Mapping[str, Any]) -> tuple[Ratio, ...]:
            each = zip(held["numbers"].tolist(), held["units"].tolist(), strict=True)
            return tuple(_ratio(numbers, unit) for numbers, unit in each)

        def parts(found: tuple[Ratio, ...]) -> dict[str, Any]:
            numbers = [[[*each], [*each.numerator], [*each.denominator]] for each in found]
            return {"numbers": np.array(numbers), "units": np.array([str(each.numerator.unit) for each in found])}

        return self._kept(digest(densities, {"what": "ratios", **settings}), compute, parts, restored)

    def _kept(
        self,
        key: str | None,
        compute: Callable[[], Kept],
        parts: Callable[[Kept], dict[str, Any]],
        restored: Callable[[Mapping[str, Any]], Kept],
    ) -> Kept:
        """Return what a key names, restored from its file, or else computed and kept."""
        if key is None:
            return compute()
        path = self.folder / f"{key}{_ENDING}"
        try:
            with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as held:
                found = restored(held)
            with contextlib.suppress(OSError):
                os.utime(path)  # used now: it goes last
            return found
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            with contextlib.suppress(OSError):  # another process of the run may tell of it
                path.rename(path.with_suffix(_DAMAGED))
        made = compute()
        self._keep(path, parts(made))
        return made

    def told(self) -> list[str]:
        """Return what was wrong with the cache, in words, and remove what was damaged."""
        damaged = sorted(self.folder.glob(f"*{_DAMAGED}"))
        for path in damaged:
            path.unlink(missing_ok=True)
        words = f"{len(damaged)} damaged files of the cache '{self.folder}' were computed anew"
        return self.notes + ([words] if damaged else [])

    def _keep(self, path: Path, content: dict[str, Any]) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole(path) as draft, open(draft, "wb") as stream:
                np.savez(stream, **content)
            self._trim()
        except OSError as error:
            why = error.__cause__ or error  # what the system says, without the one file
            note = f"nothing could be kept in the cache '{self.folder}': {getattr(why, 'strerror', None) or why}"
            self.notes += [] if note in self.notes else [note]

    def _trim(self) -> None:
        remove_left_overs(self.folder)
        files = sorted(self._files(), key=lambda item: item[1].st_mtime, reverse=True)
        size = 0
        for path, state in files:
            size += state.st_size
            if size > self.limit:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path in self.folder.glob(f"*{_ENDING}"):
            with contextlib.suppress(FileNotFoundError):  # another run may trim at the same time
                yield path, path.stat()


def _ratio(numbers: Sequence[Sequence[float]], unit: str) -> Ratio:
    (ratio, doubt), (above, above_error), (below, below_error) = numbers
    means = Bounded(above, above_error, unit), Bounded(below, below_error, unit)
    return Ratio(ratio, doubt, numerator=means[0], denominator=means[1])


def digest(densities: Sequence[Density], settings: Mapping[str, Any]) -> str | None:
    """Return what names integrals in the cache; None where a digest cannot tell all that they depend on.

    Parameters
    ----------
    densities
        What is integrated.
    settings
        All else that the integrals depend on.

    Examples
    --------
    >>> from profiles import NFW, from_function
    >>> one, two = (digest([NFW()], {"nside": nside}) for nside in (8, 16))
    >>> one != two, digest([from_function(lambda x, y, z: x, unit="cm-3", symmetry="none")], {}) is None
    (True, True)
    """
    try:
        spec = [library.describe(density) for density in densities]
        contents = [hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in _named(spec, "file")]
    except (ValueError, OSError):
        return None
    if any(":" in str(kind) for kind in _named(spec, "type")):
        return None
    text = json.dumps([_program(), spec, contents, {name: repr(value) for name, value in settings.items()}])
    return hashlib.sha256(text.encode()).hexdigest()


def _named(spec: Any, key: str) -> Iterator[Any]:
    """Yield every entry of a name, wherever in a specification it stands."""
    if isinstance(spec, Mapping):
        yield from ([spec[key]] if key in spec else [])
        spec = list(spec.values())
    if isinstance(spec, list | tuple):
        for part in spec:
            yield from _named(part, key)


@functools.cache
def _program() -> str:
    """Return the digest of the program's sources: another version makes other last digits."""
    found = hashlib.sha256()
    for package in (Path(profiles.__file__).parent, Path(__file__).parents[2]):
        for path in sorted(package.rglob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()


def _json(meta: Mapping[str, Any]) -> str:
    return json.dumps(dict(meta), default=lambda value: value.tolist() if hasattr(value, "tolist") else str(value))
