"""Browsers in which people have signed in before."""

from tidings.documents.device import Device
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoDevices"]


@translating
class MongoDevices:
    def __init__(self, database: Database) -> None:
        self._devices = database["devices"]

    async def add(self, device: Device) -> None:
        row = store(device)
        await self._devices.update_one({"_id": row.pop("_id")}, {"$set": row}, upsert=True)

    async def get(self, device_id: str) -> Device | None:
        return load(Device, await self._devices.find_one({"_id": device_id}))

    async def remove_of_user(self, user_id: int) -> None:
        await self._devices.delete_many({"user_id": user_id})
