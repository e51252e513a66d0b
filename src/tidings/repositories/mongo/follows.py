"""Who follows whom, and the counters that equal these rows."""

from typing import Any

from pymongo.errors import DuplicateKeyError

from tidings.documents.follow import Follow
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import follow_key, load_follow, store_follow

__all__ = ["MongoFollows"]

BATCH = 500


@translating
class MongoFollows:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._follows = database["follows"]
        self._users = database["users"]

    async def add(self, follow: Follow) -> bool:
        async def work(session: Any) -> None:
            await self._follows.insert_one(store_follow(follow), session=session)
            await self._count(follow.follower_id, follow.followed_id, +1, session)

        try:
            await self._database.transaction(work)
        except DuplicateKeyError:
            return False
        return True

    async def remove(self, follower_id: int, followed_id: int) -> bool:
        async def work(session: Any) -> bool:
            gone = await self._follows.delete_one({"_id": follow_key(follower_id, followed_id)}, session=session)
            if gone.deleted_count == 0:
                return False
            await self._count(follower_id, followed_id, -1, session)
            return True

        removed: bool = await self._database.transaction(work)
        return removed

    async def remove_of_user(self, user_id: int) -> None:
        # One by one, each with its counters: whoever followed reads a home of their own again.
        for condition in ({"follower_id": user_id}, {"followed_id": user_id}):
            while rows := await self._follows.find(condition).limit(BATCH).to_list(BATCH):
                for row in rows:
                    await self.remove(row["follower_id"], row["followed_id"])

    async def _count(self, follower_id: int, followed_id: int, change: int, session: Any) -> None:
        # Always in the order of the ids: two people who follow each other at once then meet at the same row first.
        counters = {follower_id: "counts.following", followed_id: "counts.followers"}
        for user_id, counter in sorted(counters.items()):
            await self._users.update_one({"_id": user_id}, {"$inc": {counter: change}}, session=session)

    async def get(self, follower_id: int, followed_id: int) -> Follow | None:
        return load_follow(await self._follows.find_one({"_id": follow_key(follower_id, followed_id)}))

    async def of_follower(self, follower_id: int) -> list[int]:
        cursor = self._follows.find({"follower_id": follower_id}, {"_id": 0, "followed_id": 1})
        return [row["followed_id"] for row in await cursor.to_list(None)]

    async def latest_followers(self, followed_id: int, before: int | None, limit: int) -> list[Follow]:
        return await self._latest({"followed_id": followed_id}, before, limit)

    async def latest_following(self, follower_id: int, before: int | None, limit: int) -> list[Follow]:
        return await self._latest({"follower_id": follower_id}, before, limit)

    async def _latest(self, condition: dict[str, Any], before: int | None, limit: int) -> list[Follow]:
        if before is not None:
            condition |= {"id": {"$lt": before}}
        cursor = self._follows.find(condition).sort([("id", -1)]).limit(limit)
        return [follow for row in await cursor.to_list(limit) if (follow := load_follow(row)) is not None]
