"""From one event to the sky's bands: spectral models, the anchor, absolute numbers, microphysics that varies.

Here lives what turns a map of J into intensities. The structure of the electrosphere lives next door.
"""
