"""What the page shows first is coarse, soon there and right as far as it goes; what follows is finer."""

import healpy
import numpy as np
import pytest

from skymodel.explore import answers as module
from skymodel.explore.answers import COARSE, FINE, answers
from skymodel.explore.choices import State

# A machine of today makes 1.3 million evaluations of a bar in a second: 0.5 s of a coarse picture, 4 s of a fine one
SOON, FINELY = 6e5, 5e6


@pytest.fixture(scope="module")
def bar():
    """Return the answers to a bar, and how many evaluations each took."""
    counts, cost = [], []

    def counting(function, count):
        def counted(*given, **asked):
            found = function(*given, **asked)
            counts.append(count(found))
            return found

        return counted

    with pytest.MonkeyPatch.context() as patch:
        for name in ("line_of_sight", "window_factor"):
            count = counting(getattr(module, name), lambda found: int(np.sum(found.evaluations)))
            patch.setattr(module, name, count)
        patch.setattr(module, "project", counting(module.project, lambda found: found.meta["evaluations"]))
        found = []
        for answer in answers(State(electrons="dwek1995_bar").config()):
            found.append(answer)
            cost.append(sum(counts) - sum(cost))
    return found, cost


def test_a_bar_is_shown_coarsely_soon_and_finely_not_much_later(bar):
    found, cost = bar
    assert [(answer.line.nside, answer.final) for answer in found] == [(COARSE, False), (FINE, True)]
    assert cost[0] < SOON
    assert cost[1] < FINELY


def test_what_a_coarse_picture_tells_is_what_the_fine_one_tells(bar):
    coarse, fine = bar[0]
    assert coarse.window.value == pytest.approx(fine.window.value, abs=coarse.window.error + fine.window.error)
    assert coarse.window.error < 0.02 * coarse.window.value
    np.testing.assert_allclose(coarse.along, fine.along, rtol=0.02)
    mean = healpy.ud_grade(fine.line.values, COARSE)
    far = healpy.query_strip(COARSE, 0, np.radians(60))  # there a bar falls by half within a pixel, and not more
    np.testing.assert_allclose(coarse.line.values[far], mean[far], rtol=0.15)


def test_a_sky_with_an_axis_is_fine_at_once():
    (only,) = answers(State().config())
    assert (only.line.nside, only.final) == (FINE, True)


def test_densities_that_do_not_meet_in_the_circle_are_refused():
    empty = State(electrons="disk").config().model_copy(update={"electrons": 0 * State().config().electrons})
    with pytest.raises(ValueError, match="INTEGRAL circle"):
        list(answers(empty))
