"""Hypercorn's websockets, bounded: no compression, messages limited in bytes, pings whose answers are waited for."""

import time
from dataclasses import replace
from typing import Any

from hypercorn.protocol.events import Data, Event, Request, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream
from hypercorn.typing import ASGISendEvent
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.frame_protocol import CloseReason

__all__ = ["PING", "LiveStream"]

EXTENSIONS = b"sec-websocket-extensions"
# A whole ping frame without payload (RFC 6455, 5.2): always the same bytes.
PING = b"\x89\x00"


class LiveStream(WSStream):
    """One websocket.

    - permessage-deflate is not agreed on: it cannot be switched off (pgjones/hypercorn#307), costs 100 kB a connection,
      and a small frame can unfold to hundreds of megabytes before its size is known.
    - Hypercorn limits a message in characters, up to four bytes each. Here `websocket_max_message_size` means bytes.
    - Hypercorn sends pings from a task per connection and never looks for pongs. `Connections` sends them
      for all sockets from one task; `heard` is when the last pong came.
    - A frame against the protocol is answered with a close frame that says so, not with the end of the connection.
    - The code with which the client closes reaches the application (pgjones/hypercorn#127).
    - A client that sends before it was accepted is refused, and its handler hears of it; Hypercorn leaves both waiting.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heard = 0.0
        self.pinged = 0.0
        self._parts: list[str | bytes] = []
        self._size = 0
        self._refused = False
        self._peer_code: int | None = None

    @property
    def open(self) -> bool:
        """Whether frames may be written: accepted, and no close frame sent or received."""
        return self.state is ASGIWebsocketState.CONNECTED and self.connection.state is ConnectionState.OPEN

    def goodbye(self) -> bytes:
        """The close frame that says: this server goes, come back (to it or another)."""
        return self.connection.send(CloseConnection(code=CloseReason.SERVICE_RESTART)) if self.open else b""

    @property
    def established(self) -> bool:
        """Whether it was accepted."""
        return self.handshake.accepted

    async def handle(self, event: Event) -> None:
        if isinstance(event, Request):
            # Not offered, it is not agreed on.
            event = replace(event, headers=[header for header in event.headers if header[0].lower() != EXTENSIONS])
        elif isinstance(event, Data) and not self.closed and not self.handshake.accepted:
            await self._send_error_response(400)
            self.state = ASGIWebsocketState.HTTPCLOSED
            await self.send(StreamClosed(stream_id=self.stream_id))
            return
        elif isinstance(event, StreamClosed) and not self.closed and self._peer_code is not None:
            self.closed = True
            if self.app_put is not None:
                await self.app_put({"type": "websocket.disconnect", "code": self._peer_code})
            return
        await super().handle(event)

    async def app_send(self, message: ASGISendEvent | None) -> None:
        await super().app_send(message)
        if message is not None and message["type"] == "websocket.accept":
            self.heard = self.pinged = time.monotonic()
            # Hypercorn's own buffer counts characters; it is not used.
            del self.buffer

    async def _handle_events(self) -> None:
        for event in self.connection.events():
            if isinstance(event, (TextMessage, BytesMessage)):
                if not self._refused:
                    await self._handle_part(event)
            elif isinstance(event, Pong):
                self.heard = time.monotonic()
            elif isinstance(event, Ping):
                await self._send_wsproto_event(event.response())
            elif isinstance(event, CloseConnection):
                self._peer_code = self._peer_code or int(event.code)
                if self.connection.state is ConnectionState.REMOTE_CLOSING:
                    await self._send_wsproto_event(event.response())
                else:
                    await self._send_wsproto_event(event)
                await self.send(StreamClosed(stream_id=self.stream_id))
                return

    async def _handle_part(self, event: TextMessage | BytesMessage) -> None:
        data = event.data
        self._size += len(data.encode()) if isinstance(data, str) else len(data)
        if self._size > self.config.websocket_max_message_size:
            self._refused = True
            self._parts.clear()
            self._peer_code = int(CloseReason.MESSAGE_TOO_BIG)
            await self._send_wsproto_event(CloseConnection(code=CloseReason.MESSAGE_TOO_BIG))
            await self.send(StreamClosed(stream_id=self.stream_id))
            return
        if not event.message_finished:
            self._parts.append(bytes(data) if isinstance(data, bytearray) else data)
            return
        whole: str | bytes
        if isinstance(event, TextMessage):
            whole = "".join([*self._parts, event.data])  # type: ignore[list-item]
        else:
            whole = b"".join([*self._parts, bytes(event.data)])  # type: ignore[list-item]
        self._parts.clear()
        self._size = 0
        assert self.app_put is not None
        await self.app_put(
            {
                "type": "websocket.receive",
                "bytes": whole if isinstance(whole, bytes) else None,
                "text": whole if isinstance(whole, str) else None,
            }
        )
