"""Where people are signed in."""

from datetime import datetime

from pymongo import ReturnDocument

from tidings.documents.session import Session
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoSessions"]

MAX_LISTED = 100


@translating
class MongoSessions:
    def __init__(self, database: Database) -> None:
        self._sessions = database["sessions"]

    async def add(self, session: Session) -> None:
        await self._sessions.insert_one(store(session))

    async def get(self, session_id: str) -> Session | None:
        return load(Session, await self._sessions.find_one({"_id": session_id}))

    async def of_user(self, user_id: int) -> list[Session]:
        cursor = self._sessions.find({"user_id": user_id}).sort([("last_seen", -1), ("_id", 1)]).limit(MAX_LISTED)
        return [session for row in await cursor.to_list(MAX_LISTED) if (session := load(Session, row)) is not None]

    async def set_last_seen(self, session_id: str, at: datetime, expires_at: datetime) -> None:
        await self._sessions.update_one({"_id": session_id}, {"$max": {"last_seen": at, "expires_at": expires_at}})

    async def count_code_try(self, session_id: str) -> int:
        row = await self._sessions.find_one_and_update(
            {"_id": session_id}, {"$inc": {"code_tries": 1}}, return_document=ReturnDocument.AFTER
        )
        return int(row["code_tries"]) if row is not None else 0

    async def remove(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})

    async def remove_of_user(self, user_id: int, keep: str | None = None) -> int:
        rows = await self._sessions.find({"user_id": user_id}, {"_id": 1}).to_list(None)
        return await self._end([row["_id"] for row in rows if row["_id"] != keep])

    async def remove_oldest_of_user(self, user_id: int, pending: bool, keep: int) -> int:
        condition = {"user_id": user_id, "pending": True if pending else {"$ne": True}}
        latest_first = [("last_seen", -1), ("created_at", -1), ("_id", -1)]
        rows = await self._sessions.find(condition, {"_id": 1}).sort(latest_first).skip(keep).to_list(None)
        return await self._end([row["_id"] for row in rows])

    async def _end(self, session_ids: list[str]) -> int:
        # One by one: each deletion is a change of its own, and so each session's sockets hear of it.
        deleted = [await self._sessions.delete_one({"_id": session_id}) for session_id in session_ids]
        return sum(result.deleted_count for result in deleted)
