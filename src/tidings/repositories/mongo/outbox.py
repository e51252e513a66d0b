"""Letters that wait to be sent."""

from datetime import datetime, timedelta

from pymongo import ReturnDocument

from tidings.documents.outbox_letter import OutboxLetter
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoOutbox"]


@translating
class MongoOutbox:
    def __init__(self, database: Database) -> None:
        self._outbox = database["outbox"]

    async def add(self, letter: OutboxLetter) -> None:
        await self._outbox.insert_one(store(letter))

    async def claim(self, now: datetime, lease_seconds: float) -> OutboxLetter | None:
        # Found and marked in one step: of all processes that ask at once, one gets the letter.
        row = await self._outbox.find_one_and_update(
            {"due_at": {"$lte": now}},
            {"$set": {"due_at": now + timedelta(seconds=lease_seconds)}, "$inc": {"attempts": 1}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return load(OutboxLetter, row)

    async def set_due(self, letter_id: str, at: datetime) -> None:
        await self._outbox.update_one({"_id": letter_id}, {"$set": {"due_at": at}})

    async def remove_to(self, address: str) -> None:
        await self._outbox.delete_many({"to": address})

    async def remove(self, letter_id: str) -> None:
        await self._outbox.delete_one({"_id": letter_id})
