"""Sums of many densities: built in time that grows with their number, refused beyond what builds in seconds."""

import pytest

from profiles import NFW
from profiles.contract.algebra import Sum
from skymodel.runs.config.model import RunConfig


def test_a_sum_of_too_many_components_is_refused_before_it_is_built():
    with pytest.raises(ValueError, match="electrons: a sum of 4001 components; allowed: 4000"):
        RunConfig(dark_matter="fermi_nfw", electrons=[["nfw"] * 4000, "nfw"])


def test_a_sum_holds_its_components_in_one_list_each_in_the_unit_of_the_first():
    parts = [{"type": "nfw", "rho_s": f"{number} GeV cm-3"} for number in range(1, 6)]
    found = RunConfig(dark_matter=[*parts, {"preset": "fermi_nfw"}], electrons="ymw16").dark_matter
    assert isinstance(found, Sum)
    assert found.parts[:5] == tuple(NFW(rho_s=float(number)) for number in range(1, 6))
    assert {part.unit for part in found.parts} == {found.unit}
