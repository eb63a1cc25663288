"""The guide to densities prints what it says it prints."""

import contextlib
import io
import re
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "profiles.md"


def test_the_python_of_the_guide_prints_what_it_promises():
    text = GUIDE.read_text(encoding="utf-8")
    code = "".join(re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    promised = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, str(GUIDE), "exec"), {})
    assert promised
    assert output.getvalue().splitlines() == promised
