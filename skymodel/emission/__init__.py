"""What one encounter of an electron with a nugget radiates, and what a map of J becomes by it.

Rooms: ``event`` (one annihilation), ``nuggets`` (spectral models, the anchor, absolute numbers), ``electrosphere``
(appendix A), ``claims`` (the paper's statements). Here nobody knows where the observer stands.
"""
