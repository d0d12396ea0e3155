"""News for the pages that listen: server-sent events, each page with a queue of its own."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from batu_geo.serving.refusals import encoded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PING_SECONDS = 10.0
LONGEST_QUEUE = 200
MOST_LISTENERS = 16


class News:
    """What happens, for every page that listens.

    `tell` may be called from any thread once `begin` was called in that of the server.
    """

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[bytes | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Note the loop in which the pages are answered."""
        self._loop = asyncio.get_running_loop()

    def tell(self, event: str, record: dict[str, Any]) -> None:
        """Tell every page."""
        if self._loop is None or self._loop.is_closed():
            return
        text = b"event: " + event.encode() + b"\ndata: " + encoded(record) + b"\n\n"
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._loop.call_soon_threadsafe(self._put, text)

    def _put(self, text: bytes | None) -> None:
        for queue in self._queues:
            if queue.full():  # a page that does not listen any more
                queue.get_nowait()
            queue.put_nowait(text)

    def end(self) -> None:
        """End every stream."""
        self._put(None)

    @property
    def is_full(self) -> bool:
        """Whether as many pages listen as may."""
        return len(self._queues) >= MOST_LISTENERS

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield the news from now on, and a comment where there is none for a while."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(LONGEST_QUEUE)
        self._queues.add(queue)
        try:
            yield b": \n\n"
            while True:
                try:
                    text = await asyncio.wait_for(queue.get(), PING_SECONDS)
                except TimeoutError:
                    text = b": \n\n"
                if text is None:
                    return
                yield text
        finally:
            self._queues.discard(queue)
