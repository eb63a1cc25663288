"""The count of code lines: what it takes for the code of pixel means must be there."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_modules_counted_as_pixel_means_exist():
    """A module that is renamed must not fall out of the count."""
    spec = importlib.util.spec_from_file_location("code_lines", ROOT / "scripts/code_lines.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    room = ROOT / script.ENGINE
    assert (room / script.PIXEL_ROOM).is_dir()
    assert [name for name in script.CUBATURE if not (room / "cubature" / f"{name}.py").exists()] == []
