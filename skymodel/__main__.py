"""``python -m skymodel`` and the command ``skymodel``, quiet when interrupted while the code is still loading."""

import gc
import signal
import sys

_SELDOM = (
    50_000  # objects made between two looks for cycles: hundreds of thousands stay, loaded once, and none is found
)


def main() -> None:
    """Load the command line and run it."""
    gc.set_threshold(_SELDOM, 20, 20)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as it is for a script's background jobs
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is under way yet: no traceback; shells report 130
    try:
        from skymodel.cli.app import main as command
    except ImportError as error:
        sys.exit(f"skymodel: {sys.modules[__package__ or 'skymodel'].shadowed(error)}")
    try:
        command()
    finally:
        gc.freeze()  # Python looks through all that is left before it exits, for half a second


if __name__ == "__main__":
    main()
