"""Figures of morphology: what is drawn is what the tables hold."""

from astropy.table import QTable

from skymodel.output.figures.morphology import confrontation_figure, forecast_figure, matrix_figure


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def test_the_matrix_writes_each_pair_below_the_diagonal_and_above_it_with_backgrounds_known():
    rows = [("old stars", "LINE_511", "ORTHO_PS", 0.0, 1.0), ("old stars", "LINE_511", "XRAY_8_KEV", 123.0, 2.0)]
    rows += [("old stars", "ORTHO_PS", "XRAY_8_KEV", 4.25, 9.0)]
    table = QTable(rows=rows, names=("rival", "band_a", "band_b", "significance", "significance_known"))
    table.meta["inputs"] = "inputs partly from memory, unverified: spi"
    figure = matrix_figure(table, "SPI")
    assert figure.get_supxlabel() == "SPI; inputs partly from memory, unverified: spi"
    axes = figure.axes[0]
    assert axes.get_title() == "old stars"
    assert texts(axes) == ["1.0", "2.0", "0.0", "9.0", ">99", "4.2"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["511 keV", "ortho-Ps", "8 keV"]


def test_the_forecast_draws_every_statistic_and_marks_what_was_extrapolated():
    columns = ("exposure", "significance", "extrapolated")
    curves = {
        "pearson": QTable(rows=[(1.0, 2.0, False), (4.0, 4.0, True)], names=columns),
        "likelihood ratio": QTable(rows=[(1.0, 3.0, False), (4.0, 6.0, False)], names=columns),
    }
    figure = forecast_figure(curves)
    axes = figure.axes[0]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Pearson", "likelihood ratio"]
    open_markers = [line for line in axes.get_lines() if line.get_markerfacecolor() == "w"]
    assert [list(line.get_xdata()) for line in open_markers] == [[4.0], []]


def test_a_pull_that_is_the_same_for_all_is_told_once_and_zero_has_no_sign():
    names = ("dark_matter", "electrons", "pull_line_disk", "pull_bulge_sigma", "compatible")
    rows = [("a", "gas", -0.04, 2.0, True), ("b", "gas", 3.0, 2.0, False)]
    made = confrontation_figure(QTable(rows=rows, names=names), "print")
    assert texts(made.axes[0]) == ["0.0", "+3.0"]
    assert made.get_supxlabel() == "print; much the same for all pairs: bulge sigma +2.0"


def test_a_pull_that_all_but_stays_is_told_from_where_to_where():
    names = ("dark_matter", "electrons", "pull_line_disk", "pull_bulge_lon", "compatible")
    rows = [("a", "gas", 0.0, 1.31, False), ("b", "gas", 3.0, 1.68, False)]
    assert confrontation_figure(QTable(rows=rows, names=names)).get_supxlabel().endswith("bulge lon +1.3 to +1.7")


def test_the_confrontation_writes_the_pulls_and_sets_compatible_pairs_in_bold():
    names = ("dark_matter", "electrons", "pull_line_disk", "pull_bulge_sigma", "compatible")
    table = QTable(rows=[("a_halo", "gas", 0.24, -1.96, True), ("other", "gas", -13.0, 4.6, False)], names=names)
    axes = confrontation_figure(table).axes[0]
    assert texts(axes) == ["+0.2", "−2.0", "−13.0", "+4.6"]  # noqa: RUF001
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a halo × gas", "other × gas"]  # noqa: RUF001
    assert [label.get_fontweight() for label in axes.get_yticklabels()] == ["bold", "normal"]
