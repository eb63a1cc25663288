"""What a visitor moves, and the texts that follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import Any

from skymodel.explore.answers import Answer
from skymodel.explore.choices import ELECTRONS, EMISSION, HALOS, HEIGHT, OPENED, Choice, Slider, State
from skymodel.explore.texts import fluxes_text, python_text, yaml_text


def text_part(name: str) -> Any:
    """Return a part of the page that holds HTML."""
    from bokeh.models import Div

    return Div(name=name, sizing_mode="stretch_width", disable_math=True)


class Widgets:
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
            text_part(name) for name in ("numbers", "yaml", "python", "pinned")
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
        self._yaml.text = f"<pre tabindex='0'>{escape(yaml_text(answer.config))}</pre>"
        self._python.text = f"<pre tabindex='0'>{escape(python_text(answer.config))}</pre>"

    def pin(self, answer: Answer, name: str) -> None:
        """Keep an answer's numbers beside those that follow."""
        self._pinned.text = f"<h3>Pinned: {escape(name)}</h3>{fluxes_text(answer)}"

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
