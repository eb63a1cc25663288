"""A run is repeated from any of its files; what carries no configuration, or a later version's, is refused."""

import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from skymodel.output.files.fits_write import write_maps
from skymodel.output.files.origin import run_config
from skymodel.sky.skymap import SkyMap

CONFIG = {"label": "mine", "dark_matter": {"type": "nfw"}, "map": {"nside": 4}}


@pytest.fixture
def folder(tmp_path):
    """A folder with each kind of file that a run leaves."""
    write_maps(tmp_path / "maps.fits", [SkyMap([1.0] * 12, 0.0, "", name="A")], config=CONFIG)
    Table({"a": [1]}, meta={"creator": "skymodel 0.1.0", "config": CONFIG}).write(tmp_path / "fluxes.ecsv")
    text = f"# resolved by skymodel 0.1.0; `skymodel run` repeats this run\n{yaml.safe_dump(CONFIG)}"
    (tmp_path / "config.resolved.yaml").write_text(text)
    (tmp_path / "claims.txt").write_text("words")
    return tmp_path


@pytest.mark.parametrize("name", ["maps.fits", "fluxes.ecsv", "config.resolved.yaml", "claims.txt", "."])
def test_each_file_of_a_run_gives_its_configuration(folder, name):
    assert run_config(folder / name) == CONFIG


def test_files_without_a_configuration_and_of_a_later_version_are_refused(folder, tmp_path):
    fits.PrimaryHDU().writeto(tmp_path / "bare.fits")
    with pytest.raises(ValueError, match="carries no configuration"):
        run_config(tmp_path / "bare.fits")
    with fits.open(tmp_path / "maps.fits", mode="update") as hdus:
        hdus[0].header["CREATOR"] = "skymodel 99.1.0"
    with pytest.raises(ValueError, match=r"was written by skymodel 99\.1\.0; this is .*, install the newer one"):
        run_config(tmp_path / "maps.fits")
    (tmp_path / "config.resolved.yaml").unlink()
    with pytest.raises(ValueError, match="carries no configuration, and no config.resolved.yaml lies beside it"):
        run_config(tmp_path / "claims.txt")
