"""The electrosphere of a nugget, appendix A: its structure, what survives in it, what it shines.

Here lives the chemical potential over height and the spectrum averaged over it. Verdicts on it are claims.
"""
