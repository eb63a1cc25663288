"""Data files that should not be: truncated, mutated, lying in their headers, of another kind than their name says."""

from __future__ import annotations

import functools
import gzip
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from astropy.io import fits

Reading = Callable[[Path], Any]


def write_case(chance: Random, folder: Path) -> tuple[str, Path]:
    """Write one file into a folder; return what was done to it and its path."""
    name, content = chance.choice(sorted(originals().items()))
    act = chance.choice(ACTS)
    path = folder / (name if chance.random() < 0.95 else chance.choice(sorted(originals())))
    made = act(chance, content)
    if isinstance(made, bytes):
        path.write_bytes(made)
        return f"{act.__name__} {name}", path
    return f"{act.__name__} {name}", made(path)


@functools.cache
def originals() -> dict[str, bytes]:
    """Return the sound files that everything begins with, by name."""
    found = {
        "implicit.fits": _fits(_healpix(np.arange(48.0).reshape(-1, 4), "4E", 2)),
        "explicit.fits": _fits(_explicit()),
        "cube.fits": _fits(_cube()),
        "image.fits": _image(),
        "grid.fits": _fits(fits.ImageHDU(np.ones((5, 5, 5)), _box())),
        "radial.csv": b"r [kpc],rho [GeV cm-3]\n" + b"".join(b"%d,%g\n" % (i, 1 / i) for i in range(1, 9)),
        "radial.ecsv": _ecsv(),
        "radial.txt": b"# r [kpc] rho [cm-3]\n" + b"".join(b"%d %g\n" % (i, 1 / i) for i in range(1, 9)),
        "grid.npz": _npz(),
        "table.npy": _npy(np.column_stack([np.arange(1.0, 9), 1 / np.arange(1.0, 9)])),
        "region.reg": b"# Region file\ngalactic\ncircle(0,0,3)\npolygon(1,1,5,1,5,5,1,5)\n-circle(0,0,1)\n",
        "moc.fits": _fits(_moc()),
    }
    found["implicit.fits.gz"] = gzip.compress(found["implicit.fits"], mtime=0)
    with_h5 = _h5()
    return found | ({"grid.h5": with_h5} if with_h5 else {})


def readings() -> dict[str, Reading]:
    """Return the public functions that read files; each may raise ValueError or OSError and nothing else."""
    import skymodel as sm
    from profiles import Grid, RadialTable, library
    from skymodel.output.files.origin import run_config
    from skymodel.sky.reading.regions import region_from_file

    places = np.array([[0.1, 3.0, -2.0]] * 3)
    told = {"unit": "cm-3", "length_unit": "kpc"}
    return {
        "read_map": lambda path: sm.read_map(path, unit="", frame="galactic"),
        "read_map by name": lambda path: sm.read_map(f"{path}[SKY][1 MeV]"),
        "read_maps": lambda path: sm.read_maps(path, frame="galactic"),
        "read_image": sm.read_image,
        "Grid": lambda path: Grid.from_file(str(path), edge="zero", **told)(*places),
        "RadialTable": lambda path: RadialTable.from_file(str(path), **told),
        "build": lambda path: library.build(
            {"type": "grid", "file": str(path), "edge": "power law", "method": "cubic"}
        ),
        "run --from": run_config,
        "region": lambda path: region_from_file(path).coverage(4),
    }


def _fits(hdu: Any) -> bytes:
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(stream)
    return stream.getvalue()


def _healpix(values: Any, form: str, nside: int, **cards: Any) -> Any:
    table = fits.BinTableHDU.from_columns([fits.Column("SKY", form, array=values, unit="cm-2 s-1 sr-1")], name="SKY")
    table.header.update(PIXTYPE="HEALPIX", NSIDE=nside, ORDERING="RING", COORDSYS="G", INDXSCHM="IMPLICIT", **cards)
    return table


def _explicit() -> Any:
    columns = [fits.Column("PIXEL", "J", array=np.arange(20)), fits.Column("SKY", "D", array=np.ones(20))]
    table = fits.BinTableHDU.from_columns(columns, name="SKY")
    cards = {"PIXTYPE": "HEALPIX", "NSIDE": 4, "ORDERING": "NESTED", "COORDSYS": "C", "INDXSCHM": "EXPLICIT"}
    table.header.update(cards | {"OBJECT": "PARTIAL", "FIRSTPIX": 0, "LASTPIX": 19})
    return table


def _cube() -> Any:
    columns = [fits.Column(f"ENERGY{n}", "D", array=np.ones(12)) for n in range(3)]
    table = fits.BinTableHDU.from_columns(columns, name="SKY")
    table.header.update(PIXTYPE="HEALPIX", NSIDE=1, ORDERING="RING", COORDSYS="G", E_MIN1=1.0, E_MAX1=2.0)
    return table


