"""A live socket straight into the application, without processes and ports."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from quart.testing.connections import WebsocketDisconnectError

from tests.visitors import Visitor

__all__ = ["InnerSocket", "inner_socket"]

Frame = dict[str, Any]


class InnerSocket:
    """What a page holds; `name` subscribed."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def subscribe(self, channel: str, position: str | None = None) -> Frame:
        frame = {"op": "subscribe", "channel": channel} | ({} if position is None else {"position": position})
        await self._connection.send(json.dumps(frame))
        return await self.next_frame()

    async def next_frame(self, timeout: float = 10) -> Frame:
        async with asyncio.timeout(timeout):
            frame = json.loads(await self._connection.receive())
        assert isinstance(frame, dict)
        return frame

    async def until(self, op: str) -> list[Frame]:
        """All frames up to and with the first of this kind."""
        frames = [await self.next_frame()]
        while frames[-1]["op"] != op:
            frames.append(await self.next_frame())
        return frames

    async def rest(self, probe: str = "pong") -> list[Frame]:
        """What was sent until now: a ping is answered after it."""
        await self._connection.send(json.dumps({"op": "ping"}))
        return (await self.until(probe))[:-1]

    async def close_code(self, timeout: float = 5) -> int:
        """With which code the server closes; frames before it are passed over."""
        async with asyncio.timeout(timeout):
            while True:
                try:
                    await self._connection.receive()
                except WebsocketDisconnectError as error:
                    return int(error.args[0])


@asynccontextmanager
async def inner_socket(app: Any, person: Visitor | None, *channels: str) -> AsyncIterator[InnerSocket]:
    """A socket of this person (None: a stranger), subscribed to these channels from now on."""
    headers = {"Origin": "http://localhost"}
    if person is not None:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    async with app.test_client().websocket("/live", headers=headers) as connection:
        socket = InnerSocket(connection)
        for channel in channels:
            assert (await socket.subscribe(channel))["op"] == "subscribed"
        yield socket
