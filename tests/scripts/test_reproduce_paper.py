"""The script that reproduces the paper: everything is written, and bad input is one line."""

import numpy as np
import pytest
from astropy.table import QTable


@pytest.mark.slow
def test_figures_tables_and_claims_are_written_with_the_model_they_hold_for(script, tmp_path):
    script.main(["--out", str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} == {
        "figure_1.png",
        "electron_speed.png",
        "electrosphere.png",
        "claims.ecsv",
        "claims.txt",
        "figure_1.ecsv",
    }
    claims = QTable.read(tmp_path / "claims.ecsv")
    inside = (claims["low"] <= claims["value"]) & (claims["value"] <= claims["high"])
    np.testing.assert_array_equal(claims["verdict"] == "holds", inside)
    text = (tmp_path / "claims.txt").read_text()
    assert "What could not be reproduced" in text
    assert "stand-in" in text.splitlines()[0]
    assert claims.meta["model"] == QTable.read(tmp_path / "figure_1.ecsv").meta["model"]
    flat = claims[claims["name"] == "flat"]
    assert flat["verdict"][0] == "holds only if"  # v_e is at least the default speed, the least for which it does
    assert flat["under_condition"][0] == pytest.approx(2, rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--v-e", "0"], "v_e = 0.0"), (["--v-e", "2"], "v_e = 2.0"), (["--config", "papr"], "did you mean 'paper'")],
)
def test_bad_input_is_one_line_and_leaves_no_folder(script, tmp_path, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        script.main(["--out", str(tmp_path / "new"), *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
