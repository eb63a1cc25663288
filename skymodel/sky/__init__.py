"""What a map and a part of the sky are: HEALPix maps, regions with their edges, beams, instruments, 511 keV skies.

Nothing here knows of densities or sight lines.
"""

from skymodel.sky import masks, regions  # noqa: F401  # what they read registers with as_region
