"""The page of the explorer: what is chosen on the left, what follows from it on the right."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from skymodel.comparison.comptel.spectra import comptel
from skymodel.explore import choices
from skymodel.explore.answers import ANGLES, ENERGIES, Answer, Progress, answers
from skymodel.explore.choices import ELECTRONS, EMISSION, HALOS, HEIGHT, OPENED, Choice, Slider, State
from skymodel.explore.latest import Latest
from skymodel.explore.opening import opened
from skymodel.explore.texts import fluxes_text, python_text, yaml_text
from skymodel.output.figures.style import COLOURS
from skymodel.output.report.charts import finish_legend, frame
from skymodel.output.report.page import static
from skymodel.output.report.skyview import Sky, sky_chart
from skymodel.runs.config.model import RunConfig
from skymodel.sky.regions import COMPTEL_WINDOW, INTEGRAL_CIRCLE
from skymodel.sky.skymap import SkyMap

_UNIT = "cm⁻² s⁻¹ sr⁻¹"


class Explorer:
    """One visitor's page: widgets, charts, what they show, and the thread that computes it.

    Parameters
    ----------
    document
        The Bokeh document of the visit.
    config
        What is opened first, if anything.
    """

    def __init__(self, document: Any, config: RunConfig | None = None) -> None:
        self._document = document
        self._state = State() if config is None else _state_of(config)
        self._shown: Answer | None = None
        self._work: Latest[State, Answer] = Latest(_answers, self._deliver, self._fail)
        first = next(_answers(self._state, lambda *_: None))
        self._widgets = _Widgets(self._state, self._change, self._open, self._pin, self._clear)
        self._charts = _Charts(first)
        self._message = _div("message", "")
        self._build()
        self._show(self._state, first)
        if not first.final:
            self._work.ask(self._state)

    def wait(self, timeout: float) -> None:
        """Wait until everything asked for is computed, at most so many seconds."""
        self._work.wait(timeout)

    def _build(self) -> None:
        parts = {**self._widgets.roots, **self._charts.roots, "message": self._message}
        for name, model in parts.items():
            model.name = name
            self._document.add_root(model)
        self._document.title = "skymodel explore"
        self._document.template = _template()
        self._document.template_variables.update(static() | {"parts": list(self._widgets.roots)})
        self._document.js_on_event("document_ready", self._charts.sky.ready)

    def _change(self, state: State) -> None:
        self._state = state
        self._message.text = "<p class='busy' role='status'>computing …</p>"
        self._work.ask(state)

    def _deliver(self, state: State, answer: Answer) -> None:
        self._document.add_next_tick_callback(functools.partial(self._show, state, answer))

    def _fail(self, state: State, error: Exception) -> None:
        self._document.add_next_tick_callback(functools.partial(self._refuse, error))

    def _show(self, state: State, answer: Answer) -> None:
        self._shown = answer
        self._charts.show(answer)
        self._widgets.tell(answer)
        note = "" if answer.final else "<p class='busy' role='status'>coarse; a finer map is on its way …</p>"
        self._message.text = note

    def _refuse(self, error: Exception) -> None:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        self._message.text = f"<p class='refused' role='alert'>{_escaped(words)} What was shown last stays.</p>"

    def _open(self, text: str) -> None:
        try:
            config = opened(text)
        except (ValueError, TypeError) as error:
            self._refuse(error)
            return
        self._state = _state_of(config)
        self._widgets.follow(self._state)
        self._change(self._state)

    def _pin(self) -> None:
        if self._shown is not None:
            self._charts.pin(self._shown)
            self._widgets.pin(self._shown, choices.label(self._state))

    def _clear(self) -> None:
        self._charts.clear()
        self._widgets.clear()


def _state_of(config: RunConfig) -> State:
    return State(halo=OPENED, electrons=OPENED, opened=config, z_sun=1e3 * config.observer.z_sun)


def _answers(state: State, progress: Progress) -> Iterator[Answer]:
    return answers(state.config(), progress)


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)


def _div(name: str, text: str) -> Any:
    from bokeh.models import Div

    return Div(text=text, name=name, sizing_mode="stretch_width", disable_math=True)


class _Widgets:
    """What a visitor moves, and the texts that follow."""

    def __init__(
        self,
        state: State,
        change: Callable[[State], None],
        open_text: Callable[[str], None],
        pin: Callable[[], None],
        clear: Callable[[], None],
    ) -> None:
        from bokeh.models import Button, Select, TextAreaInput

        self._state, self._change, self._silent = state, change, False
        halos = [(key, choice.label) for key, choice in HALOS.items()]
        self._halo = Select(title="Dark matter", value=state.halo, options=[*halos, (OPENED, OPENED)])
        self._electrons = Select(title="Electrons", value=state.electrons, options=_grouped())
        self._sliders = {"halo": _sliders(HALOS), "electrons": _sliders(ELECTRONS)}
        self._emission = {slider.key: _slider(slider) for slider in EMISSION}
        self._height = _slider(HEIGHT, state.z_sun)
        self._numbers, self._yaml, self._python, self._pinned = (
            _div(name, "") for name in ("numbers", "yaml", "python", "pinned")
        )
        self._text = TextAreaInput(title="Open a configuration: paste its YAML", rows=6, sizing_mode="stretch_width")
        buttons = {
            name: Button(label=label)
            for name, label in (("open", "Open"), ("pin", "Pin this model"), ("clear", "Clear pins"))
        }
        buttons["open"].on_click(lambda: open_text(self._text.value))
        buttons["pin"].on_click(pin)
        buttons["clear"].on_click(clear)
        for widget in (self._halo, self._electrons, self._height, *self._emission.values()):
            widget.on_change("value", self._moved)
        for found in self._sliders.values():
            for each in found.values():
                for widget in each.values():
                    widget.on_change("value", self._moved)
        self.roots = self._rooted(buttons)
        self._reveal()

    def _rooted(self, buttons: Mapping[str, Any]) -> dict[str, Any]:
        from bokeh.layouts import column

        rows = {side: [w for each in found.values() for w in each.values()] for side, found in self._sliders.items()}
        left = column(
            self._halo,
            *rows["halo"],
            self._electrons,
            *rows["electrons"],
            *self._emission.values(),
            self._height,
            buttons["pin"],
            buttons["clear"],
        )
        left.sizing_mode = "stretch_width"
        return {
            "controls": left,
            "numbers": self._numbers,
            "pinned": self._pinned,
            "yaml": self._yaml,
            "python": self._python,
            "text": self._text,
            "open": buttons["open"],
        }

    def follow(self, state: State) -> None:
        """Show a state that did not come from the widgets."""
        self._silent = True
        self._state = state
        self._halo.value, self._electrons.value, self._height.value = state.halo, state.electrons, state.z_sun
        self._reveal()
        self._silent = False

    def tell(self, answer: Answer) -> None:
        """Show the numbers and texts of an answer."""
        self._numbers.text = fluxes_text(answer)
        self._yaml.text = f"<pre tabindex='0'>{_escaped(yaml_text(answer.config))}</pre>"
        self._python.text = f"<pre tabindex='0'>{_escaped(python_text(answer.config))}</pre>"

    def pin(self, answer: Answer, name: str) -> None:
        """Keep an answer's numbers beside those that follow."""
        self._pinned.text = f"<h3>Pinned: {_escaped(name)}</h3>{fluxes_text(answer)}"

    def clear(self) -> None:
        """Forget what was pinned."""
        self._pinned.text = ""

    def _moved(self, attribute: str, old: Any, new: Any) -> None:
        if self._silent:
            return
        values = {
            side: {key: w.value for key, w in self._sliders[side].get(select.value, {}).items()}
            for side, select in self._selects.items()
        }
        self._state = replace(
            self._state,
            halo=self._halo.value,
            electrons=self._electrons.value,
            halo_values=values["halo"],
            electrons_values=values["electrons"],
            emission_values={key: widget.value for key, widget in self._emission.items()},
            z_sun=self._height.value,
        )
        self._reveal()
        self._change(self._state)

    @property
    def _selects(self) -> dict[str, Any]:
        return {"halo": self._halo, "electrons": self._electrons}

    def _reveal(self) -> None:
        for side, select in self._selects.items():
            for key, each in self._sliders[side].items():
                for widget in each.values():
                    widget.visible = key == select.value


