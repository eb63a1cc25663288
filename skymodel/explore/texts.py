"""What the explorer says of an answer: its numbers as a table, its configuration as YAML and as Python."""

from __future__ import annotations

import yaml

from skymodel.explore.answers import Answer
from skymodel.output.figures.names import map_name, region_name
from skymodel.output.numbers import number
from skymodel.runs.config.model import RunConfig


def fluxes_text(answer: Answer) -> str:
    """Return W and the mean intensities as HTML; every part of it is the framework's own text or a number."""
    measured = answer.config.anchor.relative_error
    rows = "".join(
        f"<tr><td>{map_name(band)}</td><td>{region_name(region)}</td><td>{value:.4g} ± {measured * value:.1g}</td></tr>"
        for (band, region), value in answer.intensities.items()
    )
    head = f"<p class='w'>W = {number(*answer.window).replace('+-', '±')}</p>"
    return f"{head}<table><tr><th>band</th><th>region</th><th>mean ± measured [cm⁻² s⁻¹ sr⁻¹]</th></tr>{rows}</table>"


def yaml_text(config: RunConfig) -> str:
    """Return the configuration as a file: ``skymodel run`` of it computes what the page shows, and all else."""
    body = {key: value for key, value in config.resolved().items() if key != "verdict"}
    return yaml.safe_dump(body, sort_keys=False, width=100, allow_unicode=True)


def python_text(config: RunConfig) -> str:
    """Return Python that computes what the page shows."""
    observer = config.observer
    return (
        "import skymodel as sm\n\n"
        "config = sm.load_config('mine.yaml')  # the YAML beside this, saved\n"
        "pair = config.dark_matter * config.electrons\n"
        f"here = sm.Observer(r_sun={observer.r_sun!r}, z_sun={observer.z_sun!r})\n"
        f"end = {{'r_max': {config.path.r_max!r}, 's_max': {config.path.s_max!r}}}\n"
        "sky = sm.project(pair, nside=64, observer=here, **end)\n"
        "w = sm.window_factor(pair, observer=here, **end)\n"
        "print(w.value, w.error)\n"
    )
