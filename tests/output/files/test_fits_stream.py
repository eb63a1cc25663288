"""Maps larger than the memory: written chunk by chunk, equal to those made whole, and never left half-written."""

import healpy
import numpy as np
import pytest
from typer.testing import CliRunner

import skymodel as sm
from profiles import NFW, ExponentialDisk
from skymodel.cli import app as cli
from skymodel.sightlines.pixels import tiling
from skymodel.sightlines.ray.integrate import SightLines

DISK = NFW(r_s=20.0) * ExponentialDisk(R_d=2.6, z_d=0.3)
OPTIONS = {"observer": sm.Observer(8.2), "r_max": 60.0, "rtol": 1e-4}
HEADER = sm.MapHeader("J", "GeV kpc cm-6")
NSIDE = 64  # below, a map is made whole


@pytest.fixture(autouse=True)
def many_chunks(monkeypatch):
    monkeypatch.setattr(tiling, "CHUNK", 6000)


def pieces(chunks):
    return (np.stack([chunk.values, chunk.error]) for chunk in chunks)


def test_a_file_written_chunk_by_chunk_holds_the_map(tmp_path):
    path = tmp_path / "map.fits"
    sm.write_map_pieces(path, NSIDE, [HEADER], pieces(sm.project_chunks(DISK, NSIDE, **OPTIONS)))
    whole = sm.project(DISK, NSIDE, **OPTIONS)
    assert np.allclose(healpy.read_map(path, hdu=1, dtype=np.float64), whole.values, rtol=1e-13, atol=0)
    back = sm.read_maps(path)["J"]
    assert back.unit == whole.unit
    assert np.allclose(back.error, whole.error, rtol=1e-6, atol=0)


def test_an_interruption_between_chunks_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "map.fits"
    path.write_text("old")

    def interrupted():
        for number, piece in enumerate(pieces(sm.project_chunks(DISK, NSIDE, **OPTIONS))):
            if number == 3:
                raise KeyboardInterrupt
            yield piece

    with pytest.raises(KeyboardInterrupt):
        sm.write_map_pieces(path, NSIDE, [HEADER], interrupted())
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["map.fits"]


@pytest.mark.parametrize("call", [1, 4])
def test_an_interruption_while_a_run_projects_leaves_nothing(tmp_path, monkeypatch, call):
    (tmp_path / "mine.yaml").write_text(
        "dark_matter: {type: nfw, r_s: 20 kpc}\n"
        "electrons: [{type: exponential_disk, z_d: 0.3 kpc}]\n"
        "map: {nside: 4, rtol: 1.0e-3}\n"
    )
    monkeypatch.chdir(tmp_path)
    integrate, calls = SightLines.integrate, []

    def interrupted(self, directions, **options):
        calls.append(len(directions))
        if len(calls) == call:
            raise KeyboardInterrupt
        return integrate(self, directions, **options)

    monkeypatch.setattr(SightLines, "integrate", interrupted)
    outcome = CliRunner().invoke(cli.app, ["run", "mine.yaml", "--out", "out"])
    assert outcome.exit_code == 130
    assert len(calls) == call  # it was in the middle of integrating
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.yaml"]
