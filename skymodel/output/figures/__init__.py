"""Figures: functions that draw what was computed, in one style.

Here lives drawing only; every number drawn is computed in a lower floor.
"""
