"""What a map and a part of the sky are: HEALPix maps, regions with their edges, beams, instruments, 511 keV skies.

Nothing here knows of densities or sight lines.
"""

from skymodel.sky import regions as _regions  # noqa: F401  # its readers of names and texts register with as_region
