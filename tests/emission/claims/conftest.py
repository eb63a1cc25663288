"""One scenario, its evidence, and every claim by its name."""

import pytest

from skymodel.emission.claims import Evidence, Scenario, paper_claims

SCENARIO = Scenario(
    v_e=0.1, window_factor=0.38, containment=0.3, window_factors=(0.2, 1.0), mean_j=30.0, printed_mean_j=1693.0
)
EVIDENCE = Evidence(
    pull_high=-3.0,
    pull_high_with_window=0.2,
    chi_square=45.0,
    chi_square_with_window=0.5,
    background_alone=8.3,
    background_alone_free=3.8,
    chi_ratio=4.9,
    chi_needed=0.2,
    best_mu=13.7,
    best_mu_chi_square=15.07,
    outside=0.6,
    outside_significance=1.97,
)


@pytest.fixture(scope="session")
def by_name():
    return {claim.name: claim for claim in paper_claims(SCENARIO, EVIDENCE)}
