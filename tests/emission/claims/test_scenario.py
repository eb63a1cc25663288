"""What the paper leaves open, within what is possible."""

from dataclasses import replace

import pytest

from tests.emission.claims.conftest import SCENARIO


@pytest.mark.parametrize(
    ("change", "message"),
    [({"window_factor": 0.0}, "window_factor"), ({"containment": 1.2}, "containment"), ({"v_e": 2.0}, "v_e = 2.0")],
)
def test_impossible_scenarios_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SCENARIO, **change)
