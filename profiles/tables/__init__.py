"""Densities given as numbers: radial tables and cubes, and the files they come from.

Here lives interpolation and the reading of such files. No formula of the literature lives here.
"""
