"""What a repository is given: collections by name, and transactions."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Protocol, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

__all__ = ["Database", "MongoDatabase"]

T = TypeVar("T")
Work = Callable[[Any], Awaitable[T]]

TRANSACTION_SECONDS = 5.0
COMMIT_MILLISECONDS = 2500


class Database(Protocol):
    """Collections by name, and work that happens whole or not at all."""

    def __getitem__(self, name: str) -> Any: ...

    async def transaction(self, work: Work[T]) -> T:
        """Run `work(session)`, which passes the session on to everything it writes, and commit it.

        It may run more than once, and it ends even when the caller is cancelled: somebody who closes the browser
        in the middle of a request leaves either all of it or nothing.
        """


class MongoDatabase:
    """The real one. Concurrent transactions on one row abort each other at once and are tried again with jitter.

    The driver's own retry loop goes on for two minutes; a web request has seconds.
    """

    def __init__(self, client: "AsyncIOMotorClient[dict[str, Any]]", name: str) -> None:
        self._client = client
        self.raw: AsyncIOMotorDatabase[dict[str, Any]] = client[name]

    def __getitem__(self, name: str) -> Any:
        return self.raw[name]

    async def transaction(self, work: Work[T]) -> T:
        return await asyncio.shield(asyncio.ensure_future(self._retry(work)))

    async def _retry(self, work: Work[T]) -> T:
        deadline = monotonic() + TRANSACTION_SECONDS
        attempt = 0
        async with await self._client.start_session() as session:
            while True:
                try:
                    return await self._once(session, work, deadline)
                except PyMongoError as error:
                    if not error.has_error_label("TransientTransactionError") or monotonic() > deadline:
                        raise
                attempt += 1
                await asyncio.sleep(random.uniform(0.001, min(0.004 * 2**attempt, 0.1)))

    async def _once(self, session: Any, work: Work[T], deadline: float) -> T:
        async with session.start_transaction(
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority"),
            max_commit_time_ms=COMMIT_MILLISECONDS,
        ):
            result = await work(session)
            # Whether an interrupted commit happened is unknown; committing again is safe and tells.
            while True:
                try:
                    await session.commit_transaction()
                    return result
                except PyMongoError as error:
                    if not error.has_error_label("UnknownTransactionCommitResult") or monotonic() > deadline:
                        raise
