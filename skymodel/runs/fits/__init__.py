"""Fits of a run: the table of chi over spectra, backgrounds, countings and window factors.

Here lives what combines fits. One fit lives in ``comparison.comptel``.
"""
