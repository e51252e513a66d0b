"""Second factors, one per person; what may happen once is one conditional write."""

from collections.abc import Sequence

from pymongo.errors import DuplicateKeyError

from tidings.documents.second_factor import SecondFactor
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoSecondFactors"]


@translating
class MongoSecondFactors:
    def __init__(self, database: Database) -> None:
        self._factors = database["second_factors"]

    async def add(self, factor: SecondFactor) -> bool:
        try:
            await self._factors.insert_one(store(factor) | {"recovery": list(factor.recovery)})
        except DuplicateKeyError:
            return False
        return True

    async def get(self, user_id: int) -> SecondFactor | None:
        return load(SecondFactor, await self._factors.find_one({"_id": user_id}))

    async def set_last_step(self, user_id: int, step: int) -> bool:
        condition = {"_id": user_id, "last_step": {"$lt": step}}
        used = await self._factors.update_one(condition, {"$set": {"last_step": step}})
        return bool(used.matched_count)

    async def set_recovery(self, user_id: int, recovery: Sequence[str]) -> None:
        await self._factors.update_one({"_id": user_id}, {"$set": {"recovery": list(recovery)}})

    async def remove_recovery(self, user_id: int, digest: str) -> bool:
        condition = {"_id": user_id, "recovery": digest}
        used = await self._factors.update_one(condition, {"$pull": {"recovery": digest}})
        return bool(used.matched_count)

    async def remove(self, user_id: int) -> bool:
        gone = await self._factors.delete_one({"_id": user_id})
        return bool(gone.deleted_count)
