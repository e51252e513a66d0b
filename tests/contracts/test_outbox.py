"""The outbox: a letter is given to one taker at a time, the one that waits the longest first."""

import asyncio
from datetime import timedelta
from typing import Any

from tests.people import NOON
from tidings.documents.outbox_letter import OutboxLetter
from tidings.repositories.protocols import Storage

LEASE = 90


def make_letter(letter_id: str = "a", **changes: Any) -> OutboxLetter:
    values: dict[str, Any] = {
        "id": letter_id,
        "to": "ada@example.org",
        "subject": "Hello – 🎈",
        "text": "Hello.\n",
        "html": "<p>Hello.</p>",
        "created_at": NOON,
        "due_at": NOON,
    }
    return OutboxLetter(**(values | changes))


async def test_a_claimed_letter_comes_whole_and_is_counted(storage: Storage):
    letter = make_letter()
    await storage.outbox.add(letter)
    claimed = await storage.outbox.claim(NOON, LEASE)
    assert claimed == letter.model_copy(update={"attempts": 1, "due_at": NOON + timedelta(seconds=LEASE)})


async def test_nothing_is_claimed_before_it_is_due(storage: Storage):
    assert await storage.outbox.claim(NOON, LEASE) is None
    await storage.outbox.add(make_letter(due_at=NOON + timedelta(seconds=1)))
    assert await storage.outbox.claim(NOON, LEASE) is None
    assert await storage.outbox.claim(NOON + timedelta(seconds=1), LEASE) is not None


async def test_who_waits_the_longest_comes_first(storage: Storage):
    for name, minutes in (("new", 1), ("old", 9), ("middle", 5)):
        await storage.outbox.add(make_letter(name, due_at=NOON - timedelta(minutes=minutes)))
    claimed = [await storage.outbox.claim(NOON, LEASE) for _ in range(4)]
    assert [letter and letter.id for letter in claimed] == ["old", "middle", "new", None]


async def test_of_many_who_claim_at_once_each_gets_another_letter(storage: Storage):
    for number in range(5):
        await storage.outbox.add(make_letter(str(number)))
    claimed = await asyncio.gather(*(storage.outbox.claim(NOON, LEASE) for _ in range(20)))
    assert sorted(letter.id for letter in claimed if letter is not None) == ["0", "1", "2", "3", "4"]


async def test_a_letter_whose_taker_is_gone_is_there_again_after_the_lease(storage: Storage):
    await storage.outbox.add(make_letter())
    await storage.outbox.claim(NOON, LEASE)
    assert await storage.outbox.claim(NOON + timedelta(seconds=LEASE - 1), LEASE) is None
    again = await storage.outbox.claim(NOON + timedelta(seconds=LEASE), LEASE)
    assert again is not None
    assert again.attempts == 2


async def test_a_letter_can_be_put_off_and_removed(storage: Storage):
    await storage.outbox.add(make_letter())
    await storage.outbox.claim(NOON, LEASE)
    await storage.outbox.set_due("a", NOON + timedelta(seconds=5))
    assert await storage.outbox.claim(NOON + timedelta(seconds=4), LEASE) is None
    assert await storage.outbox.claim(NOON + timedelta(seconds=5), LEASE) is not None
    await storage.outbox.remove("a")
    assert await storage.outbox.claim(NOON + timedelta(days=1), LEASE) is None
