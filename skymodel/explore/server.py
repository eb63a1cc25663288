"""The explorer's server: Bokeh's, on 127.0.0.1 only, for pages of its own origin, until the last page is closed."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from skymodel.runs.config.model import RunConfig

ADDRESS = "127.0.0.1"
GRACE = 5.0  # seconds that the last page may take to come back, as it does when it is loaded anew
_CHECK, _LIFETIME = 500, 1000  # ms: how often unused sessions are looked for, and how long one is kept


def serve(
    config: RunConfig | None = None, *, port: int = 0, ready: Callable[[str], Any] | None = None, stay: bool = False
) -> None:
    """Serve the page until it is interrupted or its last visitor has left.

    Parameters
    ----------
    config
        What is opened first, if anything.
    port
        Where; a free one by default.
    ready
        Called with the page's address once it can be visited.
    stay
        Whether to go on after the last visitor has left.

    Raises
    ------
    OSError
        If the port is taken.
    """
    from bokeh.server.server import Server
    from tornado.ioloop import IOLoop

    from skymodel.explore.page import Explorer

    port = _free(port)
    loop = IOLoop()
    visits = _Visits(loop, stay)

    def visit(document: Any) -> None:
        visits.come()
        document.on_session_destroyed(lambda _: visits.leave())
        Explorer(document, config)

    hosts = [f"{name}:{port}" for name in (ADDRESS, "localhost")]
    timing = {"check_unused_sessions_milliseconds": _CHECK, "unused_session_lifetime_milliseconds": _LIFETIME}
    server = Server({"/": visit}, io_loop=loop, address=ADDRESS, port=port, allow_websocket_origin=hosts, **timing)
    server.start()
    try:
        if ready is not None:
            loop.add_callback(ready, f"http://{ADDRESS}:{port}/")
        loop.start()
    finally:
        server.stop(wait=False)
        loop.close(all_fds=True)


class _Visits:
    """Counts pages and ends the loop when none has been there for a while."""

    def __init__(self, loop: Any, stay: bool) -> None:
        self._loop, self._stay, self._here = loop, stay, 0

    def come(self) -> None:
        self._here += 1

    def leave(self) -> None:
        self._here -= 1
        if self._here == 0 and not self._stay:
            self._loop.call_later(GRACE, self._end)

    def _end(self) -> None:
        if self._here == 0:
            self._loop.stop()


def _free(port: int) -> int:
    """Return a port that can be listened on.

    Raises
    ------
    OSError
        If the one asked for is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise OSError(f"port {port} is taken ({error.strerror}); choose another with --port, or none") from None
        return int(probe.getsockname()[1])
