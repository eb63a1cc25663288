"""Ensembles: priors, designs, draws, workers, and what the draws say together.

Here lives what computes many galaxies. The store they are kept in belongs to ``output``.
"""
