"""Where the hub puts frames for one reader: a bounded queue that never makes anybody else wait."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol

__all__ = ["CLOSE_FLOOD", "CLOSE_RESTART", "CLOSE_SESSION_OVER", "CLOSE_TOO_SLOW", "QueueSink", "Sink"]

CLOSE_RESTART = 1012
CLOSE_SESSION_OVER = 4001
CLOSE_TOO_SLOW = 4008
CLOSE_FLOOD = 4029

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024
# A replay goes on as soon as the reader has taken most of what it was given.
LOW_WATER = 32


class Sink(Protocol):
    """One reader's end."""

    def offer(self, frame: str) -> None:
        """Take a frame, in order. A reader who has too much waiting is closed with 4008."""

    async def room(self) -> None:
        """Wait until little is waiting: how a replay keeps pace with the reader."""

    def close(self, code: int) -> None:
        """Send what waits if that goes quickly, then close."""


class QueueSink:
    """A queue in front of `send` and `hang_up`. It has a task only while there is something to write."""

    __slots__ = ("_bytes", "_closing", "_frames", "_hang_up", "_send", "_task", "_waiters")

    def __init__(self, send: Callable[[str], Awaitable[None]], hang_up: Callable[[int], Awaitable[None]]) -> None:
        self._send = send
        self._hang_up = hang_up
        self._frames: deque[str] = deque()
        self._bytes = 0
        self._closing: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []

    def offer(self, frame: str) -> None:
        if self._closing is not None:
            return
        if len(self._frames) >= MAX_FRAMES or (self._frames and self._bytes + len(frame) > MAX_BYTES):
            self._frames.clear()
            self._bytes = 0
            self.close(CLOSE_TOO_SLOW)
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        self._write()

    @property
    def closing(self) -> bool:
        """Whether nothing more will be sent."""
        return self._closing is not None

    def close(self, code: int) -> None:
        if self._closing is None:
            self._closing = code
            self._write()

    async def room(self) -> None:
        while len(self._frames) > LOW_WATER and self._closing is None:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    def _write(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._frames:
                frame = self._frames.popleft()
                self._bytes -= len(frame)
                if len(self._frames) <= LOW_WATER:
                    self._wake()
                await self._send(frame)
            if self._closing is not None:
                await self._hang_up(self._closing)
        except (ConnectionError, RuntimeError):
            self._closing = self._closing or CLOSE_TOO_SLOW  # the connection is gone; nothing more can be written
            self._frames.clear()
        finally:
            self._task = None
            self._wake()

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
