"""A verdict over one published pair instead of 42 pairs, where the pairs are not what is tested."""

import pytest

from skymodel.comparison.ratio import candidates


@pytest.fixture(scope="module")
def few_pairs():
    halo, electrons = (
        list(offered().items())[-1:] for offered in (candidates.default_halos, candidates.default_electrons)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(candidates, "default_halos", lambda: dict(halo))
        patch.setattr(candidates, "default_electrons", lambda: dict(electrons))
        patch.setattr(candidates, "interstellar_electrons", dict)
        yield halo[0][0]
