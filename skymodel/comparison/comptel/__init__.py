"""COMPTEL's spectra, the backgrounds under them, and the chi that they ask for.

Here lives what compares a spectrum with measured points. Maps are compared in ``likeness``.
"""
