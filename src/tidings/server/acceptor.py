"""Accepts connections from the inherited socket, one at a time, so that all workers get some."""

import asyncio
import logging
import socket
from collections.abc import Callable
from contextlib import suppress

__all__ = ["Acceptor"]

logger = logging.getLogger(__name__)

PAUSE_WITHOUT_FILES = 0.5


class Acceptor:
    """Accepts on the event loop, one connection in each of its turns.

    asyncio's own server accepts until nothing waits, so that of several workers one would get all that came at once;
    and waiting for it to close waits for its connections from Python 3.12 on, websockets included
    (pgjones/hypercorn#308). Here stopping is taking one watch off the loop.
    """

    def __init__(self, listener: socket.socket, make: Callable[[], asyncio.BaseProtocol]) -> None:
        self._listener = listener
        self._make = make
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def start(self) -> None:
        if not self._stopped:
            self._loop.add_reader(self._listener, self._accept)

    def stop(self) -> None:
        """Accept nothing more. What waits in the backlog is left to the other workers."""
        self._stopped = True
        self._loop.remove_reader(self._listener)
        self._listener.close()

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another worker was quicker, or the client has left
        except OSError as error:
            logger.error("Cannot accept connections for a moment: %s", error.strerror)
            self._loop.remove_reader(self._listener)
            self._loop.call_later(PAUSE_WITHOUT_FILES, self.start)
            return
        client.setblocking(False)
        task = self._loop.create_task(self._connect(client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, client: socket.socket) -> None:
        with suppress(OSError):
            await self._loop.connect_accepted_socket(self._make, client)
