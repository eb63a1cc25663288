"""The first screen of a run shows each region with its bands, however long its name."""

from types import SimpleNamespace

from astropy import units
from astropy.table import QTable

from skymodel.output import first_screen


def test_a_region_with_a_long_name_keeps_its_rows():
    regions, bands = ("integral_circle", "box(-10..10, -10..10) without the plane"), ("LINE_511", "CONTINUUM_1_20")
    rows = [(region, band, 1e-4, 2e-6, 3e-10) for region in regions for band in bands]
    table = QTable(rows=rows, names=("region", "band", "flux", "flux_error_measured", "flux_error"))
    for name in table.colnames[2:]:
        table[name] = table[name] * units.Unit("cm-2 s-1")
    lines = list(first_screen._fluxes(SimpleNamespace(fluxes=table)))[1:]
    assert [line.split()[0] for line in lines] == ["integral_circle", "CONTINUUM_1_20", "box(-10..10,", *bands]
    assert all("1.000e-04 +- 2.0e-06 +- 3e-10" in line for line in lines if "box" not in line)
