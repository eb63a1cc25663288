"""Every HEALPix convention in use is followed, or refused by name: the plane, the mask, the unit, the frame."""

import gzip
import os
import threading

import healpy
import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits

import skymodel as sm
from skymodel.sky.healpix import UNSEEN
from skymodel.sky.reading.frames import rotation

NSIDE = 16
NPIX = 12 * NSIDE**2
UNIT = "ph cm-2 s-1 sr-1"
LONLAT = np.array(healpy.pix2ang(NSIDE, np.arange(NPIX), lonlat=True))
THETA = np.degrees(healpy.rotator.angdist([0.0, 0.0], LONLAT, lonlat=True))
A = np.exp(-(THETA**2) / 800) + 0.05
B = np.exp(-(THETA**2) / 2450) + 0.1
CARDS = {"PIXTYPE": "HEALPIX", "NSIDE": NSIDE, "ORDERING": "RING", "COORDSYS": "G", "INDXSCHM": "IMPLICIT"}


def table(columns, name="xtension", **cards):
    """Return a binary table of columns (name, format, array, further keywords)."""
    made = [fits.Column(title, form, array=array, **rest) for title, form, array, rest in columns]
    hdu = fits.BinTableHDU.from_columns(made)
    hdu.header["EXTNAME"] = name
    hdu.header.update({**CARDS, **cards})
    for card in [card for card, value in hdu.header.items() if value is None or value == "drop"]:
        del hdu.header[card]
    return hdu


def signal(values, form="D", name="xtension", unit=UNIT, **cards):
    return table([("SIGNAL", form, values, {"unit": unit})], name, **cards)


@pytest.fixture
def save(tmp_path):
    """Return a function that writes HDUs and gives the path."""

    def write(*hdus, name="f.fits", primary=None):
        first = fits.PrimaryHDU()
        first.header.update(primary or {})
        fits.HDUList([first, *hdus]).writeto(tmp_path / name, overwrite=True)
        return tmp_path / name

    return write


