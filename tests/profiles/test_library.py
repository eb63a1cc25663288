"""The shelf through its doors: presets, roles, references, the catalogue."""

import pickle

import numpy as np
import pytest

from profiles import library
from tests.profiles.shelf.test_configuration import POINTS


def test_a_model_gives_each_role_its_share():
    assert library.dark_matter("mcmillan2017") == library.build("mcmillan2017_halo")
    electrons = library.electrons({"preset": "mcmillan2017"})
    assert electrons == library.electrons("mcmillan2017_baryons")
    assert len(library.build("mcmillan2017").parts) == 6


@pytest.mark.parametrize("name", library.preset_names())
def test_every_preset_builds_describes_itself_and_pickles(name):
    density = library.build(name)
    again = library.build(library.describe(density))
    assert again == density
    assert pickle.loads(pickle.dumps(density)) == density
    values = density(*POINTS)
    assert np.all(np.isfinite(values))
    assert np.all(values >= 0)


@pytest.mark.parametrize("name", library.preset_names())
def test_every_preset_tells_its_reference_status_and_role(name):
    about = library.about(name)
    assert len(about.reference) > 10
    assert len(about.status) > 5
    assert library.preset(name).role in {"dark_matter", "baryons", "electrons", "hydrogen", "model"}


def test_what_is_from_memory_is_marked_for_the_user():
    assert not library.preset("vincent2012_einasto").verified
    assert library.preset("mcmillan2017_halo").verified
    assert "unverified" in str(library.about("vincent2012_einasto"))
    assert "unverified" in library.about("dwek_bar").status


def test_the_catalogue_has_a_row_for_everything():
    rows = {row.name: row for row in library.catalogue()}
    assert set(rows) == {*library.names(), *library.preset_names()}
    assert rows["nfw"].package == "skymodel"


def test_a_preset_of_the_wrong_role_is_refused():
    with pytest.raises(ValueError, match="'paper_halo' holds no baryons"):
        library.electrons("paper_halo")
    with pytest.raises(ValueError, match="'ne2001' holds no dark matter"):
        library.dark_matter("ne2001")
    with pytest.raises(ValueError, match="dark matter needs a mass density"):
        library.dark_matter({"type": "exponential_disk", "n_0": "1 cm-3"})
    with pytest.raises(ValueError, match="dark matter needs a mass density"):
        library.dark_matter({"type": "nfw", "local_density": "0.4 cm-3", "r_sun": "8 kpc"})
