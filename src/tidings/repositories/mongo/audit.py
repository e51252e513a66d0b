"""Who did what to whom. Acts that are one transaction write their row in it; see `users` and `posts`."""

from typing import Any

from tidings.documents.audit import AuditEntry
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoAudit", "write_entry"]


async def write_entry(database: Database, entry: AuditEntry | None, session: Any) -> None:
    """Keep the entry in the transaction of `session`; without one there is nothing to keep."""
    if entry is not None:
        await database["audit"].insert_one(store(entry), session=session)


@translating
class MongoAudit:
    def __init__(self, database: Database) -> None:
        self._audit = database["audit"]

    async def add(self, entry: AuditEntry) -> None:
        await self._audit.insert_one(store(entry))

    async def latest(self, before: int | None, limit: int) -> list[AuditEntry]:
        condition = {} if before is None else {"_id": {"$lt": before}}
        rows = await self._audit.find(condition).sort([("_id", -1)]).limit(limit).to_list(limit)
        return [entry for row in rows if (entry := load(AuditEntry, row)) is not None]
