"""Maps of an ensemble: those of a run, the same bits from shards, opened by xarray, whole or not counted."""

import functools

import numpy as np
import pytest
import yaml
from astropy import units
from typer.testing import CliRunner

import skymodel as sm
from skymodel.cli.app import app
from skymodel.output.files import map_store
from skymodel.output.files.map_store import open_maps
from skymodel.output.files.store import open_store
from skymodel.runs.config.model import RunConfig
from skymodel.runs.many import workers
from skymodel.runs.many.ensemble import compute
from tests.conftest import require
from tests.runs.many.test_ensemble import MODEL, R_D, R_SUN, config

MAPPED = {"model": MODEL | {"map": {"nside": 8, "rtol": 1e-3}}, "maps": True, "draws": 6}


@functools.cache
def batch(first, last):
    """Return draws of the mapped ensemble, computed once for all tests."""
    return compute(config(**MAPPED), first, last)


def stored(folder, *parts):
    store = open_store(folder, config(**MAPPED).resolved())
    for part in parts:
        store.add(*part, batch(*part).rows, batch(*part).maps)
    return store


@pytest.mark.slow
def test_a_draws_map_is_that_of_a_run_of_the_drawn_galaxy(tmp_path):
    require("xarray")
    store = stored(tmp_path / "s", (0, 6))
    sky, row = open_maps(store.folder), store.rows()[4]
    drawn = {**MAPPED["model"], "observer": {"r_sun": row["observer.r_sun"] * units.kpc}}
    drawn["electrons"] = {**MODEL["electrons"], "R_d": row["electrons.R_d"] * units.kpc}
    expected = sm.run(RunConfig(**drawn)).maps
    found = sky.sel(draw=4)
    assert np.array_equal(found.J, expected["J"].values)
    assert np.array_equal(found.J_error, expected["J"].error)
    for band in ("LINE_511", "CONTINUUM_1_20"):
        scale = float(found.intensity_per_J.sel(band=band))
        # the two anchors are integrated to 1e-3 and 1e-5
        np.testing.assert_allclose(found.J * scale, expected[band].values, rtol=1.1e-3)
        assert float(found.intensity_per_J_error.sel(band=band)) <= 1.1e-3 * scale


def test_one_dataset_says_what_it_holds(tmp_path):
    xarray = require("xarray")
    store = stored(tmp_path / "s", (0, 3), (3, 6))
    sky = open_maps(store.folder)
    assert isinstance(sky, xarray.Dataset)
    assert dict(sky.sizes) == {"draw": 6, "pixel": 768, "band": 2}
    assert sky.draw.values.tolist() == list(range(6))
    assert sky.band.values.tolist() == ["LINE_511", "CONTINUUM_1_20"]
    assert sky.attrs == {"pixelisation": "HEALPix", "nside": 8, "ordering": "RING", "frame": "galactic"}
    assert sky.J.attrs["units"] == "GeV cm-6 kpc"
    assert sky.J.chunks is not None  # opened, not read
    intensity = sky.J * sky.intensity_per_J
    assert intensity.dims == ("draw", "pixel", "band")
    # The anchor: a line of 0.025 ph cm-2 s-1 sr-1 in INTEGRAL's circle, whatever is drawn; J there is in the row.
    line = sky.intensity_per_J.sel(band="LINE_511").values * store.rows()["mean_circle"]
    assert line == pytest.approx(0.025, rel=1.1e-3)  # the means' 1e-3 and 1e-4


def test_shards_and_one_process_keep_the_same_bits(tmp_path):
    require("xarray")
    whole = open_maps(stored(tmp_path / "one", (0, 6)).folder)
    parts = [part for index in (1, 0, 2) for part in workers.shard([(0, 6)], 6, index, 3)]
    shards = open_maps(stored(tmp_path / "three", *parts).folder)
    for name in whole.data_vars:
        assert whole[name].values.tobytes() == shards[name].values.tobytes()


