"""Pages that a browser opens from one file: what a run, an ensemble or a comparison found, to look at and to touch.

Here live the page's frame, its charts and the sky one can hover over; nothing here computes physics, and what a folder
holds is decided in ``folders``.
"""
