"""The port: bound once by the supervisor, accepted from by every worker, one connection at a time."""

import asyncio
import errno
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from tidings.errors import SettingsError

__all__ = ["Acceptor", "address_of", "bind"]

logger = logging.getLogger(__name__)

BIND_SECONDS = 3.0
PAUSE = 0.1
# What the kernel takes from us ahead of a slow reader. Left to grow by itself it hides megabytes.
SEND_BUFFER = 128 * 1024
# A peer that acknowledges nothing for so long is gone; without it a stalled reader's connection stays for ever.
USER_TIMEOUT_MS = 20_000
PAUSE_WITHOUT_FILES = 0.5


def bind(host: str, port: int, backlog: int) -> socket.socket:
    """A listening socket. Waits three seconds for the port to come free; SettingsError says what to do."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"{host!r} is no address of this machine: {error}") from error
    family, kind, _, _, address = found[0]
    deadline = time.monotonic() + BIND_SECONDS
    while True:
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Connections inherit these from the listener.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
            listener.bind(address)
            listener.listen(backlog)
            listener.setblocking(False)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE and time.monotonic() < deadline:
                time.sleep(PAUSE)
                continue
            raise SettingsError(_why_not(host, port, error)) from error
        return listener


def address_of(listener: socket.socket) -> str:
    """host:port as it stands in a URL."""
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is used by another program. Stop it, or choose another port: --port {port + 1}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Port {port} may not be used by this user. Choose one above 1023: --port 8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Choose another: --host 127.0.0.1"
    return f"Port {port} of {host} cannot be used: {error.strerror}"


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
