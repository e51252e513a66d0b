"""People."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from tidings.documents.audit import AuditEntry
from tidings.documents.user import Role, User, email_key, username_key
from tidings.errors import LastAdministratorError, TakenError
from tidings.repositories.mongo.audit import write_entry
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoUsers"]


# Counted by others, or moving all the time: never part of a change to an account.
MOVING = {"counts", "last_seen"}
ADMINISTRATORS = "administrators"
NEW_EPOCH: dict[str, Any] = {"$inc": {"epoch": 1}}


class ChangedMeanwhileError(Exception):
    """A row is not as it was read."""


def taken(error: DuplicateKeyError, written: Collection[str] = ("username_key", "email_key")) -> TakenError:
    """Which of the fields that were written it was."""
    pattern = (error.details or {}).get("keyPattern", {})
    if not pattern.keys() & set(written):
        pattern = dict.fromkeys(written)  # the mock names a field that nobody touched
    return TakenError("email" if "email_key" in pattern else "username")


@translating
class MongoUsers:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._users = database["users"]
        self._former_names = database["former_names"]
        self._meta = database["meta"]

    async def add(self, user: User) -> None:
        try:
            await self._users.insert_one(store(user))
        except DuplicateKeyError as error:
            # Where name and address both belong to somebody it is the name that is told: the answer to a name must
            # not depend on whether the address is known.
            named = await self._users.find_one({"username_key": user.username_key}, {"_id": 1})
            if named is None:
                named = await self._former_names.find_one({"_id": user.username_key}, {"_id": 1})
            raise (TakenError("username") if named is not None else taken(error)) from error
        # Looked at after the insert: a name that its owner gives up at this moment is either still taken above, or
        # stands among the former ones by now.
        if await self._former_names.find_one({"_id": user.username_key}) is not None:
            await self._users.delete_one({"_id": user.id})
            raise TakenError("username")

    async def get(self, user_id: int) -> User | None:
        return load(User, await self._users.find_one({"_id": user_id}))

    async def of_ids(self, user_ids: Sequence[int]) -> list[User]:
        wanted = list(dict.fromkeys(user_ids))
        cursor = self._users.find({"_id": {"$in": wanted}}).limit(len(wanted) or 1)
        by_id = {stored["_id"]: stored for stored in await cursor.to_list(len(wanted) or 1)}
        return [user for user_id in wanted if (user := load(User, by_id.get(user_id))) is not None]

    async def by_username(self, username: str) -> User | None:
        return load(User, await self._users.find_one({"username_key": username_key(username)}))

    async def by_former_username(self, username: str) -> User | None:
        row = await self._former_names.find_one({"_id": username_key(username)})
        return None if row is None else await self.get(row["user_id"])

    async def by_email(self, email: str) -> User | None:
        return load(User, await self._users.find_one({"email_key": email_key(email)}))

    async def latest(self, limit: int) -> list[User]:
        cursor = self._users.find({"confirmed_at": {"$ne": None}, "suspended_at": None})
        cursor = cursor.sort([("counts.followers", -1), ("_id", -1)]).limit(limit)
        return [user for stored in await cursor.to_list(limit) if (user := load(User, stored)) is not None]

    async def set_confirmed(self, user_id: int, at: datetime, role: Role) -> None:
        await self._users.update_one({"_id": user_id}, {"$set": {"confirmed_at": at, "role": role.value}})

    async def set_password_hash(
        self, user_id: int, password_hash: str, over: str | None = None, *, new_epoch: bool = False
    ) -> bool:
        condition: dict[str, Any] = {"_id": user_id}
        if over is not None:
            condition["password_hash"] = over
        update: dict[str, Any] = {"$set": {"password_hash": password_hash}}
        written = await self._users.update_one(condition, update | NEW_EPOCH if new_epoch else update)
        return bool(written.matched_count)

    async def set_email(self, user_id: int, email: str) -> None:
        change = {"$set": {"email": email, "email_key": email_key(email)}} | NEW_EPOCH
        try:
            await self._users.update_one({"_id": user_id}, change)
        except DuplicateKeyError as error:
            raise TakenError("email") from error

    async def begin_epoch(self, user_id: int) -> None:
        await self._users.update_one({"_id": user_id}, NEW_EPOCH)

    async def set_last_seen(self, user_id: int, at: datetime) -> None:
        await self._users.update_one({"_id": user_id}, {"$max": {"last_seen": at}})

    async def latest_found(self, text: str, before: int | None, limit: int) -> list[User]:
        condition: dict[str, Any] = {"removed_at": None}
        if before is not None:
            condition["_id"] = {"$lt": before}
        if text:
            somewhere = {"$regex": re.escape(text), "$options": "i"}
            condition["$or"] = [{field: somewhere} for field in ("username", "email", "name")]
        rows = await self._users.find(condition).sort([("_id", -1)]).limit(limit).to_list(limit)
        return [user for row in rows if (user := load(User, row)) is not None]

    async def set_account(self, before: User, after: User, entry: AuditEntry | None = None) -> bool:
        stored, wanted = store(before), store(after)
        change = {field: value for field, value in wanted.items() if value != stored[field] and field not in MOVING}
        condition = {"_id": before.id} | {field: stored[field] for field in change}
        steps_down = before.administers and not after.administers
        if steps_down:
            await self._meta.update_one({"_id": ADMINISTRATORS}, {"$setOnInsert": {"acts": 0}}, upsert=True)

        async def work(session: Any) -> bool:
            if steps_down:
                await self._leave_one(before.id, session)
            if "username_key" in change:
                await self._change_name(before, after, session)
            written = await self._users.update_one(condition, {"$set": change}, session=session)
            if not written.matched_count:
                # Whatever was written above must not stay: on a replica set the transaction is dropped with it.
                raise ChangedMeanwhileError
            await write_entry(self._database, entry, session)
            return True

        try:
            changed: bool = await self._database.transaction(work)
        except ChangedMeanwhileError:
            return False
        except DuplicateKeyError as error:
            raise taken(error, change) from error
        return changed

    async def _leave_one(self, user_id: int, session: Any) -> None:
        """Raise unless somebody else administers the site. Two people who step down at once, or demote each other,
        each read the other as still there; so both write one row, and the second has to look again."""
        await self._meta.update_one({"_id": ADMINISTRATORS}, {"$inc": {"acts": 1}}, session=session)
        others = {
            "_id": {"$ne": user_id},
            "role": Role.ADMINISTRATOR.value,
            "confirmed_at": {"$ne": None},
            "suspended_at": None,
        }
        if await self._users.find_one(others, {"_id": 1}, session=session) is None:
            raise LastAdministratorError

    async def _change_name(self, before: User, after: User, session: Any) -> None:
        owner = await self._former_names.find_one({"_id": after.username_key}, session=session)
        holder = await self._users.find_one({"username_key": after.username_key}, {"_id": 1}, session=session)
        if holder is not None or (owner is not None and owner["user_id"] != before.id):
            raise TakenError("username")
        await self._former_names.update_one(
            {"_id": before.username_key}, {"$set": {"user_id": before.id}}, upsert=True, session=session
        )

    async def latest_unsettled(self, limit: int) -> list[User]:
        rows = await self._users.find({"unsettled": True}).limit(limit).to_list(limit)
        return [user for row in rows if (user := load(User, row)) is not None]

    async def set_settled(self, user: User) -> bool:
        fields = ("username", "name", "suspended_at", "removed_at")
        stored = store(user)
        condition = {"_id": user.id} | {field: stored[field] for field in fields}
        settled = {"unsettled": False, "withdrawn_at": user.suspended_at}
        return bool((await self._users.update_one(condition, {"$set": settled})).matched_count)

    async def erase(self, user: User) -> User:
        # Written anew from nothing, so that a field that is added to people one day is not forgotten here.
        left = User(
            id=user.id,
            username="",
            username_key=user.username_key,
            email="",
            email_key=f"left:{user.id}",
            password_hash="",
            suspended_at=user.suspended_at,
            removed_at=user.removed_at,
            withdrawn_at=user.suspended_at,
            unsettled=True,
            epoch=user.epoch,
            member_since=user.member_since,
            last_seen=user.member_since,
            counts=user.counts,
        )
        stored = store(left)
        del stored["counts"], stored["_id"]
        condition = {"_id": user.id, "removed_at": user.removed_at}
        await self._users.update_one(condition, {"$set": stored | {"counts.posts": 0}})
        return left
