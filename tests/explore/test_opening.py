"""What a browser sends is read as a configuration and as nothing else."""

import pytest

from skymodel.explore.opening import opened

GOOD = "dark_matter: {type: nfw, r_s: 20 kpc}\nelectrons: [{preset: mcmillan2017_gas}]\n"


def test_a_configuration_is_opened():
    assert opened(GOOD).dark_matter.r_s == 20


@pytest.mark.parametrize(
    "text",
    [
        "dark_matter: {type: 'os:system', command: 'touch obeyed'}\nelectrons: [{preset: mcmillan2017_gas}]",
        "dark_matter: 'os:system'\nelectrons: [{preset: mcmillan2017_gas}]",
        "dark_matter: {type: nfw}\nelectrons: ['subprocess:getoutput']",
        "dark_matter: {type: grid, file: /etc/passwd}\nelectrons: [{preset: mcmillan2017_gas}]",
        "dark_matter: {type: nfw}\nelectrons: [{type: radial_table, file: a.ecsv}]",
        "dark_matter: {preset: ../../etc/passwd}\nelectrons: [{preset: mcmillan2017_gas}]",
        "dark_matter: {type: nfw}\nelectrons: /etc/passwd",
        "!!python/object/apply:os.system ['touch obeyed']",
        "a: &a [1, 1]\nb: [*a, *a]",
        "[" * 3000,
        "- a list",
        "just text",
        "",
        "x" * 200_000,
        "dark_matter: {type: nfw}\nelectrons: [{preset: mcmillan2017_gas}]\nregions: [{file: /etc/passwd}]",
    ],
)
def test_what_names_code_or_a_file_or_is_no_configuration_is_refused_in_one_short_line(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r".+") as refused:
        opened(text)
    assert len(str(refused.value)) < 800  # a list of all profiles has 700
    assert list(tmp_path.iterdir()) == []
