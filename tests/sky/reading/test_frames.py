"""Maps of other frames are turned with their flux, their mask and their errors."""

import healpy
import numpy as np
import pytest

import skymodel as sm
from skymodel.sky.reading.frames import rotation
from tests.sky.reading.written import NPIX, NSIDE, THETA, A, signal


@pytest.mark.parametrize(("letter", "frame"), [("C", "icrs"), ("E", "barycentricmeanecliptic")])
def test_maps_of_other_frames_are_turned_with_their_flux(save, letter, frame):
    axis = rotation(frame).T @ healpy.ang2vec(0, 0, lonlat=True)  # the Galactic centre in the file's frame
    pixels = np.stack(healpy.pix2vec(NSIDE, np.arange(NPIX)), axis=1)
    own = np.exp(-(np.degrees(np.arccos(np.clip(pixels @ axis, -1, 1))) ** 2) / 800) + 0.05
    sky = sm.read_map(save(signal(own, COORDSYS=letter)))
    assert sky.values.sum() == pytest.approx(own.sum(), rel=1e-12)
    assert sky.values.min() >= 0.04
    assert np.abs(sky.values - A).max() < 0.03  # half a pixel, 1.8 deg, on the flank of a Gaussian of 20 deg: 0.05


@pytest.mark.parametrize(
    ("nside", "rms", "largest"),
    [
        (16, 1e-7, 1e-6),
        pytest.param(64, 1e-4, 1e-3, marks=pytest.mark.slow),
        pytest.param(128, 2e-4, 0.01, marks=pytest.mark.slow),
    ],
)
def test_a_flat_sky_of_another_frame_comes_out_flat_and_whole(save, nside, rms, largest):
    flat = np.ones(12 * nside**2)
    sky = sm.read_map(save(signal(flat, COORDSYS="C", NSIDE=nside)))
    assert sky.values.sum() == pytest.approx(flat.sum(), rel=1e-12)
    assert sky.values.std() < rms
    assert np.abs(sky.values - 1).max() < largest


def test_a_missing_frame_is_refused_until_it_is_given_and_an_unknown_one_always(save):
    path = save(signal(A, COORDSYS="drop"))
    with pytest.raises(ValueError, match="does not name its frame"):
        sm.read_map(path)
    assert np.array_equal(sm.read_map(path, frame="galactic").values, A)
    assert not np.array_equal(sm.read_map(path, frame="C").values, A)
    with pytest.raises(ValueError, match="frame 'X' is not known; allowed: G"):
        sm.read_map(save(signal(A, COORDSYS="X")))


def test_a_mask_is_turned_with_its_map(save):
    own = np.where(THETA < 40, np.nan, 1.0)
    sky = sm.read_map(save(signal(own, COORDSYS="C")))
    assert sky.masked.mean() == pytest.approx(np.isnan(own).mean(), rel=0.02)
    assert np.abs(sky.values[~sky.masked] - 1).max() < 1e-6  # how even a flat sky comes out at nside 16
