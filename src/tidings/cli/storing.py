"""What commands share that work on what is stored: the database found, opened, and closed again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tidings.errors import SettingsError
from tidings.repositories import open_storage
from tidings.repositories.protocols import Storage
from tidings.server.database import database_of
from tidings.settings import Settings

__all__ = ["with_storage"]

T = TypeVar("T")


def with_storage(settings: Settings, work: Callable[[Storage], Awaitable[T]]) -> T:
    """Do `work` on the opened storage of these settings, starting the embedded database for it where none runs."""
    if (settings.database_url or "").startswith("memory:"):
        raise SettingsError(
            "memory:// lives inside the server's process, where no command reaches it. "
            "Leave TIDINGS_DATABASE_URL unset for the embedded database; for a look around: tidings serve --demo"
        )
    with database_of(settings) as database:
        return asyncio.run(_work(open_storage(database.settings), work))


async def _work(storage: Storage, work: Callable[[Storage], Awaitable[T]]) -> T:
    try:
        await storage.open()
        return await work(storage)
    finally:
        await storage.close()
