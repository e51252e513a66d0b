"""Work that is done whole, and answers that take as long for everybody."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["evenly", "whole"]

T = TypeVar("T")

# Longer than the work behind any of these answers: a few quick questions and writes.
ANSWER_SECONDS = 0.2

# The event loop itself keeps only weak references to tasks.
_running: set[asyncio.Task[Any]] = set()


async def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do the work to its end, even when the client leaves in the middle: Quart then cancels the view between two
    awaits, and of two writes that belong together only the first would happen."""
    task = asyncio.ensure_future(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return await asyncio.shield(task)


async def evenly(work: Coroutine[Any, Any, T]) -> T:
    """Do the work whole, and come back no sooner than after ANSWER_SECONDS.

    For answers that must not tell whether there was anything to do: to write a letter takes some milliseconds, and
    to find out that there is nobody to write to takes fewer. Both are over by then.
    """
    asked = asyncio.get_running_loop().time()
    try:
        return await whole(work)
    finally:
        await asyncio.sleep(asked + ANSWER_SECONDS - asyncio.get_running_loop().time())
