"""Where people are signed in."""

from datetime import datetime

from tidings.documents.session import Session
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoSessions"]


@translating
class MongoSessions:
    def __init__(self, database: Database) -> None:
        self._sessions = database["sessions"]

    async def add(self, session: Session) -> None:
        await self._sessions.insert_one(store(session))

    async def get(self, session_id: str) -> Session | None:
        return load(Session, await self._sessions.find_one({"_id": session_id}))

    async def set_last_seen(self, session_id: str, at: datetime) -> None:
        await self._sessions.update_one({"_id": session_id}, {"$max": {"last_seen": at}})

    async def remove(self, session_id: str) -> None:
        await self._sessions.delete_one({"_id": session_id})
