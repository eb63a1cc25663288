"""The claim that the ratio of two bands does not depend on the densities, put to the test.

Here live ratios, window factors, the verdict and the ways to break the claim. Fits to data live in ``comptel``.
"""
