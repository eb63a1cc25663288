"""Charts of a page: frames of one look, and the few kinds that pages are made of."""

from __future__ import annotations

from typing import Any

from skymodel.output.figures.style import COLOURS

MARKS = ("circle", "square", "triangle", "diamond", "inverted_triangle", "plus", "hex")
_TALL, _NARROW, _ROW = 380, 560, 27  # pixels: a chart, the width below which a legend has one column, its rows


def frame(x: str, y: str, *, tools: str = "pan,wheel_zoom,box_zoom,reset,save", **options: Any) -> Any:
    """Return an empty chart as wide as the page, with the names of its axes."""
    from bokeh.plotting import figure

    settings = {
        "height": _TALL,
        "sizing_mode": "stretch_width",
        "toolbar_location": "above",
        "output_backend": "canvas",
    }
    made = figure(x_axis_label=x, y_axis_label=y, tools=tools, **(settings | options))
    made.toolbar.logo = None
    made.xgrid.grid_line_color = made.ygrid.grid_line_color = "#e4e7ea"
    for axis in made.axis:
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_color = axis.major_label_text_color = "#1a1a1a"
        axis.minor_tick_line_color = None
    return made


def line(chart: Any, x: Any, y: Any, name: str, number: int, *, dash: str = "solid", width: float = 2.0) -> Any:
    """Draw a curve that tells its values when it is hovered over; return its glyph."""
    from bokeh.models import HoverTool

    drawn = chart.line(x, y, legend_label=name, color=COLOURS[number % len(COLOURS)], line_dash=dash, line_width=width)
    what = [("", name), (chart.xaxis[0].axis_label, "$x{0.000 a}"), (chart.yaxis[0].axis_label, "$y{0.000e+0}")]
    hover = HoverTool(renderers=[drawn], tooltips=what, visible=False, description=name)
    chart.add_tools(hover)
    return drawn


def finish_legend(chart: Any, place: str = "below", columns: int = 2) -> Any:
    """Move the legend out of the data, one column on a narrow screen; a click hides a curve. Return the chart."""
    from bokeh.models import CustomJS

    legend = chart.legend[0]
    legend.click_policy = "hide"
    legend.ncols = columns
    legend.location = "top_left"
    legend.border_line_color = None
    legend.label_text_font_size = "9pt"
    legend.margin = legend.padding = 4
    legend.spacing = 7
    chart.add_layout(legend, place)
    code = """
        const {inner_width: room, outer_width: whole} = cb_obj, tight = room < narrow;
        legend.ncols = tight ? 1 : columns;
        if (!beneath) return;
        legend.location = tight ? [Math.min(0, room - whole + 24), 0] : "top_left"; // from the chart's left side
        const rows = legend.items.length;
        cb_obj.height = tall + (tight ? row * (rows - Math.ceil(rows / columns)) : 0);
    """
    args = {"legend": legend, "columns": columns, "narrow": _NARROW, "beneath": place == "below"}
    args |= {"tall": chart.height, "row": _ROW}
    chart.js_on_change("inner_width", CustomJS(args=args, code=code))
    return chart


def keep_shape(chart: Any, ratio: float) -> Any:
    """Keep what is within the axes so many times as wide as high, however wide the page is. Return the chart."""
    from bokeh.models import CustomJS

    code = """
        const tall = Math.round(cb_obj.inner_width / ratio + cb_obj.outer_height - cb_obj.inner_height);
        if (Math.abs(tall - cb_obj.height) > 1) cb_obj.height = tall;
    """
    fit = CustomJS(args={"ratio": ratio}, code=code)
    for changed in ("inner_width", "inner_height"):  # a legend of more rows leaves less height
        chart.js_on_change(changed, fit)
    return chart
