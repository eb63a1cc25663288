"""One configuration computed: maps, fluxes, spectrum, claims, verdict.

Here lives the pipeline of a run, as objects. Nothing is written here.
"""
