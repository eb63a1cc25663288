"""The command line: one module a command, and what the commands share at the terminal.

Here lives nothing that a notebook needs.
"""
