"""A verdict over one published pair instead of 42 pairs, where the pairs are not what is tested."""

import pytest

from skymodel.comparison.ratio import candidates, verdict


@pytest.fixture
def few_pairs(monkeypatch):
    halo, electrons = (
        list(offered().items())[-1:] for offered in (candidates.default_halos, candidates.default_electrons)
    )
    monkeypatch.setattr(verdict, "default_halos", lambda: dict(halo))
    monkeypatch.setattr(verdict, "default_electrons", lambda: dict(electrons))
    monkeypatch.setattr(verdict, "interstellar_electrons", dict)
    return halo[0][0]
