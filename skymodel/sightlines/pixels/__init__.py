"""Means over all pixels of a map at once, read from the surface.

Here lives what knows the lattice of HEALPix. Pixels that cannot be read so go to ``cubature``.
"""
