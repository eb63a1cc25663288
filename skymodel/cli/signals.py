"""What stops a command: Ctrl-C, a terminal that closes, a scheduler that ends a job. Each unwinds, so nothing is left.

Python drops an exception that a signal raises inside a destructor or a callback of C, and would run on to the end; so
the signal is remembered, and :meth:`Stop.check` raises it again between the steps of long work.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

_PATIENCE = (
    2.0  # seconds: repeats within are one press that arrives twice, or impatience with an unwinding that is short
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Handles the signals that end a command: the first unwinds, one that comes long after ends the process at once."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._since = 0.0

    def catch(self) -> None:
        """Handle them from now on; those ignored so far stay so, as for ``nohup`` and for a script's background job."""
        self._number = None
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._arrived)
        sys.unraisablehook = _quiet

    def release(self) -> None:
        """Let the system handle them: the work is done, and the interpreter's own end would print a traceback."""
        for number in _SIGNALS:
            if signal.getsignal(number) == self._arrived:
                signal.signal(number, signal.SIG_DFL)

    def check(self) -> None:
        """Raise what a signal raised before, if it was dropped on the way."""
        if self._number == signal.SIGINT:
            raise KeyboardInterrupt
        if self._number is not None:
            raise SystemExit(128 + self._number)

    def _arrived(self, number: int, _: Any) -> None:
        if self._number is None:
            self._number, self._since = number, time.monotonic()
            self.check()
        if time.monotonic() - self._since > _PATIENCE:
            os.write(2, b"\nskymodel: ended at once; the next run removes what is left behind\n")
            os._exit(128 + number)


STOP = Stop()


def _quiet(dropped: sys.UnraisableHookArgs) -> None:
    """Report an exception that nobody can catch, unless it is ours, which is remembered."""
    if not issubclass(dropped.exc_type, KeyboardInterrupt | SystemExit):
        sys.__unraisablehook__(dropped)