def _grouped() -> dict[str, list[tuple[str, str]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, choice in ELECTRONS.items():
        groups.setdefault(choice.group, []).append((key, choice.label))
    return groups | {"a file": [(OPENED, OPENED)]}


def _sliders(offered: Mapping[str, Choice]) -> dict[str, dict[str, Any]]:
    return {key: {slider.key: _slider(slider) for slider in choice.sliders} for key, choice in offered.items()}


def _slider(slider: Slider, value: float | None = None) -> Any:
    from bokeh.models import Slider as Widget

    start = slider.start if value is None else min(max(value, slider.low), slider.high)
    ends = {"start": slider.low, "end": slider.high, "step": slider.step}
    return Widget(title=slider.label, value=start, name=slider.key, sizing_mode="stretch_width", **ends)


class _Charts:
    """The sky, the profiles and the spectrum, of what is shown and of what is pinned."""

    def __init__(self, answer: Answer) -> None:
        from bokeh.models import ColumnDataSource

        regions = {"INTEGRAL, 6°": INTEGRAL_CIRCLE, "COMPTEL": COMPTEL_WINDOW}
        self.sky: Sky = sky_chart(*_maps(answer)[:2], regions, "sky", _maps(answer)[2])
        self._sources = {name: ColumnDataSource(_curves(answer)[name]) for name in ("along", "across", "spectrum")}
        self._pins = {name: ColumnDataSource({key: [] for key in ("x", "y")}) for name in self._sources}
        self.roots = {"sky": self.sky.chart, "profiles": self._profiles(), "spectrum": self._spectrum()}

    def show(self, answer: Answer) -> None:
        """Show an answer."""
        self.sky.show(*_maps(answer))
        for name, data in _curves(answer).items():
            self._sources[name].data = data

    def pin(self, answer: Answer) -> None:
        """Keep an answer's curves, thin and dashed."""
        for name, data in _curves(answer).items():
            self._pins[name].data = data

    def clear(self) -> None:
        """Forget the pinned curves."""
        for source in self._pins.values():
            source.data = {"x": [], "y": []}

    def _profiles(self) -> Any:
        chart = frame(
            "angle from the Galactic centre [deg]",
            f"511 keV line [{_UNIT}]",
            x_axis_type="log",
            y_axis_type="log",
            height=300,
        )
        for number, (name, words) in enumerate((("along", "b = 0"), ("across", "l = 0"))):
            chart.line("x", "y", source=self._sources[name], color=COLOURS[number], line_width=2, legend_label=words)
            chart.line("x", "y", source=self._pins[name], color=COLOURS[number], line_dash="dashed", line_width=1)
        return finish_legend(chart)

    def _spectrum(self) -> Any:
        chart = frame(
            "photon energy k [MeV]",
            "k² dΦ/(dΩ dk) [MeV cm⁻² s⁻¹ sr⁻¹]",
            x_axis_type="log",
            y_axis_type="log",
            height=300,
        )
        seen = comptel()
        edges = list(zip(*seen.bins, strict=True))
        low, high = (
            [value + sign * error for value, error in zip(seen.intensity, seen.error, strict=True)] for sign in (-1, 1)
        )
        chart.quad(
            left=edges[0],
            right=edges[1],
            bottom=low,
            top=high,
            color="#b0b5ba",
            line_color="#55585c",
            legend_label="COMPTEL",
        )
        chart.line("x", "y", source=self._sources["spectrum"], color=COLOURS[0], line_width=2, legend_label="with W")
        chart.line("x", "y", source=self._pins["spectrum"], color=COLOURS[0], line_dash="dashed", line_width=1)
        chart.xaxis[0].ticker = [0.3, 0.5, 1, 2, 5, 10, 20, 40]
        return finish_legend(chart)


def _maps(answer: Answer) -> tuple[dict[str, SkyMap], dict[str, str], dict[str, float]]:
    continuum = answer.config.emission.continuum.name
    maps = {"LINE": answer.line, "CONTINUUM": answer.line * answer.band}
    titles = {
        "LINE": "511 keV line",
        "CONTINUUM": continuum.replace("CONTINUUM_", "continuum, ").replace("_", "-") + " MeV",
    }
    return maps, titles, dict.fromkeys(maps, answer.config.anchor.relative_error)


def _curves(answer: Answer) -> dict[str, dict[str, Any]]:
    def positive(values: Any) -> Any:
        return np.where(np.asarray(values) > 0, values, np.nan)

    return {
        "along": {"x": ANGLES, "y": positive(answer.along)},
        "across": {"x": ANGLES[ANGLES <= 90], "y": positive(answer.across)},
        "spectrum": {"x": ENERGIES, "y": np.where(answer.spectrum > 1e-5, answer.spectrum, np.nan)},
    }


def _template() -> Any:
    from importlib.resources import files

    import jinja2

    text = files("skymodel.explore").joinpath("templates", "explore.html.j2").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True).from_string(text)
