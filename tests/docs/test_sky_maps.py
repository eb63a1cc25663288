"""The guide to sky maps: its code runs and prints what it says."""

import contextlib
import io
import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "sky_maps.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_the_guides_code_prints_what_it_says(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, str(GUIDE), "exec"), {})
    promised = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert output.getvalue().splitlines() == promised
    assert promised


def test_every_public_door_of_the_guide_exists():
    import skymodel as sm

    names = set(re.findall(r"sm\.([A-Za-z_]+)", GUIDE.read_text(encoding="utf-8")))
    assert names - set(sm.__all__) == set()
