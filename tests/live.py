"""A live socket as a page holds it: subscribe, read frames, nothing more."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

__all__ = ["LiveSocket", "open_socket"]

Frame = dict[str, Any]
TRIES = 200


class LiveSocket:
    """One open socket. `worker` is the process that took it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        assert connection.response is not None
        self.worker = connection.response.headers.get("Tidings-Worker")

    async def send(self, frame: Frame | str | bytes) -> None:
        await self.connection.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    async def next_frame(self, timeout: float = 10) -> Frame:
        """The next frame; a test fails with TimeoutError when none comes."""
        async with asyncio.timeout(timeout):
            frame = json.loads(await self.connection.recv())
        assert isinstance(frame, dict)
        return frame

    async def subscribe(self, channel: str, position: str | None = None) -> Frame:
        """Subscribe and answer the frame that answers it."""
        frame = {"op": "subscribe", "channel": channel}
        if position is not None:
            frame["position"] = position
        await self.send(frame)
        return await self.next_frame()

    async def collect(self, number: int, timeout: float = 20) -> list[Frame]:
        """The next `number` frames."""
        async with asyncio.timeout(timeout):
            return [await self.next_frame(timeout) for _ in range(number)]

    async def until(self, wanted: Callable[[Frame], bool], timeout: float = 20) -> list[Frame]:
        """All frames up to and with the first that is wanted."""
        frames: list[Frame] = []
        async with asyncio.timeout(timeout):
            while True:
                frames.append(await self.next_frame(timeout))
                if wanted(frames[-1]):
                    return frames

    async def until_event(self, post_id: int, name: str = "post.published", timeout: float = 20) -> list[Frame]:
        """All frames up to and with this event."""
        return await self.until(
            lambda frame: frame["op"] == "event" and frame["name"] == name and frame["id"] == str(post_id), timeout
        )

    async def events_until(self, post_id: int, name: str = "post.published", timeout: float = 20) -> list[Frame]:
        """The events up to and with this one, other frames left out."""
        frames = await self.until_event(post_id, name, timeout)
        return [frame for frame in frames if frame["op"] == "event"]

    async def until_op(self, op: str, timeout: float = 20) -> list[Frame]:
        return await self.until(lambda frame: frame["op"] == op, timeout)

    async def ping(self) -> list[Frame]:
        """Ask for a pong; all frames up to and with it."""
        await self.send({"op": "ping"})
        return await self.until_op("pong")

    async def closed(self, timeout: float = 20) -> int:
        """Read on until the server closes; its close code."""
        async with asyncio.timeout(timeout):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code

    async def close(self) -> None:
        await self.connection.close()


async def open_socket(
    url: str,
    origin: str | None,
    headers: Mapping[str, str],
    worker: str | None = None,
    not_worker: str | None = None,
    **options: Any,
) -> LiveSocket:
    """Connect until the right worker takes it: which one accepts a connection is the kernel's choice."""
    for _ in range(TRIES):
        connection = await connect(
            f"ws{url.removeprefix('http')}/live",
            origin=None if origin is None else Origin(origin),
            additional_headers=dict(headers),
            proxy=None,
            **({"compression": None, "ping_interval": None, "close_timeout": 1, "max_size": None} | options),
        )
        socket = LiveSocket(connection)
        if worker in (None, socket.worker) and socket.worker != (not_worker or ""):
            return socket
        await socket.close()
    raise AssertionError(f"{TRIES} connections, and none was taken by worker {worker or f'other than {not_worker}'}")