def test_maps_without_their_rows_are_not_counted_and_are_written_again(tmp_path):
    require("xarray")
    store, late = stored(tmp_path / "s", (0, 3)), batch(3, 6)
    map_store.add_maps(store.folder, late.maps)  # killed here
    assert store.missing(6) == [(3, 6)]
    assert open_maps(store.folder).draw.values.tolist() == [0, 1, 2]
    store.add(3, 6, late.rows, late.maps)
    assert open_maps(store.folder).draw.values.tolist() == [0, 1, 2, 3, 4, 5]


def test_overlapping_parts_give_each_draw_once(tmp_path):
    require("xarray")
    stored(tmp_path / "s", (0, 3), (2, 4), (3, 6))
    sky = open_maps(tmp_path / "s")
    assert sky.draw.values.tolist() == list(range(6))
    assert np.array_equal(sky.J[5], batch(4, 6).maps.J[1])


def test_a_full_disk_leaves_no_half_written_maps_and_no_rows(tmp_path, monkeypatch):
    require("xarray")
    store = stored(tmp_path / "s", (0, 3))
    before = sorted(path.name for path in store.folder.iterdir())

    def full(content, path):
        path.mkdir()
        (path / "J").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    late = batch(3, 6)
    monkeypatch.setattr(map_store, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        store.add(3, 6, late.rows, late.maps)
    assert sorted(path.name for path in store.folder.iterdir()) == before
    assert store.missing(6) == [(3, 6)]


def test_a_draw_that_fails_is_a_map_of_nan():
    steep = {"nfw": {"type": "nfw"}, "steep": {"type": "generalized_nfw", "gamma": 2.5}}
    halo = {"parameter": "dark_matter", "distribution": "choice", "options": steep}
    model = {**MAPPED["model"], "electrons": {"type": "hernquist_bulge"}}
    found = compute(config(model=model, priors=[halo], maps=True), 0, 6)
    failed = found.rows["failure"] != ""
    assert 0 < failed.sum() < 6
    assert np.isnan(found.maps.J[failed]).all()
    assert np.isnan(found.maps.intensity_per_J[failed]).all()
    assert (found.maps.J[~failed] > 0).all()


def test_maps_of_different_resolutions_are_refused():
    sizes = {"parameter": "map.nside", "distribution": "choice", "options": {"low": 8, "high": 16}}
    with pytest.raises(ValueError, match="no prior may change map.nside"):
        config(**MAPPED, priors=[sizes])


def test_a_folder_without_maps_says_how_to_make_them(tmp_path):
    require("xarray")
    made = config(draws=2)
    open_store(tmp_path / "s", made.resolved()).add(0, 2, compute(made, 0, 2).rows)
    with pytest.raises(ValueError, match="holds no maps; make them with skymodel ensemble --maps"):
        open_maps(tmp_path / "s")


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = {"model": MAPPED["model"], "priors": [R_D, R_SUN], "draws": 3}
    (tmp_path / "galaxies.yaml").write_text(yaml.safe_dump(content))
    return lambda *more: CliRunner().invoke(app, ["ensemble", "galaxies.yaml", "--out", "out", *more])


@pytest.mark.usefixtures("undrawn")
def test_the_command_keeps_maps_and_goes_on_with_the_missing_draws(call, tmp_path):
    require("xarray")
    assert call("--maps", "--shard", "2/2").exit_code == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("maps-*")}
    outcome = call("--maps")
    assert outcome.exit_code == 0, outcome.output
    assert "1 draws computed, 0 of 3" in outcome.output
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert open_maps("out").draw.values.tolist() == [0, 1, 2]
    assert not np.isnan(open_maps("out").J.values).any()
    assert "maps differ" in call().stderr


def test_without_the_extra_the_command_says_what_to_install(call, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    outcome = call("--maps")
    assert outcome.exit_code == 2
    assert "pip install 'skymodel[maps]'" in outcome.stderr
    assert outcome.stderr.count("\n") == 1
