"""Every choice of the explorer is a configuration, at both ends of each of its sliders."""

import pytest
import yaml

from skymodel.explore.choices import ELECTRONS, EMISSION, HALOS, OPENED, State, label
from skymodel.explore.texts import python_text, yaml_text
from skymodel.runs.config.model import RunConfig, load_config


@pytest.mark.parametrize("end", ["low", "start", "high"])
@pytest.mark.parametrize("halo", HALOS)
def test_every_halo_is_a_configuration_wherever_its_sliders_stand(halo, end):
    values = {slider.key: getattr(slider, end) for slider in HALOS[halo].sliders}
    made = State(halo=halo, halo_values=values).config().dark_matter
    for key, value in values.items():
        assert getattr(made, key) == pytest.approx(value)


@pytest.mark.parametrize("electrons", ELECTRONS)
def test_every_distribution_of_electrons_is_a_configuration(electrons):
    assert str(State(electrons=electrons).config().electrons.unit) == "1 / cm3"


@pytest.mark.parametrize("slider", EMISSION, ids=lambda slider: slider.key)
def test_the_sliders_of_the_emission_reach_it(slider):
    made = State(emission_values={slider.key: slider.high}).config().emission
    assert getattr(made, slider.key) == pytest.approx(slider.high)


def test_the_height_of_the_sun_is_in_parsecs():
    assert State(z_sun=20.8).config().observer.z_sun == pytest.approx(0.0208)


def test_what_was_opened_stays_beneath_the_sliders():
    opened = load_config("paper")
    state = State(halo=OPENED, electrons=OPENED, opened=opened, emission_values={"chi": 0.3})
    assert state.config().dark_matter == opened.dark_matter
    assert state.config().emission.chi == 0.3
    assert "opened" in label(state)


def test_the_yaml_shown_is_the_configuration_shown():
    config = State(halo="einasto", electrons="bulge").config()
    again = RunConfig(**yaml.safe_load(yaml_text(config)))
    assert (again.dark_matter, again.electrons, again.emission) == (
        config.dark_matter,
        config.electrons,
        config.emission,
    )


def test_the_python_shown_runs(tmp_path, monkeypatch, capsys):
    config = State().config()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(yaml_text(config), encoding="utf-8")
    exec(compile(python_text(config), "shown", "exec"), {})
    assert capsys.readouterr().out.startswith("0.3810")
