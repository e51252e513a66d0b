"""Where people are signed in."""

from datetime import datetime

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

    async def set_last_seen(self, session_id: str, at: datetime) -> None:
        await self._sessions.update_one({"_id": session_id}, {"$max": {"last_seen": at}})

    async def remove(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})

    async def remove_of_user(self, user_id: int, keep: str | None = None) -> int:
        ended = 0
        # One by one: each deletion is a change of its own, and so each session's sockets hear of it.
        for row in await self._sessions.find({"user_id": user_id}, {"_id": 1}).to_list(None):
            if row["_id"] != keep:
                ended += (await self._sessions.delete_one({"_id": row["_id"]})).deleted_count
        return ended
