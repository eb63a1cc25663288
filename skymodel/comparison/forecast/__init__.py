"""What an observation would show: mock counts, likelihoods, exposures, instruments' numbers.

Here lives everything that draws or counts photons. Statistics of noiseless maps live in ``likeness``.
"""
