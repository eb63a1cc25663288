"""The published densities that a verdict is taken over."""

from profiles import Density
from skymodel.comparison.ratio.candidates import default_electrons, default_halos, reference


def test_the_default_set_has_five_halos_and_four_electron_distributions_at_least_each_with_its_reference():
    halos, electrons = default_halos(), default_electrons()
    assert len(halos) >= 5
    assert len(electrons) >= 4
    assert all(isinstance(density, Density) for density in (*halos.values(), *electrons.values()))
    assert all(reference(name) for name in (*halos, *electrons))
