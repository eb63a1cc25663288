"""``python -m skymodel`` is the command ``skymodel``."""

from skymodel.cli import main

main()
