"""What figures of tests draw, and what is seen on them."""

import healpy
import numpy as np
from astropy.table import QTable

from skymodel.bounded import Bounded
from skymodel.emission.nuggets.model import NuggetEmission
from skymodel.runs.one.spectrum import spectrum_table
from skymodel.sky.skymap import SkyMap

LABEL = "a model for the tests"


def bright_centre(name, nside=16):
    lon, lat = healpy.pix2ang(nside, np.arange(12 * nside**2), lonlat=True)
    distance = np.hypot((lon + 180) % 360 - 180, 2 * lat)
    return SkyMap(0.1 / (1 + distance), 0.0, "cm-2 s-1 sr-1", name=name)


MAPS = [bright_centre("LINE_511"), bright_centre("CONTINUUM_1_20")]
RATIO = QTable(
    {
        "dark_matter": ["cusp", "cusp", "core", "core"] * 2,
        "electrons": ["gas", "stars"] * 4,
        "W": [0.2, 0.4, 0.6, 1.05] * 2,
        "W_error": [1e-7] * 8,
        "chi": [0.03] * 4 + [0.01] * 4,
        "chi_with_window": [0.15, 0.075, 0.05, 0.0286, 0.05, 0.025, 0.016, 0.0095],
        "background": ["none"] * 4 + ["Ackermann"] * 4,
    }
)
SPECTRUM = spectrum_table(NuggetEmission(mu=20.0, chi=0.1), 0.025, Bounded(0.27, 1e-8))


def texts(made):
    """Return all text that a figure shows, in one string."""
    import matplotlib.text

    return " ".join(text.get_text() for text in made.findobj(matplotlib.text.Text))


def drawn(axes):
    """Return the curves of Axes by label."""
    return {line.get_label(): np.array(line.get_data(), dtype=float) for line in axes.get_lines()}
