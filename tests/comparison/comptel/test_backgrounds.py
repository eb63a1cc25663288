import numpy as np
import pytest
from astropy.table import Table
from scipy.integrate import quad, trapezoid

from skymodel.comparison.comptel.backgrounds import background, background_curve, background_names, steps
from skymodel.comparison.comptel.spectra import comptel
from skymodel.datafiles import data_path


def test_none_and_the_four_published_models_are_there():
    assert background_names() == ("none", "Ackermann", "Orlando_DRE", "Orlando_DRELowV", "z04LMS")
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


def test_the_lowest_model_is_its_own_table_where_it_was_published_and_an_estimate_elsewhere():
    table = Table.read(data_path("galprop_54_z04LMS_total_bouchet2011_fig7_l30_b15.ecsv"))
    for (low, high), mean in zip(comptel("l30_b15").bins, background("z04LMS", comptel("l30_b15")), strict=True):
        grid = np.geomspace(low, high, 4001)
        curve = np.exp(np.interp(np.log(grid), np.log(table["E"]), np.log(table["E2I"])))
        assert mean == pytest.approx(trapezoid(curve, np.log(grid)) / np.log(high / low), rel=1e-6)
    models = [name for name in background_names() if name not in ("none", "z04LMS")]
    ratios = [background(name, comptel("l30_b5")) / background(name, comptel("l30_b15")) for name in models]
    estimate = background("z04LMS", comptel("l30_b5")) / background("z04LMS", comptel("l30_b15"))
    assert np.all(estimate < 1.02 * np.max(ratios, axis=0))
    assert np.all(estimate > 0.98 * np.min(ratios, axis=0))
    assert np.ptp(ratios, axis=0).max() / 2 < 0.1 * np.mean(ratios)  # the stated ten per cent


@pytest.mark.parametrize("window", ["l30_b5", "l30_b15", "l60_b20"])
def test_the_lowest_model_lies_below_the_other_three(window):
    lowest = background("z04LMS", comptel(window))
    others = [background(name, comptel(window)) for name in background_names()[1:-1]]
    assert np.all(lowest < np.min(others, axis=0))


@pytest.mark.parametrize("name", ["Ackermann", "Orlando_DRE", "Orlando_DRELowV"])
def test_curves_are_smooth_where_the_table_steps_and_bins_keep_the_table(name):
    found = steps(name)
    assert set(found) == {1.0, 10.0}
    assert max(map(abs, found.values())) > 0.02  # there is something to smooth
    curve = background_curve(name)
    for energy in found:
        below, above = curve([energy * (1 - 1e-9), energy * (1 + 1e-9)])
        assert above == pytest.approx(below, rel=1e-7)
    table = Table.read(data_path("galprop_tsuji2023_box_averages.ecsv"))
    rows = table[(table["model"] == name) & (table["region"] == "|l|<30,|b|<5")]
    at_one = rows["E2I"][rows["E"] == 1.0]
    assert curve(1.0) == pytest.approx(np.sqrt(at_one[0] * at_one[1]), rel=1e-12)
    assert curve(0.1) == pytest.approx(rows["E2I"][0], rel=1e-12)  # the ends stay


def test_the_flux_above_one_mev_of_the_positrons_in_flight_is_that_of_the_shipped_spectrum():
    import yaml

    entry = yaml.safe_load(data_path("line511.yaml").read_text(encoding="utf-8"))["knoedlseder2025_inflight"]
    table = Table.read(data_path("inflight_knoedlseder2025_model_spectrum.ecsv"))
    energy, flux = (np.asarray(table[name], dtype=float) for name in ("E", "F"))
    keep = flux > 0
    energy, flux = energy[keep], flux[keep]
    grid = np.geomspace(1000, energy[-1], 20001)
    straight = trapezoid(np.interp(grid, energy, flux), grid)
    power = trapezoid(np.exp(np.interp(np.log(grid), np.log(energy), np.log(flux))), grid)
    quoted = entry["flux_above_1MeV_of_shipped_spectrum"]
    assert power < quoted < straight * 1.02
    assert quoted == pytest.approx(straight, rel=0.02)  # what lies between two rows is open by as much
    assert quoted == pytest.approx(power, rel=0.02)


def test_the_labels_of_comptels_figure_read_as_edges_would_lower_the_window_factor_of_a_cuspy_sky():
    from profiles import NFW, library
    from skymodel.sightlines.means import region_mean
    from skymodel.sky.regions import Box

    pair = NFW() * library.electrons("mcmillan2017_baryons")
    whole = region_mean(pair, Box(lon=(-30, 30), lat=(-5, 5)), r_max=60, rtol=1e-3).value
    literal = Box(lon=(0.5, 30), lat=(-5, 5)) | Box(lon=(-30, -1), lat=(-5, 5))
    assert 0.16 < 1 - region_mean(pair, literal, r_max=60, rtol=1e-3).value / whole < 0.27
