"""One electron, one annihilation: rates and spectra of a single encounter, and the energy bands.

Here lives the physics of eqs. (1)-(5), positronium and the flight of positrons. Nothing here knows the sky.
"""
