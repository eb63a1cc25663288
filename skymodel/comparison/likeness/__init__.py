"""How alike two maps are: correlations, shapes, scales, and how far light must be moved.

Here lives every statistic of two maps. Which maps are compared is decided in ``rivals``.
"""
