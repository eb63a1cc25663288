"""Every HEALPix convention in use is followed, or refused by name: the plane, the mask, the unit, the frame."""

import gzip
import os
import threading

import numpy as np
import pytest

import skymodel as sm
from tests.sky.reading.written import A, edited, signal


def test_gzipped_files_are_read(save, tmp_path):
    path = save(signal(A))
    (tmp_path / "g.fits.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert np.array_equal(sm.read_map(tmp_path / "g.fits.gz").values, A)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"NAXIS1  =                    8", b"NAXIS1  =                  -32", "HDU 1: NAXIS1 = -32"),
        (b"NAXIS2  =                 3072", b"NAXIS2  =            307200000", "HDU 1: its header announces"),
        (b"NSIDE   =                   16", b"NSIDE   =                 8192", "HDU 1.*nside 8192.*6 GiB"),
        (b"NSIDE   =                   16", b"NSIDE   =                 16.5", "NSIDE = '16.5'"),
        (b"EXTNAME = 'xtension'", b"EXTNAME = 5", "HDU 1: EXTNAME = 5"),
        (b"TFORM1  = 'D       '", b"TFORM1  = 'Z       '", "HDU 1"),
        (b"ORDERING= 'RING    '", b"ORDERING= 'SPIRAL  '", "ORDERING = 'SPIRAL'"),
        (
            b"BITPIX  =                    8 / array",
            b"BITPIX  =                    9 / array",
            "BITPIX = 9",
        ),
        (b"TFIELDS =                    1", b"TFIELDX =                    1", "HDU 1"),
    ],
)
def test_headers_that_lie_are_refused_with_the_hdu_and_the_card(save, old, new, words):
    path = edited(save(signal(A)), old, new)
    with pytest.raises(ValueError, match=words) as caught:
        sm.read_map(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_file_that_is_cut_anywhere_is_refused(save, tmp_path):
    content = save(signal(A)).read_bytes()
    short = tmp_path / "short.fits"
    for size in (*range(0, 6000, 400), len(content) - 5000):
        short.write_bytes(content[:size])
        with pytest.raises(ValueError, match=r"short\.fits"):
            sm.read_map(short)


def refusal(path):
    """Return what is said of a file that cannot be read, nothing of one that can."""
    try:
        sm.read_map(path)
    except (ValueError, OSError) as error:
        return str(error)
    return ""


def test_a_file_with_flipped_bytes_is_read_or_refused_but_never_ends_otherwise(save, tmp_path):
    content, rng = bytearray(save(signal(A)).read_bytes()), np.random.default_rng(3)
    path, said = tmp_path / "m.fits", []
    for _ in range(150):
        mutated = bytearray(content)
        for place in rng.integers(2880, 5760, 3):
            mutated[place] = rng.integers(32, 127)
        path.write_bytes(mutated)
        said.append(refusal(path))
    assert [line for line in said if line and "m.fits" not in line] == []
    assert 20 < sum(map(bool, said)) < 150


def test_pipes_devices_and_folders_are_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.fits")
    for path in (tmp_path / "pipe.fits", "/dev/zero", tmp_path):
        said = []
        asked = threading.Thread(target=lambda path=path, said=said: said.append(refusal(path)), daemon=True)
        asked.start()
        asked.join(5)
        assert str(path) in said[0]


def test_a_packed_bomb_is_refused(tmp_path, monkeypatch):
    from profiles.tables import fitsfiles

    monkeypatch.setattr(fitsfiles, "_MOST_UNPACKED", 2**20)
    (tmp_path / "bomb.fits.gz").write_bytes(gzip.compress(bytes(2**22)))
    with pytest.raises(ValueError, match="unpacks to more than"):
        sm.read_map(tmp_path / "bomb.fits.gz")
