"""Every density tells what it is and what its parameters mean."""

import dataclasses

import pytest

from profiles import library
from profiles.contract.fields import field_kinds

PLAIN = [name for name in library.names() if dataclasses.is_dataclass(library.get(name))]


@pytest.mark.parametrize("name", PLAIN)
def test_every_profile_tells_what_it_is_and_what_each_parameter_means(name):
    about = library.about(name)
    kinds = field_kinds(library.get(name))
    for parameter in about.parameters:
        assert len(parameter.meaning) > 5, parameter.name
        if parameter.name in kinds:
            assert parameter.unit == kinds[parameter.name].unit
    assert len(about.summary) > 20
    assert "\\" not in str(about)


def test_a_lambda_cannot_be_described():
    from profiles import from_function

    with pytest.raises(ValueError, match="lambda"):
        library.describe(from_function(lambda x, y, z: x, unit="cm-3"))


def test_what_stands_for_the_amplitude_and_the_keys_of_files_are_told():
    halo, cube = str(library.about("generalized_nfw")), str(library.about("grid"))
    for way in (
        "or local_density [GeV cm-3] with r_sun [kpc]",
        "or m_200 [Msun] with c; h = 0.674",
        "or mass [Msun] with c",
    ):
        assert way in halo
    assert "or Sigma_0 [Msun kpc-2] with z_d [kpc]" in str(library.about("exponential_disk"))
    for key in ("x, y, z and values", "length_unit", "unit  "):
        assert key in cube
