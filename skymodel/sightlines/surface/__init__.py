"""J over the sky as a function: charts in which it is smooth, tiles that stand for it, how they are fitted.

Here lives nothing that knows HEALPix; means over pixels live in ``pixels``.
"""
