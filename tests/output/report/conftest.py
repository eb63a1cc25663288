"""One small run and its page, for all tests of pages; a label that must be shown and never obeyed."""

import pytest

from profiles import NFW, ExponentialDisk
from skymodel.comparison.ratio import candidates
from skymodel.output.report.run import report
from skymodel.runs.config.model import RunConfig
from skymodel.runs.one.run import run

LABEL = "</script><script>window.obeyed = 1</script> <b>bold</b> \\alpha_{x$ [red]rich[/red]"


@pytest.fixture(scope="session")
def result():
    with pytest.MonkeyPatch.context() as patch:
        for name in ("default_halos", "default_electrons"):
            last = dict(list(getattr(candidates, name)().items())[-1:])
            patch.setattr(candidates, name, lambda last=last: last)
        patch.setattr(candidates, "interstellar_electrons", dict)
        settings = {"dark_matter": NFW(r_s=20), "electrons": ExponentialDisk(R_d=2.6, z_d=0.3)}
        return run(RunConfig(label=LABEL, map={"nside": 16, "rtol": 1e-4}, **settings))


@pytest.fixture(scope="session")
def page(result, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(report(result, {"maps.fits": "0f" * 32}, "label: a & b <c>\n"), encoding="utf-8")
    return path
