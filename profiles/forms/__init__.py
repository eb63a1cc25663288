"""The densities in closed form that the literature uses, one class each.

Here lives what a paper's formula says: halos, bulges, bars, disks, gas. No file is read here; numbers of one
published fit belong to ``profiles/presets``.
"""
