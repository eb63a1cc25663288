"""What else may shine in the bands: rival skies with published fluxes, and the confrontation with data.

Here lives no statistic; those are in ``likeness`` and ``forecast``.
"""
