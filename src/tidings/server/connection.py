"""One TCP connection: bytes in, Hypercorn's protocol in the middle, bytes out; no task as long as it is idle."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Self

from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.typing import AppWrapper, ASGIReceiveEvent, ASGISendEvent, ConnectionState, LifespanState, Scope
from hypercorn.utils import parse_socket_addr

from tidings.server.config import ServerConfig
from tidings.server.http import StrictH11Protocol
from tidings.server.websocket import PING

__all__ = ["Connection", "Shared"]

logger = logging.getLogger(__name__)

READ_SIZE = 64 * 1024
# Bytes read but not yet handled, above which reading pauses: the application is slower than the client.
READ_AHEAD = 64 * 1024
# What is written within one turn of the loop leaves in one packet (a response comes from Hypercorn in three
# pieces), unless it is more than this.
WRITE_AT_ONCE = 64 * 1024
# After our last byte the client may go on sending for so long; closing at once would answer that with a reset, and a
# reset can destroy what the client has not read yet: the close frame with its code, the 400 that says why.
LINGER_SECONDS = 2.0
FLUSH_SECONDS = 30.0
# How long the rest of what a vanished client sent may take to be handled.
REST_SECONDS = 5.0


class Shared:
    """What the connections of one worker share: application, configuration, one read buffer, and the list of them."""

    def __init__(self, app: AppWrapper, config: ServerConfig, context: WorkerContext, state: LifespanState) -> None:
        self.app = app
        self.config = config
        self.context = context
        self.state = state
        self.loop = asyncio.get_running_loop()
        # A buffer is filled and emptied within one turn of the loop, so one is enough for all of them.
        self.buffer = memoryview(bytearray(READ_SIZE))
        self.connections: set[Connection] = set()
        self.app_tasks: set[asyncio.Task[None]] = set()


class AppTasks:
    """Hypercorn's task group, without a task of its own that waits: runs the application for one connection."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared

    async def spawn_app(
        self,
        app: AppWrapper,
        config: Any,
        scope: Scope,
        send: Callable[[ASGISendEvent | None], Awaitable[None]],
    ) -> Callable[[ASGIReceiveEvent], Awaitable[None]]:
        """Start the application for this scope; what is returned hands it the next message."""
        inbox: asyncio.Queue[ASGIReceiveEvent] = asyncio.Queue(config.max_app_queue_size)
        self._keep(self._run(app, scope, inbox.get, send))
        return inbox.put

    def spawn(self, func: Callable[..., Any], *args: Any) -> None:
        self._keep(func(*args))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, exc_type: type, exc_value: BaseException, tb: TracebackType) -> None:
        return None

    def _keep(self, coroutine: Any) -> None:
        task = self._shared.loop.create_task(coroutine)
        self._shared.app_tasks.add(task)
        task.add_done_callback(self._shared.app_tasks.discard)

    async def _run(self, app: AppWrapper, scope: Scope, receive: Any, send: Any) -> None:
        loop = self._shared.loop
        try:
            await app(scope, receive, send, partial(loop.run_in_executor, None), _no_threads)
        except asyncio.CancelledError:
            # Only at the hard end of a stopping worker; the client sees its connection end.
            return
        except Exception:
            logger.exception("The application failed for %s", scope.get("path"))
        finally:
            with suppress(OSError):
                await send(None)


def _no_threads(*_: Any) -> None:
    raise RuntimeError("this server runs ASGI applications only")


