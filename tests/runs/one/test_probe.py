"""A density that is none is refused in the user's words before anything is integrated."""

import numpy as np
import pytest

from profiles import NFW, ExponentialDisk, RadialTable, from_function
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.probe import require_densities, require_sound


def refuse(function):
    return require_sound("electrons", from_function(function, unit="cm-3"), 82.0)


def test_a_density_passes():
    require_sound("dark_matter", NFW(), 82.0)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x, y, z: np.where(x > 3, np.nan, 1.0), r"electrons is nan at \(x, y, z\) = \("),
        (lambda x, y, z: np.where(np.hypot(x, y) > 60, np.inf, 1.0), r"electrons is inf at"),
        (lambda x, y, z: 1 - x**2 / 400, r"electrons is -\d"),
        (lambda x, y, z: np.ones((2, 2)), r"electrons returned float64 of shape \(2, 2\)"),
        (lambda x, y, z: 1.0, r"shape \(\) for coordinates of shape \(60,\)"),
        (lambda x, y, z: np.full(x.shape, "dense"), "electrons returned <U5"),
        (lambda x, y, z: 1 / 0, "electrons raised ZeroDivisionError"),
        (lambda x: x, r"electrons raised TypeError .*arrays x, y, z \[kpc\]"),
    ],
)
def test_what_is_no_density_is_refused_with_its_field(function, message):
    with pytest.raises(ValueError, match=message):
        refuse(function)


def test_the_place_in_the_message_is_where_it_goes_wrong():
    with pytest.raises(ValueError, match="is nan") as caught:
        refuse(lambda x, y, z: np.where(z > 2, np.nan, 1.0))
    place = str(caught.value).split("= (")[1].split(")")[0]
    assert float(place.split(", ")[2]) > 2


@pytest.mark.parametrize("path", [{"r_max": "30 kpc"}, {"s_max": "16 kpc"}])
def test_a_table_that_ends_before_the_path_is_named_and_one_that_ends_with_it_passes(path):
    r = np.geomspace(0.001, 100, 60)
    ends = {
        reach: RadialTable.from_arrays(r / 100 * reach, 1 / r, unit="GeV cm-3", beyond="refuse") for reach in (19, 30)
    }
    config = {"electrons": ExponentialDisk(), "path": path}
    require_densities(RunConfig(dark_matter=ends[30], **config))
    with pytest.raises(ValueError, match=r"^dark_matter: the radial table ends at 19 kpc; declare what is beyond"):
        require_densities(RunConfig(dark_matter=ends[19], **config))
