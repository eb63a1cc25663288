"""What a run is asked: the configuration, its quantities and its files.

Here lives validation. Nothing is computed here.
"""
