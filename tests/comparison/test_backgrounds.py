import numpy as np
import pytest
from astropy.table import Table
from scipy.integrate import quad

from skymodel.comparison.comptel.backgrounds import background, background_names
from skymodel.comparison.comptel.spectra import comptel
from skymodel.datafiles import data_path


def test_none_and_the_three_published_models_are_there():
    assert background_names() == ("none", "Ackermann", "Orlando_DRE", "Orlando_DRELowV")
    assert background("none", comptel()).tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["Ackermann", "Orlando_DRE", "Orlando_DRELowV"])
@pytest.mark.parametrize(("window", "region"), [("l30_b5", "|l|<30,|b|<5"), ("l60_b20", "|l|<60,|b|<20")])
def test_bin_means_are_those_of_the_log_log_interpolation_of_the_bins_own_band(name, window, region):
    table = Table.read(data_path("galprop_tsuji2023_box_averages.ecsv"))
    for (low, high), mean in zip(comptel(window).bins, background(name, comptel(window)), strict=True):
        band = "10.0to100.0MeV" if low == 10 else "1.0to10.0MeV"
        rows = table[(table["model"] == name) & (table["region"] == region) & (table["band"] == band)]
        log_k, log_y = np.log(rows["E"]), np.log(rows["E2I"])
        integral = quad(
            lambda t, x=log_k, y=log_y: np.exp(np.interp(t, x, y)),
            np.log(low),
            np.log(high),
            points=[x for x in log_k if np.log(low) < x < np.log(high)],
            epsrel=1e-11,
        )[0]
        assert mean == pytest.approx(integral / np.log(high / low), rel=1e-10)  # quad's own accuracy


def test_an_unknown_background_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="no background 'galprop'; there are 'none', 'Ackermann'"):
        background("galprop", comptel())
