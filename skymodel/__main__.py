"""``python -m skymodel`` and the command ``skymodel``, quiet when interrupted while the code is still loading."""

import signal


def main() -> None:
    """Load the command line and run it."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as it is for a script's background jobs
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is under way yet: no traceback; shells report 130
    from skymodel.cli.app import main as command

    command()


if __name__ == "__main__":
    main()
