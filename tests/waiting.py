"""Waiting for something to become so, and no longer."""

import asyncio
from collections.abc import Callable
from time import monotonic

__all__ = ["until"]


async def until(question: Callable[[], bool], timeout: float = 20) -> None:
    """Come back as soon as the answer is yes; fail where it is not within `timeout` seconds."""
    deadline = monotonic() + timeout
    while not question():
        assert monotonic() < deadline, f"not within {timeout} s"
        await asyncio.sleep(0.01)
