"""The change feed: every commit that matters, in commit order, from the past on, with its position."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from itertools import pairwise
from typing import Any

import pytest

from tests.people import NOON, make_follow, make_post, make_session, make_user
from tidings.documents.changes import (
    Change,
    FollowChanged,
    Lost,
    PersonUpdated,
    PostAdded,
    PostUpdated,
    Probed,
    SessionEnded,
)
from tidings.documents.post import Post, State, Visibility, Was
from tidings.documents.user import Role, User
from tidings.live.events import person_event
from tidings.repositories import open_storage
from tidings.repositories.protocols import Storage
from tidings.settings import Settings


class Reader:
    """Reads the feed from a moment in the past on, in the background as a process does."""

    def __init__(self, storage: Storage, seconds: int = 60) -> None:
        self.changes: list[Change] = []
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._read(storage, seconds))

    async def _read(self, storage: Storage, seconds: int) -> None:
        feed: Any = storage.follow_changes(seconds)
        async with aclosing(feed):
            async for change in feed:
                async with self._news:
                    self.changes.append(change)
                    self._news.notify_all()

    async def until(self, wanted: Callable[[Change], bool], timeout: float = 15) -> list[Change]:
        """All changes so far, once one of them is wanted."""
        async with asyncio.timeout(timeout), self._news:
            await self._news.wait_for(lambda: any(wanted(change) for change in self.changes) or self._task.done())
        if self._task.done():
            self._task.result()
        return list(self.changes)

    async def until_probe(self, storage: Storage, probe: str) -> list[Change]:
        """Write a probe and wait for it; all changes before it that are not probes, the first `Lost` left out."""
        await storage.probe(probe)
        changes = await self.until(lambda change: isinstance(change, Probed) and change.probe == probe)
        return [change for change in changes[1:] if not isinstance(change, Probed)]

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@pytest.fixture
async def people(storage: Storage) -> list[User]:
    people = [make_user("ada"), make_user("ben")]
    for person in people:
        await storage.users.add(person)
    return people


@pytest.fixture
async def reader(storage: Storage, people: list[User]) -> AsyncIterator[Reader]:
    """A reader that has caught up: what is written from now on, it reads."""
    reader = Reader(storage)
    await reader.until(lambda change: isinstance(change, Lost))
    yield reader
    await reader.close()


def edited(post: Post, **changes: object) -> Post:
    return post.model_copy(update={"source": "New.", "html": "<p>New.</p>", "excerpt": "<p>New.</p>", **changes})


async def test_the_first_item_says_where_the_reading_starts(storage: Storage, people: list[User], reader: Reader):
    post = await storage.posts.add(make_post(people[0]))
    await reader.until_probe(storage, "p")
    lost, added = reader.changes[:2]
    assert isinstance(lost, Lost)
    assert isinstance(added, PostAdded)
    assert added.post == post
    assert lost.position < added.position


async def test_every_write_that_matters_is_told_in_commit_order(storage: Storage, people: list[User], reader: Reader):
    ada, ben = people
    session = make_session(ada)
    post = await storage.posts.add(make_post(ada))
    await storage.follows.add(make_follow(ben, ada))
    await storage.posts.set_content(edited(post), 1)
    await storage.follows.remove(ben.id, ada.id)
    await storage.sessions.add(session)
    await storage.posts.remove(post.id, NOON)
    await storage.sessions.remove(session.id)
    changes = await reader.until_probe(storage, "p")
    kinds = [PostAdded, FollowChanged, PostUpdated, FollowChanged, PostUpdated, SessionEnded]
    assert [type(change) for change in changes] == kinds
    assert all(one.position < other.position for one, other in pairwise(changes))
    assert (changes[1].following, changes[3].following) == (True, False)  # type: ignore[union-attr]
    assert (changes[1].follower_id, changes[1].followed_id) == (ben.id, ada.id)  # type: ignore[union-attr]
    assert changes[5].session_id == session.id  # type: ignore[union-attr]


async def test_a_change_of_visibility_tells_what_was_there_before(storage: Storage, people: list[User], reader: Reader):
    post = await storage.posts.add(make_post(people[0]))
    await storage.posts.set_content(edited(post, visibility=Visibility.FOLLOWERS), 1)
    await storage.posts.set_content(edited(post, visibility=Visibility.FOLLOWERS, source="Third."), 2)
    await storage.posts.remove(post.id, NOON)
    _, narrowed, rewritten, removed = await reader.until_probe(storage, "p")
    assert isinstance(narrowed, PostUpdated)
    assert isinstance(rewritten, PostUpdated)
    assert isinstance(removed, PostUpdated)
    assert narrowed.was == Was(state=State.PUBLISHED, visibility=Visibility.PUBLIC)
    assert "visibility" in narrowed.fields
    assert rewritten.was is None
    assert removed.was == Was(state=State.PUBLISHED, visibility=Visibility.FOLLOWERS)
    assert "state" in removed.fields
    assert removed.post is not None
    assert (removed.post_id, removed.post.state, removed.post.source) == (post.id, State.REMOVED, "")


async def test_counters_people_and_repeats_are_no_changes(storage: Storage, people: list[User], reader: Reader):
    ada, ben = people
    post = make_post(ada, created_at=NOON.replace(year=2099))
    await storage.posts.add(post, "key")
    await storage.posts.add(post.model_copy(update={"id": post.id + 1}), "key")
    await storage.follows.add(make_follow(ben, ada))
    await storage.follows.add(make_follow(ben, ada))
    await storage.users.set_last_seen(ada.id, NOON)
    await storage.users.set_confirmed(ada.id, NOON, Role.MODERATOR)
    await storage.posts.set_content(edited(post), 7)
    await storage.sessions.remove("f" * 64)
    assert [type(change) for change in await reader.until_probe(storage, "p")] == [PostAdded, FollowChanged]


async def test_two_hundred_simultaneous_posts_reach_two_readers_in_one_order(storage: Storage, people: list[User]):
    readers = [Reader(storage), Reader(storage)]
    for reader in readers:
        await reader.until(lambda change: isinstance(change, Lost))
    authors = [make_user(f"author{n}") for n in range(40)]
    for author in authors:
        await storage.users.add(author)
    posts = [make_post(authors[n % 40], f"{n}") for n in range(200)]
    await asyncio.gather(*(storage.posts.add(post) for post in posts))
    one, other = [await reader.until_probe(storage, "p") for reader in readers]
    ids = [change.post.id for change in one if isinstance(change, PostAdded)]
    assert sorted(ids) == [post.id for post in posts]
    assert [change.position for change in one] == [change.position for change in other]
    assert all(a.position < b.position for a, b in pairwise(one))
    for reader in readers:
        await reader.close()


async def test_a_probe_comes_back_after_all_that_was_written_before_it(
    storage: Storage, people: list[User], reader: Reader
):
    posts = []
    for number in range(3):
        posts.append(await storage.posts.add(make_post(people[0])))
        await storage.probe(f"probe-{number % 2}")
    await reader.until(lambda _: sum(isinstance(change, Probed) for change in reader.changes) == 3)
    told = [change.probe if isinstance(change, Probed) else change.post.id for change in reader.changes[1:]]
    assert told == [posts[0].id, "probe-0", posts[1].id, "probe-1", posts[2].id, "probe-0"]


@pytest.mark.parametrize("engine", ["mongo"])  # memory:// keeps nothing, so it has no past
async def test_a_fresh_reader_is_told_the_past(storage: Storage, engine_settings: Settings, people: list[User]):
    posts = [await storage.posts.add(make_post(people[0], f"{n}")) for n in range(30)]
    await storage.posts.remove(posts[0].id, NOON)
    other = open_storage(engine_settings)
    await other.open()
    reader = Reader(other, seconds=60)
    changes = await reader.until_probe(other, "p")
    assert [change.post.id for change in changes if isinstance(change, PostAdded)] == [post.id for post in posts]
    assert isinstance(changes[-1], PostUpdated)
    assert isinstance(reader.changes[0], Lost)
    assert reader.changes[0].position < changes[0].position
    await reader.close()
    await other.close()


@pytest.mark.parametrize("engine", ["mongo"])  # memory:// is one process
async def test_every_process_gives_a_commit_the_same_position(
    storage: Storage, engine_settings: Settings, people: list[User], reader: Reader
):
    other = open_storage(engine_settings)
    await other.open()
    elsewhere = Reader(other)
    await elsewhere.until(lambda change: isinstance(change, Lost))
    await storage.posts.add(make_post(people[0]))
    await other.posts.add(make_post(people[1]))
    here, there = await reader.until_probe(storage, "p"), await elsewhere.until_probe(other, "p2")
    assert [change.position for change in here] == [change.position for change in there][-len(here) :]
    assert len({change.position.origin for change in here + there}) == 1
    await elsewhere.close()
    await other.close()


@pytest.mark.parametrize("engine", ["mongo"])
async def test_another_database_has_another_origin(storage: Storage, mongod: Any, people: list[User], reader: Reader):
    name = "another_origin"
    other = open_storage(Settings(_env_file=None, database_url=mongod.url(name)))  # type: ignore[call-arg]
    await other.open()
    elsewhere = Reader(other)
    await elsewhere.until(lambda change: isinstance(change, Lost))
    assert elsewhere.changes[0].position.origin != reader.changes[0].position.origin
    await elsewhere.close()
    await other.close()
    mongod.drop(name)


async def test_the_end_of_all_sessions_is_told_and_is_no_change_of_name(
    storage: Storage, people: list[User], reader: Reader
):
    ada = people[0]
    await storage.users.begin_epoch(ada.id)
    await storage.users.set_email(ada.id, "elsewhere@example.org")
    await storage.users.set_password_hash(ada.id, "quietly rehashed")
    await storage.users.set_password_hash(ada.id, "another", new_epoch=True)
    changes = await reader.until_probe(storage, "p")
    assert [(type(change), change.stamp.id, change.fields & {"epoch", "username"}) for change in changes] == [
        (PersonUpdated, ada.id, {"epoch"})
    ] * 3
    assert [person_event(change) for change in changes] == [None] * 3
