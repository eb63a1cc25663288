"""The page of the explorer: what is chosen on the left, what follows from it on the right."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from html import escape
from typing import Any

from skymodel.explore import choices
from skymodel.explore.answers import Answer, Progress, answers
from skymodel.explore.charts import Charts
from skymodel.explore.choices import OPENED, State
from skymodel.explore.latest import Latest
from skymodel.explore.opening import opened
from skymodel.explore.widgets import Widgets, text_part
from skymodel.output.report.page import static
from skymodel.runs.config.model import RunConfig


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
        self._widgets = Widgets(self._state, self._change, self._open, self._pin, self._clear)
        self._charts = Charts(first)
        self._message = text_part("message")
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
        words = "coarse: lines through the middles of pixels; a finer map is on its way …"
        note = "" if answer.final else f"<p class='busy' role='status'>{words}</p>"
        self._message.text = note

    def _refuse(self, error: Exception) -> None:
        words = " ".join(str(error).split())[:300] or type(error).__name__
        self._message.text = f"<p class='refused' role='alert'>{escape(words)} What was shown last stays.</p>"

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


def _template() -> Any:
    from importlib.resources import files

    import jinja2

    text = files("skymodel.explore").joinpath("templates", "explore.html.j2").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True).from_string(text)
