"""One sight line: its geometry, where it is cut, the rules that integrate a density along it.

Here lives everything that knows one line at a time. The sky as a whole lives in ``surface``.
"""
