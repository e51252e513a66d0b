"""Second factors: on or off, and every code good for one use."""

import asyncio

from tests.people import NOON, mint
from tidings.documents.second_factor import SecondFactor
from tidings.repositories.protocols import Storage


def make_factor(**changes: object) -> SecondFactor:
    values: dict[str, object] = {
        "id": mint(),
        "secret": "JBSWY3DPEHPK3PXP",
        "enabled_at": NOON,
        "last_step": 100,
        "recovery": ("a" * 64, "b" * 64),
    }
    return SecondFactor.model_validate(values | changes)


async def test_a_second_factor_comes_back_as_it_was_kept(storage: Storage):
    factor = make_factor()
    assert await storage.second_factors.add(factor)
    assert await storage.second_factors.get(factor.id) == factor
    assert await storage.second_factors.get(mint()) is None


async def test_of_two_who_switch_it_on_at_once_exactly_one_does(storage: Storage):
    first = make_factor()
    several = [make_factor(id=first.id, secret=f"{n}" * 16) for n in range(5)]
    added = await asyncio.gather(*(storage.second_factors.add(factor) for factor in several))
    assert sorted(added) == [False] * 4 + [True]
    assert await storage.second_factors.get(first.id) == several[added.index(True)]


async def test_a_step_is_used_once_and_older_ones_with_it(storage: Storage):
    factor, other = make_factor(), make_factor()
    for each in (factor, other):
        await storage.second_factors.add(each)
    tried = await asyncio.gather(*(storage.second_factors.set_last_step(factor.id, 102) for _ in range(10)))
    assert sorted(tried) == [False] * 9 + [True]
    assert not await storage.second_factors.set_last_step(factor.id, 101)
    assert await storage.second_factors.set_last_step(factor.id, 103)
    assert await storage.second_factors.get(other.id) == other
    assert not await storage.second_factors.set_last_step(mint(), 1)


async def test_a_recovery_code_is_used_once(storage: Storage):
    factor = make_factor()
    await storage.second_factors.add(factor)
    tried = await asyncio.gather(*(storage.second_factors.remove_recovery(factor.id, "a" * 64) for _ in range(10)))
    assert sorted(tried) == [False] * 9 + [True]
    assert not await storage.second_factors.remove_recovery(factor.id, "c" * 64)
    assert await storage.second_factors.get(factor.id) == factor.model_copy(update={"recovery": ("b" * 64,)})


async def test_new_recovery_codes_make_the_old_ones_worthless(storage: Storage):
    factor = make_factor()
    await storage.second_factors.add(factor)
    await storage.second_factors.set_recovery(factor.id, ["d" * 64])
    assert not await storage.second_factors.remove_recovery(factor.id, "a" * 64)
    assert await storage.second_factors.remove_recovery(factor.id, "d" * 64)


async def test_switched_off_is_gone(storage: Storage):
    factor = make_factor()
    await storage.second_factors.add(factor)
    assert await storage.second_factors.remove(factor.id)
    assert not await storage.second_factors.remove(factor.id)
    assert await storage.second_factors.get(factor.id) is None
    assert not await storage.second_factors.set_last_step(factor.id, 200)
    await storage.second_factors.set_recovery(factor.id, ["d" * 64])
    assert await storage.second_factors.get(factor.id) is None
