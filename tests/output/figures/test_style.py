"""The style of figures is their own: nothing global changes, long labels are wrapped."""

from skymodel.output.figures.sky import centre_figure, panels
from skymodel.output.figures.style import figure, style
from tests.output.figures.drawing import MAPS


def test_figures_leave_matplotlibs_global_state_alone():
    import matplotlib
    from matplotlib import pyplot

    before = dict(matplotlib.rcParams)
    with style():
        centre_figure(panels(MAPS[:1]))
    assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == []


def test_a_long_label_is_wrapped_into_the_figure():
    made = figure(3.4, 2.0, "word " * 60)
    assert max(map(len, made.get_supxlabel().splitlines())) <= 3.4 * 26
