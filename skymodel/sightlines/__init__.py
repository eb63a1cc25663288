"""From a density to line integrals, maps and means of regions, each with a bound of its error.

Doors: ``project`` (maps), ``means`` (regions), ``zoom`` (images and profiles). Rooms, from one line to the whole sky:
``ray``, ``surface``, ``pixels``, and ``cubature`` for what they cannot hold. Here nobody knows what shines.
"""
