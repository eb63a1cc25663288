"""The newest wish first: work in a thread that never blocks the page and gives up what a newer wish overtakes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Found = TypeVar("Found")
Progress = Callable[[int, int], None]


class Overtaken(BaseException):
    """A newer wish has come; no Exception, so that nothing takes it for a fault of a density."""


class Latest(Generic[Wish, Found]):
    """Computes the newest of what is wished.

    Parameters
    ----------
    compute
        Called with a wish and a progress callback; yields what is found, better and better.
    deliver
        Called with the wish and each thing found, from the thread.
    fail
        Called with the wish and the error that ended it, from the thread.
    """

    def __init__(
        self,
        compute: Callable[[Wish, Progress], Iterator[Found]],
        deliver: Callable[[Wish, Found], None],
        fail: Callable[[Wish, Exception], None],
    ) -> None:
        self._compute, self._deliver, self._fail = compute, deliver, fail
        self._lock = threading.Lock()
        self._wish: Wish | None = None
        self._thread: threading.Thread | None = None

    def ask(self, wish: Wish) -> None:
        """Take a wish; it overtakes all earlier ones."""
        with self._lock:
            self._wish = wish
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def wait(self, timeout: float) -> None:
        """Wait until nothing is wished any more, at most so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _check(self, *_: int) -> None:
        if self._wish is not None:
            raise Overtaken

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            try:
                for found in self._compute(wish, self._check):
                    self._check()
                    self._deliver(wish, found)
            except Overtaken:
                continue
            except Exception as error:  # whatever a density raises is told on the page
                self._fail(wish, error)

    def _next(self) -> Wish | None:
        """Return the newest wish, or None and let the thread end."""
        with self._lock:
            wish, self._wish = self._wish, None
            if wish is None:
                self._thread = None
            return wish
