"""The folders that commands leave behind: whole, or not there.

Here lives which files a run, an ensemble and a comparison write. Formats live in ``files``.
"""
