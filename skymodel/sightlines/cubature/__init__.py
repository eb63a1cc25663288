"""Adaptive integrals over cells, pixels and regions, for what no smooth surface holds.

Here lives what integrates true sight lines, or a surface, over two dimensions, with an error.
"""
