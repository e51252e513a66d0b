"""People."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from tidings.documents.post import AuthorStamp
from tidings.documents.user import Role, User, email_key, username_key
from tidings.errors import TakenError
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoUsers"]


@translating
class MongoUsers:
    def __init__(self, database: Database) -> None:
        self._users = database["users"]

    async def add(self, user: User) -> None:
        try:
            await self._users.insert_one(store(user))
        except DuplicateKeyError as error:
            pattern = (error.details or {}).get("keyPattern", {})
            raise TakenError("email" if "email_key" in pattern else "username") from error

    async def get(self, user_id: int) -> User | None:
        return load(User, await self._users.find_one({"_id": user_id}))

    async def of_ids(self, user_ids: Sequence[int]) -> list[User]:
        wanted = list(dict.fromkeys(user_ids))
        cursor = self._users.find({"_id": {"$in": wanted}}).limit(len(wanted) or 1)
        by_id = {stored["_id"]: stored for stored in await cursor.to_list(len(wanted) or 1)}
        return [user for user_id in wanted if (user := load(User, by_id.get(user_id))) is not None]

    async def by_username(self, username: str) -> User | None:
        return load(User, await self._users.find_one({"username_key": username_key(username)}))

    async def by_email(self, email: str) -> User | None:
        return load(User, await self._users.find_one({"email_key": email_key(email)}))

    async def latest(self, limit: int) -> list[User]:
        cursor = self._users.find({"confirmed_at": {"$ne": None}, "suspended_at": None})
        cursor = cursor.sort([("counts.followers", -1), ("_id", -1)]).limit(limit)
        return [user for stored in await cursor.to_list(limit) if (user := load(User, stored)) is not None]

    async def set_confirmed(self, user_id: int, at: datetime, role: Role) -> None:
        await self._users.update_one({"_id": user_id}, {"$set": {"confirmed_at": at, "role": role.value}})

    async def set_password_hash(self, user_id: int, password_hash: str, over: str | None = None) -> bool:
        condition: dict[str, Any] = {"_id": user_id}
        if over is not None:
            condition["password_hash"] = over
        written = await self._users.update_one(condition, {"$set": {"password_hash": password_hash}})
        return bool(written.matched_count)

    async def set_profile(self, user_id: int, name: str, location: str, about: str, about_html: str) -> None:
        rest = {"location": location, "about": about, "about_html": about_html}
        same_name = await self._users.update_one({"_id": user_id, "name": name}, {"$set": rest})
        if not same_name.matched_count:
            await self._users.update_one({"_id": user_id}, {"$set": rest | {"name": name, "stamped": False}})

    async def unstamped(self, limit: int) -> list[User]:
        rows = await self._users.find({"stamped": False}).limit(limit).to_list(limit)
        return [user for row in rows if (user := load(User, row)) is not None]

    async def set_stamped(self, author: AuthorStamp) -> bool:
        condition = {"_id": author.id, "username": author.username, "name": author.name}
        written = await self._users.update_one(condition, {"$set": {"stamped": True}})
        return bool(written.matched_count)

    async def set_email(self, user_id: int, email: str) -> None:
        change = {"$set": {"email": email, "email_key": email_key(email)}}
        try:
            await self._users.update_one({"_id": user_id}, change)
        except DuplicateKeyError as error:
            raise TakenError("email") from error

    async def set_last_seen(self, user_id: int, at: datetime) -> None:
        await self._users.update_one({"_id": user_id}, {"$max": {"last_seen": at}})
