"""Quantities as a configuration writes them."""


def test_photons_are_counted_and_not_measured_however_they_are_spelled():
    from skymodel.runs.config.quantities import WithUnit

    for text in ("0.025 photons cm-2 s-1 sr-1", "0.025 ph cm-2 s-1 sr-1", "0.025 cm-2 s-1 sr-1"):
        assert WithUnit("cm-2 s-1 sr-1", above=0).read(text) == 0.025
