"""What a notebook shows of objects: short text, a picture and facts, nothing of it obeyed; ``plot()`` in one line."""

import re

import numpy as np
import pytest
from matplotlib import _pylab_helpers

import skymodel as sm
from profiles import NFW, ExponentialDisk, Grid, RadialTable, from_function
from skymodel.output.views import facts, html
from skymodel.sky.masks import HealpixMask
from tests.output.report.test_chi import LABEL, result

SKY = sm.SkyMap(np.linspace(1, 2, 12 * 16**2), 0.01, "cm-2 s-1 sr-1", name="LINE_511", meta={"method": "tiles"})
SIDE = np.linspace(-4, 4, 41)
THINGS = {
    "map": SKY,
    "halo": NFW(),
    "product": NFW() * ExponentialDisk(),
    "function": from_function(lambda x, y, z: 0 * x, unit="cm-3"),
    "region": sm.INTEGRAL_CIRCLE & ~sm.COMPTEL_WINDOW,
    "mask": HealpixMask(np.ones(12 * 16**2)),
    "image": sm.zoom(NFW(), sm.wcs_grid(lon=0, lat=0, width=8, height=4, pixel=1), r_max=60, rtol=1e-3),
}


@pytest.mark.parametrize("name", THINGS)
def test_a_notebook_shows_a_picture_and_facts(name):
    shown = THINGS[name]._repr_html_()
    assert "data:image/png;base64," in shown
    assert shown.count("<tr>") >= 3


@pytest.mark.parametrize("name", ["halo", "region", "image"])
def test_one_line_plots_and_a_cell_shows_it(name):
    made = THINGS[name].plot()
    assert made._repr_png_().startswith(b"\x89PNG")
    assert _pylab_helpers.Gcf.figs == {}  # pyplot would show it a second time, and keep it open in a script


def test_facts_of_a_map_are_its_numbers():
    shown = re.sub("<[^>]*>", " ", html(SKY))
    for part in ("511 keV line", "nside 16: 3072", "1 to 2", "at most 0.01", "tiles", f"{SKY.total().value:.6g}"):
        assert part in shown


@pytest.mark.parametrize("text", ["<b>bold</b>", "</table><script>alert(1)</script>"])
def test_a_name_with_markup_is_shown_and_not_obeyed(text):
    named = sm.SkyMap(np.ones(12), 0.0, "", name=text, meta={"method": text})
    assert text not in html(named)


@pytest.mark.parametrize(
    "thing",
    [
        SKY,
        THINGS["mask"],
        THINGS["image"],
        RadialTable.from_arrays(np.geomspace(0.1, 50, 400), np.geomspace(10, 0.1, 400), unit="cm-3"),
        Grid.from_arrays(SIDE, SIDE, SIDE, np.ones((41, 41, 41)), unit="cm-3"),
        sm.along(NFW(), 3, 0, r_max=60),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_the_text_of_what_holds_arrays_is_short(thing):
    assert len(repr(thing)) < 700


def test_a_figure_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="kind = 'skies'; did you mean 'sky'"):
        SKY.plot(kind="skies")
    with pytest.raises(ValueError, match=r"size = 0; allowed: half the width"):
        NFW().plot(size=0)


def test_a_fit_is_short_as_text_and_tells_its_verdict():
    found = result()
    assert len(repr(found)) < 300
    shown = found._repr_html_()
    assert LABEL not in shown
    assert "2.5 times" in shown


def test_units_are_told_as_the_field_writes_them():
    assert dict(facts(SKY))["unit"] == "cm⁻² s⁻¹ sr⁻¹"
    assert dict(facts(NFW()))["rho_s"] == "0.184 GeV cm⁻³"


@pytest.mark.slow
def test_a_runs_result_is_short_as_text_and_whole_as_a_page():
    settings = {"dark_matter": {"type": "nfw"}, "electrons": {"type": "hernquist_bulge"}, "verdict": "none"}
    found = sm.run(settings | {"map": {"nside": 4}, "label": "<i>mine</i>"})
    assert len(repr(found)) < 300
    shown = found._repr_html_()
    assert "<i>mine</i>" not in shown
    assert f"{float(found.fluxes['mean'][0].value):.6g}" in shown
    with pytest.raises(ValueError, match="known: sky, centre, spectrum, ratio"):
        found.plot(kind="corner")
