"""Where the sky is seen from, in a file's words and in Python's."""

import pytest
from astropy import units as u

import skymodel as sm
from skymodel.runs.config.observer import ObserverConfig, PathConfig, read_observer
from tests.runs.config.test_model import make, refusal


@pytest.mark.parametrize("given", ["8.178 kpc", "8178 pc", 8.178 * u.kpc, {"r_sun": "8.178 kpc"}, sm.Observer(8.178)])
def test_a_distance_with_its_unit_is_an_observer_in_the_plane(given):
    observer = make(observer=given).observer
    assert (observer.r_sun, observer.z_sun) == (pytest.approx(8.178, rel=1e-15), 0.0)  # a rounding of the unit


def test_python_s_tuple_has_both_numbers():
    assert read_observer((8.178, 0.0208)) == {"r_sun": "8.178 kpc", "z_sun": "0.0208 kpc"}
    assert ObserverConfig(**read_observer((8.178, 0.0208))).build() == sm.Observer(8.178, 0.0208)


@pytest.mark.parametrize("given", [8.2, 8, "8.2"])
def test_a_bare_number_is_refused_with_what_to_write(given):
    message = refusal(observer=given)
    assert message.startswith("observer")
    assert f"{given} has no unit; write" in message
    assert f"'{given} kpc'" in message


@pytest.mark.parametrize("given", ["here", True, None, ["8.2 kpc", "20 pc"]])
def test_anything_else_is_refused_with_all_that_is_allowed(given):
    message = refusal(observer=given)
    assert message.startswith(f"observer: {given!r} is no observer; allowed: '8.178 kpc', {{r_sun: 8.178 kpc, z_sun: ")
    assert "Observer(r_sun=8.178, z_sun=0.0208)" in message


def test_a_path_ends_once():
    assert PathConfig(s_max="25 kpc").s_max == 25.0
    with pytest.raises(ValueError, match="exactly one of r_max and s_max"):
        PathConfig()
