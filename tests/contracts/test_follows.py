"""Follows: once per pair, counted on both sides, and counters that equal rows whatever happens at once."""

import asyncio
import random

import pytest

from tests.people import make_follow, make_user, mint
from tidings.documents.user import User
from tidings.repositories.protocols import Storage


@pytest.fixture
async def cast(storage: Storage) -> list[User]:
    people = [make_user(name) for name in ("ada", "ben", "cleo", "dan")]
    for person in people:
        await storage.users.add(person)
    return people


async def counts(storage: Storage, person: User) -> tuple[int, int]:
    kept = await storage.users.get(person.id)
    assert kept is not None
    return kept.counts.followers, kept.counts.following


async def test_a_follow_is_kept_and_counted_on_both_sides(storage: Storage, cast: list[User]):
    ada, ben = cast[:2]
    follow = make_follow(ada, ben)
    assert await storage.follows.add(follow)
    assert await storage.follows.get(ada.id, ben.id) == follow
    assert await storage.follows.get(ben.id, ada.id) is None
    assert await storage.follows.of_follower(ada.id) == [ben.id]
    assert await counts(storage, ada) == (0, 1)
    assert await counts(storage, ben) == (1, 0)


async def test_to_follow_again_changes_nothing(storage: Storage, cast: list[User]):
    ada, ben = cast[:2]
    first = make_follow(ada, ben)
    await storage.follows.add(first)
    assert not await storage.follows.add(make_follow(ada, ben))
    assert await storage.follows.get(ada.id, ben.id) == first
    assert await counts(storage, ben) == (1, 0)


async def test_to_unfollow_takes_back_and_again_changes_nothing(storage: Storage, cast: list[User]):
    ada, ben = cast[:2]
    await storage.follows.add(make_follow(ada, ben))
    assert await storage.follows.remove(ada.id, ben.id)
    assert not await storage.follows.remove(ada.id, ben.id)
    assert not await storage.follows.remove(mint(), ben.id)
    assert await storage.follows.get(ada.id, ben.id) is None
    assert await storage.follows.of_follower(ada.id) == []
    assert await counts(storage, ada) == (0, 0)
    assert await counts(storage, ben) == (0, 0)


async def test_of_twenty_simultaneous_follows_of_one_pair_one_counts(storage: Storage, cast: list[User]):
    ada, ben = cast[:2]
    answers = await asyncio.gather(*(storage.follows.add(make_follow(ada, ben)) for _ in range(20)))
    assert sorted(answers) == [False] * 19 + [True]
    assert await counts(storage, ben) == (1, 0)
    assert await counts(storage, ada) == (0, 1)


async def test_counters_equal_rows_after_fifty_simultaneous_follows_and_unfollows(storage: Storage, cast: list[User]):
    dice = random.Random(7)
    pairs = [(one, other) for one in cast for other in cast if one is not other]
    calls = []
    for _ in range(50):
        one, other = dice.choice(pairs)
        if dice.random() < 0.6:
            calls.append(storage.follows.add(make_follow(one, other)))
        else:
            calls.append(storage.follows.remove(one.id, other.id))
    await asyncio.gather(*calls)
    for person in cast:
        followers = await storage.follows.latest_followers(person.id, None, 100)
        following = await storage.follows.latest_following(person.id, None, 100)
        assert await counts(storage, person) == (len(followers), len(following))
        assert sorted(await storage.follows.of_follower(person.id)) == sorted(f.followed_id for f in following)


async def test_lists_are_newest_first_and_paged_by_key(storage: Storage, cast: list[User]):
    ada, *others = cast
    follows = [make_follow(other, ada) for other in others] + [make_follow(ada, other) for other in others]
    for follow in follows:
        await storage.follows.add(follow)
    first = await storage.follows.latest_followers(ada.id, None, 2)
    assert first == [follows[2], follows[1]]
    assert await storage.follows.latest_followers(ada.id, first[-1].id, 2) == [follows[0]]
    assert await storage.follows.latest_followers(ada.id, follows[0].id, 2) == []
    second = await storage.follows.latest_following(ada.id, None, 2)
    assert second == [follows[5], follows[4]]
    assert await storage.follows.latest_following(ada.id, second[-1].id, 2) == [follows[3]]
