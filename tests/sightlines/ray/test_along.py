"""Where along a sight line its integral comes from, against closed forms."""

import numpy as np
import pytest

import skymodel as sm
from profiles import GeneralizedNFW

R_SUN, R_MAX, R_S = 8.2, 60.0, 20.0


@pytest.mark.parametrize("gamma", [0.5, 0.99])
def test_shares_are_right_through_a_cusp(gamma):
    """With y = x / (1 + x) the integral of x^-g (1 + x)^(g - 3) is that of y^-g (1 - y).

    With slope 0.99 a third of a share lies closer to the centre than numbers go.
    """

    def inside(r):
        y = r / (R_S + r)
        return y ** (1 - gamma) / (1 - gamma) - y ** (2 - gamma) / (2 - gamma)

    halo = GeneralizedNFW(rho_s=1.0, r_s=R_S, gamma=gamma)
    line = sm.along(halo, 0, 0, observer=sm.Observer(R_SUN), r_max=R_MAX)
    r = line.distance - R_SUN
    right = (inside(R_SUN) + np.sign(r) * inside(np.abs(r))) / (inside(R_SUN) + inside(R_MAX))
    assert np.abs(line.share - right).max() <= line.share_error <= 1e-5
