"""What is printed is never better than what was computed."""

import pytest

from skymodel.output.catalogue import about, catalogue
from skymodel.output.console import number


@pytest.mark.parametrize("value", [0.269824, 1692.709257, 7.4476e-5, 1.0])
@pytest.mark.parametrize("error", [1.01e-9, 0.00237, 0.05, 9.6e-6])
def test_the_printed_error_is_not_below_the_true_one_and_at_most_twice_it(value, error):
    _, printed = number(value, error).split(" +- ")
    assert error <= float(printed) <= 2 * error


@pytest.mark.parametrize(("value", "error"), [(0.269824, 2.37e-3), (1692.709, 0.6), (7.4476e-5, 1e-9)])
def test_the_printed_digits_lose_less_than_the_error(value, error):
    printed, _ = number(value, error).split(" +- ")
    assert abs(float(printed) - value) <= error


def test_the_catalogue_names_what_is_installed_with_a_line_each():
    entries = {entry.name: entry for entry in catalogue()}
    assert entries["nfw"].kind == "profile"
    assert entries["mcmillan2017_halo"].kind == "dark matter"
    assert all(entry.title and "\n" not in entry.title and ":math:" not in entry.title for entry in entries.values())


def test_a_preset_is_described_with_its_reference_status_and_components():
    text = about("mcmillan2017_baryons")
    for part in ("McMillan 2017", "reference:", "status:", "bulge: {type: power_law_bulge", "Msun kpc-3"):
        assert part in text


def test_a_profile_is_described_with_formula_parameters_units_and_reference():
    text = about("burkert")
    for part in (r"\rho_s / [(1 + x)(1 + x^2)]", "rho_s=0.712 GeV cm-3", "[kpc]", "Burkert 1995"):
        assert part in text


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'einasto'"):
        about("einsato")


def test_another_packages_broken_profile_is_listed_with_the_reason(monkeypatch):
    from profiles import library

    def broken(name):
        raise ValueError("the package theirs fails to import")

    monkeypatch.setattr(library, "names", lambda: ["theirs"])
    monkeypatch.setattr(library, "get", broken)
    assert catalogue()[0].title == "the package theirs fails to import"