def edited(path, old, new):
    """Change text of a file, its length kept."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new.ljust(len(old)), 1))
    return path


# which plane


def test_three_tables_of_one_name_are_three_maps_and_the_first_is_the_first(save):
    path = save(signal(A), signal(2 * A), signal(10 * A))
    found = sm.read_maps(path)
    assert list(found) == ["xtension", "xtension#2", "xtension#3"]
    for sky, factor in zip(found.values(), (1, 2, 10), strict=True):
        assert np.array_equal(sky.values, factor * A)
    assert np.array_equal(sm.read_map(path).values, A)
    assert np.array_equal(sm.read_map(f"{path}[3]").values, 10 * A)
    with pytest.raises(ValueError, match=r"is 3 maps; choose one: \[1\] xtension, "):
        sm.read_map(f"{path}[xtension]")


def test_a_sparse_table_is_read_by_channel_and_what_is_not_stored_is_zero(save):
    pixels = np.arange(NPIX)
    columns = [
        ("PIX", "J", np.r_[pixels, pixels[:-10]], {}),
        ("CHANNEL", "I", np.r_[np.zeros(NPIX), np.ones(NPIX - 10)], {}),
        ("VALUE", "D", np.r_[A, B[:-10]], {}),
    ]
    path = save(table(columns, "SKYMAP", INDXSCHM="SPARSE", BUNIT=UNIT))
    assert np.array_equal(sm.read_map(f"{path}[SKYMAP][0]").values, A)
    second = sm.read_map(f"{path}[SKYMAP][1]").values
    assert np.array_equal(second[:-10], B[:-10])
    assert not second[-10:].any()


@pytest.mark.parametrize("title", ["PIXEL", "HPXPIX", "whatever"])
def test_the_first_column_of_an_explicit_table_numbers_the_pixels_whatever_its_name(save, title):
    chosen = np.arange(100, 300)[::-1]
    path = save(table([(title, "K", chosen, {}), ("S", "D", A[chosen], {"unit": UNIT})], INDXSCHM="EXPLICIT"))
    sky = sm.read_map(path)
    assert np.array_equal(sky.values[chosen], A[chosen])
    assert sky.masked.sum() == NPIX - 200


def test_partial_maps_of_healpy_and_implicit_ranges_are_read(tmp_path, save):
    part = np.where(THETA < 30, A, UNSEEN)
    healpy.write_map(tmp_path / "p.fits", part, partial=True, coord="G", column_units="cm-2", dtype=np.float64)
    assert np.array_equal(sm.read_map(tmp_path / "p.fits").values, part)
    path = save(signal(A[500:700], FIRSTPIX=500, LASTPIX=699))
    sky = sm.read_map(path)
    assert np.array_equal(sky.values[500:700], A[500:700])
    assert sky.masked.sum() == NPIX - 200


def test_rows_of_many_pixels_as_healpy_packs_them_are_one_map(tmp_path):
    healpy.write_map(tmp_path / "h.fits", [A, B, A], coord="G", column_units="cm-2", dtype=np.float64)
    assert np.array_equal(sm.read_map(f"{tmp_path}/h.fits[Q_POLARISATION]").values, B)


def test_a_multi_order_density_is_read_at_its_finest_order_and_counts_are_refused(save):
    nested = healpy.reorder(A, r2n=True)
    coarse = np.arange(1, 12)  # base pixel 0 is finely divided, the others are whole
    uniq = np.r_[4 * NSIDE**2 + np.arange(NSIDE**2), 4 + coarse]
    values = np.r_[nested[: NSIDE**2], coarse.astype(float)]
    columns = [("UNIQ", "K", uniq, {}), ("PROB", "D", values, {"unit": "sr-1"})]
    sky = sm.read_map(save(table(columns, ORDERING="NUNIQ", INDXSCHM="drop", NSIDE="drop")))
    expected = np.r_[nested[: NSIDE**2], np.repeat(coarse, NSIDE**2)]
    assert np.array_equal(healpy.reorder(sky.values, r2n=True), expected)
    columns[1] = ("N", "D", values, {"unit": "ct"})
    with pytest.raises(ValueError, match=r"multi-order.*\[ct\].*per sr"):
        sm.read_map(save(table(columns, ORDERING="NUNIQ", INDXSCHM="drop", NSIDE="drop")))


def test_gzipped_files_are_read(save, tmp_path):
    path = save(signal(A))
    (tmp_path / "g.fits.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert np.array_equal(sm.read_map(tmp_path / "g.fits.gz").values, A)


# cubes


def energies(values, title="ENERGY", unit="MeV", name="ENERGIES"):
    hdu = fits.BinTableHDU.from_columns([fits.Column(title, "D", array=np.array(values), unit=unit)])
    hdu.header["EXTNAME"] = name
    return hdu


def galprop_columns():
    columns = [(f"ENERGY{i + 1}", "D", (i + 1) * A, {}) for i in range(3)]
    return table(columns, "SKYMAP", BUNIT="cm-2 s-1 sr-1 MeV-1"), energies([0.5, 1.0, 2.0])


def galprop_vectors():
    spectra = A[:, None] * [1.0, 2.0, 3.0]
    return table([("Spectra", "3D", spectra, {})], "SKYMAP2", BUNIT="cm-2 s-1 sr-1 MeV-1"), energies([0.5, 1.0, 2.0])


def gadf_bands():
    columns = [(f"CHANNEL{i + 1}", "D", (i + 1) * A, {}) for i in range(3)]
    bounds = {"E_MIN": [400.0, 800.0, 1600.0], "E_MAX": [800.0, 1600.0, 3200.0]}
    bands = [fits.Column(name, "D", array=np.array(keV), unit="keV") for name, keV in bounds.items()]
    sky = table(columns, "SKYMAP", BUNIT="cm-2 s-1 sr-1", BANDSHDU="SKYMAP_BANDS", HPX_CONV="GADF")
    return sky, fits.BinTableHDU.from_columns(bands, name="SKYMAP_BANDS")


@pytest.mark.parametrize("layout", [galprop_columns, galprop_vectors, gadf_bands])
def test_the_planes_of_an_energy_cube_are_chosen_by_energy_or_by_index(save, layout):
    path, name = save(*layout()), layout()[0].name
    for choice in ("[1 MeV]", "[1000 keV]", f"[{name}][1]", f"[{name}][1 MeV]"):
        assert np.array_equal(sm.read_map(f"{path}{choice}").values, 2 * A), choice
    with pytest.raises(ValueError, match=r"holds 3 energies; choose one: .*MeV"):
        sm.read_map(path)
    with pytest.raises(ValueError, match=r"holds no map '7 MeV'; it holds .*MeV"):
        sm.read_map(f"{path}[7 MeV]")


def test_one_table_for_each_energy_as_hermes_writes_them_is_a_cube(save):
    joule = (1 * u.MeV).to_value("J")
    unit, at = "GeV^-1 m^-2 s^-1 sr^-1", (0.5, 1.0, 2.0)
    tables = [signal((i + 1) * A, "E", unit=unit, ENERGY=energy * joule) for i, energy in enumerate(at)]
    path = save(*tables, primary={"SOFTWARE": "HERMES"})
    sky = sm.read_map(f"{path}[xtension][1 MeV]")
    assert np.array_equal(sky.values, (2 * A).astype(np.float32))
    assert sky.unit == u.Unit("GeV-1 m-2 s-1 sr-1")
    assert sky.meta["energy"] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="holds 3 energies; choose one"):
        sm.read_map(path)


@pytest.mark.parametrize("bounds", [(2.0, 1.0), (-1.0, 1.0), (1.0, float("nan")), (float("inf"), float("inf"))])
def test_energies_that_are_none_are_refused(save, bounds):
    bands = [fits.Column(name, "D", array=np.array([at])) for name, at in zip(("E_MIN", "E_MAX"), bounds, strict=True)]
    path = save(signal(A), fits.BinTableHDU.from_columns(bands, name="EBOUNDS"))
    with pytest.raises(ValueError, match=r"energies from .* MeV; allowed: 0 <= low <= high"):
        sm.read_map(path)


def test_a_card_of_another_kind_says_no_energy(save):
    assert sm.read_map(save(signal(A, E_MIN=True, E_MAX=True))).meta.get("energy") is None
    with pytest.raises(ValueError, match="energies from 2 to 1 MeV"):
        sm.read_map(save(signal(A, E_MIN=2.0, E_MAX=1.0)))


# what holds no value


def test_tnull_bad_data_unseen_and_nan_are_masked(save):
    numbers = np.round(1000 * A).astype(np.int32)
    numbers[10:50] = 32767
    nulls = sm.read_map(save(table([("S", "J", numbers, {"unit": UNIT, "null": 32767})])))
    assert nulls.masked.sum() == 40
    floats = A.astype(np.float32)
    floats[10:50] = 1e20
    bad = sm.read_map(save(signal(floats, "E", BAD_DATA=1e20)))
    assert bad.masked.sum() == 40
    assert (bad.values[10:50] == UNSEEN).all()
    mixed = A.copy()
    mixed[:5], mixed[5:9], mixed[9] = np.nan, UNSEEN, np.inf
    errors = np.full(NPIX, 0.1)
    both = sm.read_map(f"{save(signal(mixed, name='S'), signal(errors, name='S_ERROR'))}[S]")
    assert both.masked.sum() == 10
    assert (both.error[:10] == UNSEEN).all()
    assert (both.error[10:] == 0.1).all()


def test_tscal_and_tzero_are_applied_to_the_numbers_and_not_to_tnull(save):
    numbers = np.arange(NPIX, dtype=np.int32)
    hdu = table([("S", "J", numbers, {"unit": UNIT, "null": 7})], TSCAL1=2.0, TZERO1=-1.0)
    sky = sm.read_map(save(hdu))
    assert np.flatnonzero(sky.masked).tolist() == [7]
    assert sky.values[100] == 199.0


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        ([1, 2, 3072], "out of range, the first 3072"),
        ([1, -4, 3], "first -4"),
        ([1, 2, 2], "more than once, the first 2"),
    ],
)
def test_pixel_numbers_that_cannot_be_are_refused(save, pixels, words):
    columns = [("PIXEL", "K", np.array(pixels), {}), ("S", "D", np.ones(3), {"unit": UNIT})]
    with pytest.raises(ValueError, match=words):
        sm.read_map(save(table(columns, INDXSCHM="EXPLICIT")))


# units


@pytest.mark.parametrize(
    "text", ["1/cm^2/s/sr", "photons cm-2 s-1 sr-1", "ph/cm2/s/sr", "cm^-2 s^-1 sr^-1", "cm**-2 s**-1 sr**-1"]
)
def test_units_are_understood_as_people_spell_them(save, text):
    assert sm.read_map(save(signal(A, unit=text))).unit == u.Unit("cm-2 s-1 sr-1")


def test_kelvins_of_the_cmb_are_kelvins(save):
    assert sm.read_map(save(signal(A, unit="uK_CMB"))).to("K").values == pytest.approx(1e-6 * A, rel=1e-14)


def test_a_map_in_dex_is_raised_to_its_power(save):
    hdus = signal(np.log10(A), name="S", unit=f"dex({UNIT})"), signal(0 * A + 0.01, name="S_ERROR", unit="dex")
    sky = sm.read_map(save(*hdus))
    assert sky.unit == u.Unit("cm-2 s-1 sr-1")
    np.testing.assert_allclose(sky.values, A, rtol=1e-14)
    np.testing.assert_allclose(sky.error, A * (10**0.01 - 1), rtol=1e-12)


@pytest.mark.parametrize("text", ["unknown", "K_RJ", None])
def test_a_unit_that_is_missing_or_not_understood_is_refused_until_it_is_given(save, text):
    path = save(signal(A, unit=text))
    with pytest.raises(ValueError, match=r"unit='\.\.\.'"):
        sm.read_map(path)
    assert sm.read_map(path, unit="cm-2 s-1 sr-1").unit == u.Unit("cm-2 s-1 sr-1")


def test_a_neighbour_without_unit_does_no_harm(save):
    path = save(signal(A, name="FLUX"), signal(B, name="HITS", unit=None))
    assert np.array_equal(sm.read_map(f"{path}[FLUX]").values, A)
    two = save(table([("FLUX", "D", A, {"unit": UNIT}), ("HITS", "D", B, {})]))
    assert np.array_equal(sm.read_map(f"{two}[FLUX]").values, A)
    assert sm.read_map(f"{two}[HITS]", unit="").unit == u.dimensionless_unscaled


# frames


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


# files that lie


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
