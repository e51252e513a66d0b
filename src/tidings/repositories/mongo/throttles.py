"""Counters that hold across processes."""

import math
from datetime import datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating

__all__ = ["MongoThrottles"]


@translating
class MongoThrottles:
    """One row a bucket: how often it was hit since its window began, and when the window ends."""

    def __init__(self, database: Database) -> None:
        self._throttles = database["throttles"]

    async def hit(self, bucket: str, limit: int, seconds: int, now: datetime) -> int:
        while True:
            row = await self._throttles.find_one_and_update(
                {"_id": bucket, "until": {"$gt": now}},
                {"$inc": {"count": 1}},
                return_document=ReturnDocument.AFTER,
            )
            if row is not None:
                return 0 if row["count"] <= limit else max(1, math.ceil((row["until"] - now).total_seconds()))
            try:
                # No window is open. Whoever opens it counts as the first; who came second goes round again.
                await self._throttles.update_one(
                    {"_id": bucket, "until": {"$lte": now}},
                    {"$set": {"count": 1, "until": now + timedelta(seconds=seconds)}},
                    upsert=True,
                )
            except DuplicateKeyError:
                continue
            return 0

    async def take_back(self, bucket: str, now: datetime) -> None:
        await self._throttles.update_one(
            {"_id": bucket, "until": {"$gt": now}, "count": {"$gt": 0}}, {"$inc": {"count": -1}}
        )
