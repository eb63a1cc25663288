"""Maps, images, tables and stores as files, read and written.

Here lives one module a format. What a folder holds is decided in ``folders``.
"""
