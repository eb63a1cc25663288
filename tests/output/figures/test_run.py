"""The figures of a run: four, the same bytes twice in every format."""

from types import SimpleNamespace

import pytest

from skymodel.output.figures import run as plots
from skymodel.output.figures.spectrum import spectrum_figure
from skymodel.output.figures.style import style
from skymodel.runs.config.regions import NamedRegion
from skymodel.sky.regions import Circle
from tests.output.figures.drawing import LABEL, MAPS, RATIO, SPECTRUM, texts


def test_a_run_has_four_figures_and_they_are_the_same_bytes_twice(saved):
    result = SimpleNamespace(
        maps={"J": MAPS[0], "LINE_511": MAPS[0], "CONTINUUM_1_20": MAPS[1]},
        config=SimpleNamespace(
            label=LABEL,
            anchor=SimpleNamespace(line_intensity=0.025),
            parts=(NamedRegion("my_bulge", Circle(0, 0, 9)),),
        ),
        spectrum=SPECTRUM,
        ratio=RATIO,
        centre=MAPS[0],
    )
    with style():
        first, second = ({name: make() for name, make in plots.makers(result).items()} for _ in range(2))
    assert list(first) == ["sky", "centre", "spectrum", "ratio"]
    for name in ("sky", "centre"):
        assert "my bulge" in texts(first[name])
    assert saved(first["ratio"], "one.png") == saved(second["ratio"], "two.png")


@pytest.mark.parametrize("ending", plots.FORMATS)
def test_every_format_gives_the_same_bytes_twice_and_no_date(saved, ending):
    first, second = (saved(spectrum_figure(SPECTRUM, LABEL), f"{number}.{ending}") for number in range(2))
    assert first == second
    assert b"Date" not in first