def _image() -> bytes:
    from astropy.wcs import WCS

    grid = WCS(naxis=2)
    grid.wcs.ctype, grid.wcs.crpix, grid.wcs.cdelt = ["GLON-CAR", "GLAT-CAR"], [4.0, 3.0], [-1.0, 1.0]
    header = grid.to_header()
    header["BUNIT"] = "cm-2 s-1 sr-1"
    stream = io.BytesIO()
    hdus = [fits.PrimaryHDU(np.ones((6, 8)), header), fits.ImageHDU(np.ones((6, 8)), header, name="ERROR")]
    fits.HDUList(hdus).writeto(stream)
    return stream.getvalue()


def _box() -> Any:
    axes = {f"{card}{n}": value for n in (1, 2, 3) for card, value in (("CRVAL", 0.0), ("CRPIX", 3.0), ("CDELT", 2.0))}
    return fits.Header(axes | {f"CUNIT{n}": "kpc" for n in (1, 2, 3)} | {"BUNIT": "cm-3"})


def _moc() -> Any:
    table = fits.BinTableHDU.from_columns([fits.Column("UNIQ", "K", array=np.array([16, 17, 70, 300]))])
    table.header.update(PIXTYPE="HEALPIX", ORDERING="NUNIQ", COORDSYS="C", MOCORDER=3)
    return table


def _ecsv() -> bytes:
    from astropy.table import QTable
    from astropy.units import Quantity

    stream, r = io.StringIO(), np.arange(1.0, 9)
    QTable({"r": Quantity(r, "kpc"), "rho": Quantity(1 / r, "cm-3")}).write(stream, format="ascii.ecsv")
    return stream.getvalue().encode()


def _npz() -> bytes:
    stream, axis = io.BytesIO(), np.linspace(-4, 4, 5)
    np.savez(stream, x=axis, y=axis, z=axis, values=np.ones((5, 5, 5)))
    return stream.getvalue()


def _npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _h5() -> bytes:
    try:
        import h5py
    except ImportError:
        return b""
    stream, axis = io.BytesIO(), np.linspace(-4, 4, 5)
    with h5py.File(stream, "w") as file:
        for name, array in {"x": axis, "y": axis, "z": axis, "values": np.ones((5, 5, 5))}.items():
            file[name] = array
    return stream.getvalue()


def truncated(chance: Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def flipped(chance: Random, content: bytes) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 3, 30))):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


VALUES = (
    *("-32", "-1", "0", "1", "2", "3", "7", "8192", "65536", "999999999", "2147483648", "9" * 19, "1E400", "NAN", "T"),
    *("F", "''", "'A'", "'HEALPIX '", "'EXPLICIT'", "'IMPLICIT'", "'SPARSE  '", "'NUNIQ   '", "'RING    '", "'1D'"),
    *("'QQ'", "'1PD(9)'", "'999999999D'", "'0A'", "'kpc'", "'log(kpc)'", "'1/0'", "'GLON-TAN'", "(1,2)", "5", "1.5"),
)


def lying(chance: Random, content: bytes) -> bytes:
    cards = [match for match in re.finditer(rb"([A-Z0-9_-]{1,8}) *= ", content) if match.start() % 80 == 0]
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4)) if cards else 0):
        card = chance.choice(cards)
        start = card.start()
        fate = chance.random()
        if fate < 0.15:  # the card is missing
            made[start : start + 80] = b" " * 80
        elif fate < 0.25:
            made[start : start + 8] = chance.choice(
                (b"NSIDE   ", b"NAXIS1  ", b"TTYPE1  ", b"BUNIT   ", b"\xff\0AXIS  ")
            )
        else:
            made[start + 10 : start + 80] = chance.choice(VALUES).rjust(20).ljust(70)[:70].encode()
    return bytes(made) if cards else rewritten(chance, content)


def rewritten(chance: Random, content: bytes) -> bytes:
    """Return a text, or what holds one, with words changed."""
    words = (b"nan", b"-1", b"1e999", b"", b"kpc", b"x" * 5000, b"\x00", b"1 2 3", b"GeV", b"[", b",,,", b"\n\n", b'"')
    made = content
    for _ in range(chance.choice((1, 2, 5))):
        at = chance.randrange(len(made) + 1)
        made = made[:at] + chance.choice(words) + made[at + chance.choice((0, 1, 4)) :]
    return made


def crossed(chance: Random, content: bytes) -> bytes:
    other = chance.choice(sorted(originals().items()))[1]
    halves = content[: len(content) // 2] + other[len(other) // 2 :]
    return chance.choice((other, content + other, halves, b"", content * 3))


def odd(chance: Random, content: bytes) -> Callable[[Path], Path]:
    """Return what makes a thing that is no regular file, or a huge one."""

    def pipe(path: Path) -> Path:
        os.mkfifo(path)
        return path

    def huge(path: Path) -> Path:
        with path.open("wb") as stream:
            stream.write(content)
            stream.truncate(6 * 2**30)  # holes: it takes no room on the disk
        return path

    def folder(path: Path) -> Path:
        path.mkdir()
        return path

    return chance.choice((pipe, huge, folder, lambda _: Path("/dev/zero"), lambda path: path.with_name("none.fits")))


ACTS = (truncated, flipped, flipped, lying, lying, lying, rewritten, rewritten, crossed, odd)
