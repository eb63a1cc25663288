"""The interstellar intensity of a band is the integral of the table."""

import numpy as np
import pytest

from skymodel.comparison.comptel.interstellar import interstellar_intensity
from skymodel.emission.event.bands import Band


def test_the_interstellar_intensity_of_a_band_is_the_integral_of_the_table():
    energies = np.linspace(1.0, 1.732, 20_001)  # one segment of the table: 1 to 1.732 MeV
    low, high = 0.0067206170827821205, 0.002706786286990438
    index = np.log(high / low) / np.log(1.732)
    intensity = low * energies**index
    expected = float(np.sum((intensity[1:] + intensity[:-1]) / 2 * np.diff(energies)))
    assert interstellar_intensity(Band("X", 1.0, 1.732)) == pytest.approx(expected, rel=1e-7)


def test_the_interstellar_intensity_adds_up_over_bands():
    parts = [interstellar_intensity(Band("X", *edges)) for edges in ((1, 3), (3, 10), (10, 20))]
    assert interstellar_intensity(Band("X", 1.0, 20.0)) == pytest.approx(sum(parts), rel=1e-12)
