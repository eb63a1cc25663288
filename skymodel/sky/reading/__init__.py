"""HEALPix maps, masks and regions from files of many tools: FITS table -> convention -> pixels and unit -> SkyMap.

Here lives one module a layer: ``columns`` (numbers of a table, what is not a number marked), ``layouts`` (which pixels,
planes and energies a table holds), ``addresses`` (which of them is meant), ``frames`` (turned to Galactic), ``maps``
(the doors). Nothing here writes, and nothing guesses: what a file does not say is refused until the caller says it.
"""
