"""Hypercorn's HTTP/1.1 with what its own leaves open: no cleartext HTTP/2, strict heads, no memory kept for nothing."""

from collections.abc import Awaitable, Callable
from typing import Any

import h11
from hypercorn.asyncio.worker_context import EventWrapper, WorkerContext
from hypercorn.config import Config
from hypercorn.events import Event
from hypercorn.protocol import h11 as hypercorn_h11
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.events import Response
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.typing import AppWrapper, ConnectionState, TaskGroup

from tidings.server.websocket import LiveStream

__all__ = ["StrictH11Protocol"]

SWITCHING_PROTOCOLS = 101


class StrictConnection(h11.Connection):
    """h11 that refuses requests which two servers in a row could read differently.

    - Content-Length beside Transfer-Encoding: a way to smuggle a request (RFC 9112, 6.1).
      Hypercorn lets it pass: pgjones/hypercorn#279.
    - HTTP/2 by prior knowledge: Hypercorn would speak it in clear text, past the rules of a proxy before it;
      there is no setting against it.
    - A head over the limit that arrives in one piece: h11 counts only heads that are incomplete.
    """

    def __init__(self, head_limit: int) -> None:
        super().__init__(h11.SERVER, max_incomplete_event_size=head_limit)
        self._head_limit = head_limit

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._check(event)
        return event

    def _check(self, request: h11.Request) -> None:
        if request.http_version not in (b"1.1", b"1.0"):
            raise h11.RemoteProtocolError("only HTTP/1.1 is spoken here", error_status_hint=505)
        size = len(request.target)
        names = set()
        for name, value in request.headers:
            names.add(name)
            size += len(name) + len(value)
        if b"content-length" in names and b"transfer-encoding" in names:
            raise h11.RemoteProtocolError("a body has one length", error_status_hint=400)
        if size > self._head_limit:
            raise h11.RemoteProtocolError("too long a head", error_status_hint=431)


class Resume(EventWrapper):
    """Says when reading goes on after a pipelined request; ends the waiting where the client is gone.

    Hypercorn's own would wait for ever then, and keep the connection's memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gone = False

    async def wait(self) -> None:
        await super().wait()
        if self.gone:
            raise ConnectionResetError("the client is gone")


class StrictH11Protocol(H11Protocol):
    """One connection's HTTP/1.1, and the websocket that it may become."""

    def __init__(
        self,
        app: AppWrapper,
        config: Config,
        context: WorkerContext,
        task_group: TaskGroup,
        connection_state: ConnectionState,
        client: tuple[str, int] | None,
        server: tuple[str, int] | None,
        send: Callable[[Event], Awaitable[None]],
    ) -> None:
        super().__init__(app, config, context, task_group, connection_state, False, client, server, send)
        self.connection = StrictConnection(config.h11_max_incomplete_size)
        self.resume = Resume()
        self.can_read = self.resume

    @property
    def websocket(self) -> LiveStream | None:
        """The websocket that this connection has become, from the request for it on."""
        return self.stream if isinstance(self.stream, LiveStream) else None

    async def stream_send(self, event: StreamEvent) -> None:
        if isinstance(event, Response) and event.status_code >= 200 and self.context.terminated.is_set():
            # Told to close, the client sends its next request on a new connection, to a process that stays.
            event.headers.append((b"connection", b"close"))
        await super().stream_send(event)
        if isinstance(event, Response) and event.status_code == SWITCHING_PROTOCOLS:
            # What h11 keeps of the handshake is of no more use: 7 kB for as long as the socket is open.
            self.connection.h11_connection = None  # type: ignore[union-attr]

    async def _check_protocol(self, event: h11.Request) -> None:
        """Hypercorn looks for an upgrade to cleartext HTTP/2 here. Ignoring it is allowed (RFC 9110, 7.8): the request
        is answered as what it is, HTTP/1.1, and nothing tunnels past a proxy."""


# Hypercorn's protocol makes its websocket streams by this name of its module and has no other place to say which.
vars(hypercorn_h11)["WSStream"] = LiveStream
