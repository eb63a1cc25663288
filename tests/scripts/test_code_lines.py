"""The count of code lines: what it takes for the code of pixel means must be there."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_modules_counted_as_pixel_means_exist(script):
    """A module that is renamed must not fall out of the count."""
    room = ROOT / script.ENGINE
    assert (room / script.PIXEL_ROOM).is_dir()
    assert [name for name in script.CUBATURE if not (room / "cubature" / f"{name}.py").exists()] == []
