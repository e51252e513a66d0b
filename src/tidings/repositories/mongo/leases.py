"""Process numbers: each living process holds one that no other has, and renews it."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError, PyMongoError

from tidings.errors import UnavailableError
from tidings.ids import PROCESSES

__all__ = ["ProcessLease"]

log = logging.getLogger(__name__)

LEASE_SECONDS = 120
RENEW_SECONDS = 30
FREE = datetime(1970, 1, 1, tzinfo=UTC)


class ProcessLease:
    """One number in the collection `processes`. Should it be lost (a machine that slept), another is taken and
    `renumber` is called with it."""

    def __init__(self, processes: Any, now: Callable[[], Any]) -> None:
        self._processes = processes
        self._now = now
        self._holder = secrets.token_hex(8)
        self._number: int | None = None
        self._task: asyncio.Task[None] | None = None

    async def take(self, renumber: Callable[[int], None]) -> int:
        self._number = await self._acquire()
        self._task = asyncio.create_task(self._renew(renumber), name="renew process number")
        return self._number

    async def release(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._processes.update_one(self._mine(), {"$set": {"until": FREE}})
        except PyMongoError:
            log.info("The process number could not be given back; it expires by itself.")

    def _mine(self) -> dict[str, Any]:
        return {"_id": self._number, "holder": self._holder}

    async def _acquire(self) -> int:
        while True:
            now = await self._now()
            lease = {"holder": self._holder, "until": now + timedelta(seconds=LEASE_SECONDS)}
            expired = await self._processes.find_one_and_update({"until": {"$lt": now}}, {"$set": lease})
            if expired is not None:
                return int(expired["_id"])
            taken = {row["_id"] for row in await self._processes.find({}, {"_id": 1}).to_list(None)}
            number = next((number for number in range(PROCESSES) if number not in taken), None)
            if number is None:
                raise UnavailableError(f"All {PROCESSES} process numbers are in use.")
            try:
                await self._processes.insert_one({"_id": number, **lease})
            except DuplicateKeyError:
                continue  # another process was quicker; look again
            return number

    async def _renew(self, renumber: Callable[[int], None]) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                until = await self._now() + timedelta(seconds=LEASE_SECONDS)
                held = await self._processes.update_one(self._mine(), {"$set": {"until": until}})
                if held.matched_count == 0:
                    log.warning("Process number %s was lost; taking another.", self._number)
                    self._number = await self._acquire()
                    renumber(self._number)
            except (PyMongoError, UnavailableError) as error:
                log.warning("The process number could not be renewed: %s", error)
