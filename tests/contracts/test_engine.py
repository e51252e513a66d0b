"""An engine as a whole: its clock, its leases, its refusals, and that no driver error leaves it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.people import make_post, make_user
from tidings.errors import SettingsError, UnavailableError
from tidings.ids import PROCESSES
from tidings.repositories import open_storage
from tidings.repositories.protocols import Storage
from tidings.settings import Settings, read_settings


async def test_an_engine_answers_and_knows_the_time(storage: Storage):
    await storage.ping()
    now = await storage.now()
    assert now.tzinfo is not None
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


async def test_opening_again_finds_everything_in_its_place(engine_settings: Settings):
    ada = make_user("ada")
    for _ in range(2):
        storage = open_storage(engine_settings)
        await storage.open()
        if engine_settings.database_url != "memory://":
            kept = await storage.users.get(ada.id)
            if kept is None:
                await storage.users.add(ada)
            else:
                assert kept == ada
        await storage.close()


@pytest.mark.parametrize("engine", ["mongo"])  # memory:// is one process
async def test_twenty_living_processes_have_twenty_numbers(engine_settings: Settings):
    storages = [open_storage(engine_settings) for _ in range(20)]
    for storage in storages:
        await storage.open()
    numbers = await asyncio.gather(*(storage.lease_process(lambda number: None) for storage in storages))
    assert len(set(numbers)) == 20
    assert all(0 <= number < PROCESSES for number in numbers)
    for storage in storages:
        await storage.close()


async def test_a_lease_is_a_process_number(storage: Storage):
    assert 0 <= await storage.lease_process(lambda number: None) < PROCESSES


async def test_without_a_url_it_says_what_to_set():
    with pytest.raises(SettingsError, match="TIDINGS_DATABASE_URL"):
        open_storage(read_settings(_env_file=None))


@pytest.mark.parametrize("url", ["mongodb://localhost", "mongodb://localhost/", "mongodb://a:b:c/x"])
async def test_a_url_that_cannot_be_used_says_so(url: str):
    with pytest.raises(SettingsError, match="TIDINGS_DATABASE_URL"):
        open_storage(read_settings(_env_file=None, database_url=url))


async def test_a_database_that_does_not_answer_is_unavailable_within_seconds(tmp_path):
    nowhere = f"mongodb://{str(tmp_path / 'no.sock').replace('/', '%2F')}/x?directConnection=true"
    storage = open_storage(read_settings(_env_file=None, database_url=nowhere))
    async with asyncio.timeout(6):
        answers = await asyncio.gather(
            storage.ping(),
            storage.posts.add(make_post()),
            storage.posts.latest_public(None, 20),
            storage.sessions.get("a" * 64),
            storage.open(),
            return_exceptions=True,
        )
    assert [type(answer) for answer in answers] == [UnavailableError] * 5
    await storage.close()
