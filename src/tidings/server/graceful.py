"""Serves an ASGI application from a listening socket until told to stop, and then ends without failing anybody."""

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework, LifespanState
from hypercorn.utils import LifespanFailureError, LifespanTimeoutError

from tidings.errors import TidingsError, UnavailableError
from tidings.server.acceptor import Acceptor
from tidings.server.config import ServerConfig
from tidings.server.connection import Connection, Shared

__all__ = ["Stop", "serve"]

logger = logging.getLogger(__name__)

# How long connections without a request are kept when stopping. A connection that was accepted a moment ago
# has its request on the way; one that is kept alive may have. When other workers take over there is time for their
# clients to send it and be told, in the answer, to come back on a new connection.
IDLE_SECONDS = 0.25
IDLE_SECONDS_RETIRING = 3.0
POLL = 0.05
SWEEP = 1.0


class Stop:
    """Told by a signal: to stop, or to retire (another worker has taken over already)."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.idle_seconds = IDLE_SECONDS_RETIRING

    def stop(self) -> None:
        self.idle_seconds = IDLE_SECONDS
        self.event.set()

    def retire(self) -> None:
        self.event.set()


async def serve(
    app: ASGIFramework,
    config: ServerConfig,
    listener: socket.socket,
    stop: Stop,
    *,
    started: Callable[[], Awaitable[None]],
    drain: Callable[[], Awaitable[Any]] | None = None,
) -> None:
    """Run the application's lifespan around serving it.

    `started` is called once connections are accepted. After `stop`: nothing more is accepted, `drain` is called,
    requests that are being answered are finished, and what is left after `graceful_timeout` seconds is cut off.
    Raises UnavailableError with the application's own sentence where it cannot start.

    Hypercorn's own `serve` waits for one more request before it stops (pgjones/hypercorn#145), forgets its
    deadline on Python 3.12 (#308) and shuts the application down before its handlers have ended.
    """
    wrapped, context, state = ASGIWrapper(app), WorkerContext(None), LifespanState({})
    async with _Lifespan(Lifespan(wrapped, config, asyncio.get_running_loop(), state)):
        shared = Shared(wrapped, config, context, state)
        acceptor = Acceptor(listener, lambda: Connection(shared))
        acceptor.start()
        sweeping = asyncio.create_task(_sweep(shared))
        try:
            await started()
            await stop.event.wait()
        finally:
            acceptor.stop()
            sweeping.cancel()
        await context.terminated.set()
        await _finish(shared, stop, drain, config.graceful_timeout)


class _Lifespan:
    """Hypercorn's lifespan as a context: the application is started on entering and shut down on leaving."""

    def __init__(self, lifespan: Lifespan) -> None:
        self._lifespan = lifespan
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._lifespan.handle_lifespan())
        try:
            await self._lifespan.wait_for_startup()
        except LifespanTimeoutError as error:
            raise UnavailableError("The application did not start in time.") from error
        await asyncio.sleep(0)
        failure = self._task.exception() if self._task.done() else None
        if isinstance(failure, LifespanFailureError):
            raise UnavailableError(str(failure).partition("'")[2].removesuffix("'") or str(failure)) from failure
        if failure is not None:
            raise failure

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._lifespan.wait_for_shutdown()
        except LifespanTimeoutError:
            logger.warning("The application did not shut down in time")
        self._task.cancel()
        with suppress(asyncio.CancelledError, LifespanFailureError, TidingsError):
            await self._task


async def _sweep(shared: Shared) -> None:
    """Every second, everything that is due on any connection."""
    interval = shared.config.websocket_ping_interval
    pause = min(SWEEP, interval / 5) if interval else SWEEP
    while True:
        await asyncio.sleep(pause)
        now = time.monotonic()
        for connection in list(shared.connections):
            connection.check(now)


async def _finish(
    shared: Shared, stop: Stop, drain: Callable[[], Awaitable[Any]] | None, graceful_seconds: float
) -> None:
    began = time.monotonic()
    draining = asyncio.create_task(_drain(drain))
    while (now := time.monotonic()) < began + graceful_seconds:
        for connection in list(shared.connections):
            if now - began >= stop.idle_seconds:
                connection.check(now, idle_seconds=0.0)
        if draining.done() and not shared.connections and not shared.app_tasks:
            break
        await asyncio.sleep(POLL)
    busy = sum(connection.busy for connection in shared.connections)
    if busy:
        logger.warning("Cut off %d connections that were not done after %.0f seconds", busy, graceful_seconds)
    draining.cancel()
    for connection in list(shared.connections):
        connection.say_goodbye()
    await asyncio.sleep(POLL if busy else 0)
    for connection in list(shared.connections):
        connection.abort()
    # Their handlers hear of it and end; those that do not are cancelled.
    if shared.app_tasks:
        await asyncio.wait(shared.app_tasks, timeout=0.5)
    for task in list(shared.app_tasks):
        task.cancel()
    if shared.app_tasks:
        await asyncio.wait(shared.app_tasks, timeout=0.5)


async def _drain(drain: Callable[[], Awaitable[Any]] | None) -> None:
    if drain is None:
        return
    try:
        await drain()
    except Exception:
        logger.exception("Draining failed")
