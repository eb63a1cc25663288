"""Where an ensemble's rows are kept: a folder of immutable part files, each named by its range of draws.

``ensemble.yaml`` holds the configuration; ``part-000000000000-000000000512.npz`` the draws 0 <= i < 512. A part is
written beside and renamed, so it is there whole or not at all: whatever is killed, what was computed stays, and
resuming is computing :meth:`Store.missing`. Several writers may share one folder. Maps, where asked for, lie beside
(:mod:`skymodel.output.files.map_store`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from profiles.contract.arrays import Rows
from skymodel.output.files.map_store import add_maps
from skymodel.output.files.parts import parts, rows_name
from skymodel.output.files.whole import create, to_disk, whole
from skymodel.runs.config.yamlfile import read_yaml
from skymodel.runs.many.maps import Maps

_CONFIG = "ensemble.yaml"
_MAY_GROW = "draws"


@dataclass(frozen=True)
class Store:
    """A folder of rows.

    Parameters
    ----------
    folder
        Its path; made by :func:`open_store`.
    """

    folder: Path

    def parts(self) -> list[tuple[int, int, Path]]:
        """Return first draw, last draw and path of each part, sorted."""
        return parts(self.folder)

    def missing(self, draws: int) -> list[tuple[int, int]]:
        """Return the ranges of the first `draws` draws that no part holds."""
        gaps, reached = [], 0
        for first, last, _ in self.parts():
            if first > reached:
                gaps.append((reached, min(first, draws)))
            reached = max(reached, last)
        gaps.append((reached, draws))
        return [(first, last) for first, last in gaps if first < last]

    def add(self, first: int, last: int, rows: Rows, maps: Maps | None = None) -> None:
        """Keep the rows of the draws `first` <= i < `last`, and first their maps where there are some."""
        if maps is not None:
            add_maps(self.folder, maps)
        with whole(self.folder / rows_name(first, last)) as draft:
            np.savez_compressed(draft, rows=rows)
            to_disk(draft)

    def rows(self, draws: int | None = None) -> Rows:
        """Return all rows kept, or those of the first `draws` draws, sorted by draw, each draw once.

        Raises
        ------
        ValueError
            If nothing is kept yet.
        """
        loaded = [_load(path) for _, _, path in self.parts()]
        if not loaded:
            raise ValueError(f"'{self.folder}' holds no draws yet")
        together = np.concatenate(loaded)
        _, once = np.unique(together["draw"], return_index=True)
        rows = together[once]
        return rows if draws is None else rows[rows["draw"] < draws]


def _load(path: Path) -> Rows:
    with np.load(path, allow_pickle=False) as content:
        rows: Rows = content["rows"]
    return rows


def open_store(folder: Path, config: Mapping[str, Any]) -> Store:
    """Return the store in `folder`, made for `config` where there is none.

    Raises
    ------
    ValueError
        If the folder holds something else, or an ensemble of another configuration: the message says what differs.
    """
    store = found_store(folder, config)
    store.folder.mkdir(parents=True, exist_ok=True)
    kept, text = store.folder / _CONFIG, yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True)
    with contextlib.suppress(FileExistsError):
        create(kept, text)
        return store
    there = _read(kept)
    _require_same(store.folder, there, config)
    if there != config:  # more draws, or fewer
        with whole(kept) as draft:
            draft.write_text(text, encoding="utf-8")
    return store


def found_store(folder: Path, config: Mapping[str, Any]) -> Store:
    """Return the store in `folder`, or where :func:`open_store` would make it, and write nothing.

    Raises
    ------
    ValueError
        As for :func:`open_store`.
    """
    folder = Path(folder)
    kept = folder / _CONFIG
    others = folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())
    if others and not kept.is_file():  # in this order: another process may make an ensemble meanwhile, and its parts
        raise ValueError(f"'{folder}' is not empty and holds no ensemble; give another folder")
    if kept.is_file():
        _require_same(folder, _read(kept), config)
    return Store(folder)


def _read(kept: Path) -> Mapping[str, Any]:
    there = read_yaml(kept)
    if not isinstance(there, dict):
        raise ValueError(f"'{kept}' is no configuration of an ensemble; give another folder")
    return there


def _require_same(folder: Path, kept: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    free = {_MAY_GROW} if config.get("sampling") != "saltelli" else set()
    different = [name for name in config if name not in free and kept.get(name) != config[name]]
    if different:
        name = different[0]
        raise ValueError(
            f"'{folder}' holds an ensemble of another configuration: {', '.join(different)} differ "
            f"({name}: {_short(kept.get(name))} there, {_short(config[name])} here); give another folder"
        )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."