class Connection(asyncio.BufferedProtocol):
    """Feeds what arrives to the protocol, in order, from a task that exists only while there is something to handle.

    Hypercorn's own TCPServer keeps a reading task, an idle task, a stream reader and a task group for each connection,
    and starts and cancels a task for each request; its idle timer also fires while a request is arriving
    (pgjones/hypercorn#235). Here `check`, called every second for all connections, is the only timer.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._pending = bytearray()
        self._out = b""
        self._pump: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport
        self._protocol: StrictH11Protocol
        self._drained: asyncio.Event | None = None
        self._reading = True
        self._ended = False
        self._busy = False
        self._closing = 0.0
        self._idle_since = time.monotonic()
        self._head_since = 0.0

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._shared.connections.add(self)
        socket = transport.get_extra_info("socket")
        client = transport.get_extra_info("peername")
        self._protocol = StrictH11Protocol(
            self._shared.app,
            self._shared.config,
            self._shared.context,
            AppTasks(self._shared),
            ConnectionState(self._shared.state),
            parse_socket_addr(socket.family, client) if client else None,
            parse_socket_addr(socket.family, transport.get_extra_info("sockname")),
            self._send,
        )

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._shared.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._closing:
            return
        if not self._busy and not self._head_since:
            self._head_since = time.monotonic()
        self._pending += self._shared.buffer[:nbytes]
        if self._pump is None:
            self._pump = self._shared.loop.create_task(self._handle_pending())
        elif len(self._pending) > READ_AHEAD:
            self._read_on(False)

    def eof_received(self) -> bool:
        # A client that has nothing more to say counts as gone, as with Hypercorn's own server.
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._shared.connections.discard(self)
        self.resume_writing()
        if self._pump is None:
            self._pump = self._shared.loop.create_task(self._handle_pending())
        else:
            # What the client sent before it went is still handled, unless it waits for a response that nobody reads.
            self._protocol.resume.gone = True
            self._shared.loop.create_task(self._protocol.resume.set())
            self._shared.loop.call_later(REST_SECONDS, self._pump.cancel)

    def pause_writing(self) -> None:
        self._drained = asyncio.Event()
        # Who does not read is not read either: what it sends would pile up in front of a handler that waits for it
        # (Quart's inbox has no bound: pallets/quart#152).
        self._read_on(False)

    def resume_writing(self) -> None:
        if self._drained is not None:
            self._drained.set()
            self._drained = None
        self._read_on(True)

    # What the worker calls

    @property
    def busy(self) -> bool:
        """Whether a request is being answered or a websocket is open."""
        return (self._busy or bool(self._pending)) and not self._closing

    def check(self, now: float, idle_seconds: float | None = None) -> None:
        """Do what is due at `now` (monotonic seconds): a ping, or the end of who has not answered, is idle or slow.

        `idle_seconds` is how long it may be idle, where that is not what the configuration says.
        """
        if self._closing:
            self._check_closing(now)
        elif (stream := self._protocol.websocket) is not None:
            interval = self._shared.config.websocket_ping_interval
            if stream.closed:
                self.close()
            if not interval or not stream.established:
                return
            if now - stream.heard >= 2 * interval:
                self.abort()
            elif now - stream.pinged >= interval and stream.open:
                stream.pinged = now
                self._write(PING)
        elif not self._busy:
            if idle_seconds is None:
                idle_seconds = self._shared.config.keep_alive_timeout
            if self._head_since:
                if now - self._head_since >= self._shared.config.head_timeout:
                    self.close()
            elif now - self._idle_since >= idle_seconds:
                self._transport.close()

    def close(self) -> None:
        """End it once all that was written is out; what still arrives is read and thrown away for two seconds."""
        if self._closing or self._ended:
            return
        self._flush()
        self._closing = time.monotonic()
        self._pending.clear()
        self._read_on(True)
        try:
            self._transport.write_eof()
        except (OSError, RuntimeError):
            self._transport.close()

    def say_goodbye(self) -> None:
        """Tell an open websocket that it must come back elsewhere (1012)."""
        if (stream := self._protocol.websocket) is not None and stream.established:
            self._write(stream.goodbye())

    def abort(self) -> None:
        """End it now."""
        self._transport.abort()

    # Between the two

    def _check_closing(self, now: float) -> None:
        if self._transport.get_write_buffer_size():
            if now - self._closing >= FLUSH_SECONDS:
                self.abort()
        elif now - self._closing >= LINGER_SECONDS:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if not self._out:
            self._shared.loop.call_soon(self._flush)
        self._out += data
        if len(self._out) > WRITE_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        data, self._out = self._out, b""
        if data and not (self._ended or self._closing or self._transport.is_closing()):
            self._transport.write(data)

    def _read_on(self, reading: bool) -> None:
        if reading is self._reading or self._ended or self._transport.is_closing():
            return
        self._reading = reading
        if reading:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    async def _handle_pending(self) -> None:
        try:
            while self._pending:
                data = bytes(self._pending)
                self._pending.clear()
                if self._drained is None:
                    self._read_on(True)
                await self._protocol.handle(RawData(data))
        except ConnectionResetError:
            pass
        except asyncio.CancelledError:
            if not self._ended:
                raise
        except Exception:
            logger.exception("The server failed for a connection")
            self.abort()
        finally:
            if self._ended:
                await self._protocol.handle(Closed())
            else:
                self._pump = None

    async def _send(self, event: Event) -> None:
        if isinstance(event, RawData):
            self._write(event.data)
            if self._drained is not None:
                await self._drained.wait()
        elif isinstance(event, Closed):
            self.close()
        elif isinstance(event, Updated):
            self._busy = not event.idle
            self._head_since = 0.0
            self._idle_since = time.monotonic()
