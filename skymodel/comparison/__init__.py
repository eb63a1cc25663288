"""Bands against bands, models against data and rivals."""
