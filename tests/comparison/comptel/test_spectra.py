import pytest

from skymodel.comparison.comptel.spectra import WINDOWS, comptel
from skymodel.sky.regions import COMPTEL_WINDOW


def test_the_papers_points_are_those_of_strong_1999():
    points = comptel("l30_b5")
    assert points.region == COMPTEL_WINDOW
    assert points.bins == ((1, 3), (3, 10), (10, 30))
    # 1e-2 MeV cm-2 s-1 sr-1, read independently off the figure to two digits
    assert [round(100 * value, 2) for value in points.intensity] == [1.46, 1.91, 1.88]
    assert [round(100 * value, 2) for value in points.error] == [0.29, 0.38, 0.37]


@pytest.mark.parametrize("window", WINDOWS)
def test_every_window_has_positive_points_with_errors_of_a_fifth_to_a_third(window):
    points = comptel(window)
    for value, error in zip(points.intensity, points.error, strict=True):
        assert 0.15 < error / value < 0.35  # the headers: systematic bands of about +-20 %, wider in 1996


def test_a_wider_window_is_fainter_because_the_galaxy_is_a_disk():
    narrow, wide = comptel("l30_b5"), comptel("l30_b15")
    assert all(n > w for n, w in zip(narrow.intensity, wide.intensity, strict=True))


def test_an_unknown_window_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no COMPTEL window 'l30'; there are 'l30_b5', 'l30_b15', 'l60_b20'"):
        comptel("l30")
