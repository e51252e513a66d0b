"""memory://: the same repositories on mongomock-motor, in one process, keeping nothing.

Live delivery takes the same path as with MongoDB. Instead of a change stream there is one wrapper around the
collections that tells an in-process feed what was written; no repository knows of it.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from time import time
from typing import Any, TypeVar

from mongomock_motor import AsyncMongoMockClient

from tidings.documents.changes import Change, Lost
from tidings.documents.position import Position
from tidings.repositories.mongo.changes import TOLD_FIELDS, translate
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.storage import Repositories, make_indexes

__all__ = ["MemoryStorage"]

T = TypeVar("T")
TOLD_COLLECTIONS = {"posts", "users", "follows", "sessions", "probes"}


class Feed:
    """What was written, told to whoever follows, in the order of writing."""

    def __init__(self) -> None:
        # A new name each time: positions of a process that is gone are recognised as foreign.
        self._origin = secrets.token_hex(4)
        self._at = Position(self._origin, int(time()), 0)
        self._followers: set[asyncio.Queue[Change]] = set()

    def tell(self, event: dict[str, Any]) -> None:
        now = max(int(time()), self._at.seconds)
        increment = self._at.increment + 1 if now == self._at.seconds else 1
        self._at = Position(self._origin, now, increment)
        change = translate(event, self._at)
        if change is not None:
            for queue in self._followers:
                queue.put_nowait(change)

    async def follow(self) -> AsyncGenerator[Change, None]:
        queue: asyncio.Queue[Change] = asyncio.Queue()
        queue.put_nowait(Lost(self._at))
        self._followers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers.discard(queue)


class ToldCollection:
    """A collection whose writes are told to the feed; everything else goes straight through."""

    def __init__(self, collection: Any, feed: Feed) -> None:
        self._collection = collection
        self._feed = feed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    def _event(self, kind: str, key: Any, **more: Any) -> dict[str, Any]:
        return {"operationType": kind, "ns": {"coll": self._collection.name}, "documentKey": {"_id": key}, **more}

    async def insert_one(self, document: dict[str, Any], **options: Any) -> Any:
        result = await self._collection.insert_one(document, **options)
        self._feed.tell(self._event("insert", document["_id"], fullDocument=document))
        return result

    async def update_one(self, condition: dict[str, Any], update: dict[str, Any], **options: Any) -> Any:
        told = TOLD_FIELDS.get(self._collection.name, ())
        before = await self._collection.find_one(condition, dict.fromkeys(("_id", *told), 1))
        result = await self._collection.update_one(condition, update, **options)
        if before is not None:
            await self._tell_update(before["_id"], update, before)
        elif result.upserted_id is not None:
            await self._tell_update(result.upserted_id, update)
        return result

    async def find_one_and_update(self, condition: dict[str, Any], update: dict[str, Any], **options: Any) -> Any:
        result = await self._collection.find_one_and_update(condition, update, **options)
        if result is not None:
            await self._tell_update(result["_id"], update)
        return result

    async def delete_one(self, condition: dict[str, Any], **options: Any) -> Any:
        gone = await self._collection.find_one(condition, {"_id": 1})
        result = await self._collection.delete_one(condition, **options)
        if result.deleted_count and gone is not None:
            self._feed.tell(self._event("delete", gone["_id"]))
        return result

    async def _tell_update(self, key: Any, update: dict[str, Any], before: dict[str, Any] | None = None) -> None:
        fields = {name: value for change in update.values() for name, value in change.items()}
        now = await self._collection.find_one({"_id": key})
        if self._collection.name == "users" and before is not None and now is not None:
            # A value that is written over itself is no change; a real database does not report it either.
            fields = {name: value for name, value in fields.items() if before.get(name) != now.get(name)}
        told = TOLD_FIELDS.get(self._collection.name)
        if told is not None and not fields.keys() & set(told):
            return
        self._feed.tell(self._event("update", key, fullDocument=now, updateDescription={"updatedFields": fields}))


class MemoryDatabase:
    """Collections of one process. A transaction is a lock: nothing here fails halfway, and nobody else writes."""

    def __init__(self, feed: Feed) -> None:
        self._raw: Any = AsyncMongoMockClient(tz_aware=True)["tidings"]
        self._feed = feed
        self._lock = asyncio.Lock()

    def __getitem__(self, name: str) -> Any:
        collection = self._raw[name]
        return ToldCollection(collection, self._feed) if name in TOLD_COLLECTIONS else collection

    async def transaction(self, work: Callable[[Any], Awaitable[T]]) -> T:
        async def alone() -> T:
            async with self._lock:
                return await work(None)

        return await asyncio.shield(asyncio.ensure_future(alone()))


@translating
class MemoryStorage(Repositories):
    """The engine behind memory://."""

    def __init__(self) -> None:
        self._feed = Feed()
        self._database = MemoryDatabase(self._feed)
        super().__init__(self._database)

    async def open(self) -> None:
        await make_indexes(self._database)

    async def close(self) -> None:
        pass

    async def now(self) -> datetime:
        return datetime.now(UTC)

    async def ping(self) -> None:
        pass

    async def lease_process(self, renumber: Callable[[int], None]) -> int:
        return 0

    async def probe(self, probe: str) -> None:
        await self._database["probes"].update_one({"_id": probe}, {"$inc": {"beats": 1}}, upsert=True)

    async def remove_probe(self, probe: str) -> None:
        await self._database["probes"].delete_one({"_id": probe})

    async def follow_changes(self, seconds: int) -> AsyncGenerator[Change, None]:
        async for change in self._feed.follow():
            yield change
