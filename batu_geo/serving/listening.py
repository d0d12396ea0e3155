"""The server at work: a socket of this computer alone, and heads that must come in time."""

from __future__ import annotations

import gc
import socket
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp

HOST = "127.0.0.1"
# A connection that has not said what it wants by then is closed.
HEAD_SECONDS = 10.0
IDLE_SECONDS = 30
LONGEST_HEAD = 32_768
BACKLOG = 256


class InTime(H11Protocol):
    """HTTP whose requests must come whole within `HEAD_SECONDS`, the first and every later one."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that is not whole yet keeps its time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._timer is None and self.conn.trailing_data[0]:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _close(self) -> None:
        self._timer = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.close()


def listening(port: int = 0) -> socket.socket:
    """Return a socket that listens on this computer alone, at a port or one the system chooses.

    Its protocol is named: otherwise asyncio leaves Nagle's algorithm on, which holds every
    answer back by 40 ms.

    Raises
    ------
    OSError
        When the port is in use.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def server(app: ASGIApp) -> uvicorn.Server:
    """Return what answers with an application: quiet, and without a limit on connections.

    A limit would count silent connections, and refuse the page because of them.
    """
    settings: dict[str, Any] = {
        "http": InTime, "ws": "none", "lifespan": "on", "log_config": None, "access_log": False,
        "server_header": False, "timeout_keep_alive": IDLE_SECONDS,
        "timeout_graceful_shutdown": 1, "h11_max_incomplete_event_size": LONGEST_HEAD,
    }  # fmt: skip
    return uvicorn.Server(uvicorn.Config(app, **settings))


def without_pauses() -> None:
    """Take what was read out of the sight of the garbage collector.

    It would walk all shapes of the study in the middle of a drag.
    """
    gc.collect()
    gc.freeze()
