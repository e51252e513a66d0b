"""Counters that hold for everybody at once, and the browsers that have one of their own."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.people import make_user
from tidings.documents.device import Device
from tidings.repositories.protocols import Storage

# Near the present: an engine drops what has expired by its own clock.
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


async def hits(storage: Storage, count: int, bucket: str = "b", at: datetime = NOW) -> list[int]:
    return [await storage.throttles.hit(bucket, 3, 60, at) for _ in range(count)]


async def test_a_bucket_takes_so_many_and_then_says_how_long_to_wait(storage: Storage):
    assert await hits(storage, 5) == [0, 0, 0, 60, 60]
    assert await hits(storage, 1, at=NOW + timedelta(seconds=59.5)) == [1]


async def test_a_window_begins_with_its_first_hit_and_waiting_it_out_helps(storage: Storage):
    await hits(storage, 5)
    assert await hits(storage, 4, at=NOW + timedelta(seconds=60)) == [0, 0, 0, 60]


async def test_buckets_do_not_know_each_other(storage: Storage):
    await hits(storage, 4)
    assert await hits(storage, 1, "another") == [0]


async def test_of_many_at_once_no_more_than_the_limit_pass(storage: Storage):
    waits = await asyncio.gather(*(storage.throttles.hit("b", 3, 60, NOW) for _ in range(20)))
    assert sorted(wait == 0 for wait in waits) == [False] * 17 + [True] * 3
    later = NOW + timedelta(seconds=61)
    waits = await asyncio.gather(*(storage.throttles.hit("b", 3, 60, later) for _ in range(20)))
    assert waits.count(0) == 3


async def test_a_hit_can_be_taken_back_but_not_more_than_there_were(storage: Storage):
    await hits(storage, 3)
    await storage.throttles.take_back("b", NOW)
    assert await hits(storage, 2) == [0, 60]
    await storage.throttles.take_back("never hit", NOW)
    assert await hits(storage, 4, "never hit") == [0, 0, 0, 60]
    later = NOW + timedelta(seconds=61)
    await storage.throttles.take_back("b", later)
    assert await hits(storage, 4, at=later) == [0, 0, 0, 60]


async def test_a_device_is_kept_longer_and_goes_with_its_person(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    mine, theirs = (
        Device(id=letter * 64, user_id=person.id, expires_at=NOW) for letter, person in (("a", ada), ("b", ben))
    )
    for device in (mine, theirs):
        await storage.devices.add(device)
    longer = mine.model_copy(update={"expires_at": NOW + timedelta(days=1)})
    await storage.devices.add(longer)
    assert await storage.devices.get(mine.id) == longer
    assert await storage.devices.get("c" * 64) is None
    await storage.devices.remove_of_user(ada.id)
    assert await storage.devices.get(mine.id) is None
    assert await storage.devices.get(theirs.id) == theirs
