"""What follows from a suspension, a new name and a farewell: everywhere, repeatable, and finished by whoever comes."""

import asyncio
from typing import Any

import pytest

from tests.people import NOON, make_follow, make_post, make_session, make_token, make_user
from tidings.documents.post import AuthorStamp, Post, State, Visibility
from tidings.documents.user import User, username_key
from tidings.documents.visibility import STRANGER, Viewer, may_see
from tidings.errors import ForbiddenError, UnavailableError
from tidings.repositories.protocols import Storage
from tidings.repositories.settling import settle, settle_all


@pytest.fixture
async def ada(storage: Storage) -> User:
    person = make_user("ada", name="Ada L.")
    await storage.users.add(person)
    return person


@pytest.fixture
async def ben(storage: Storage) -> User:
    person = make_user("ben")
    await storage.users.add(person)
    return person


async def changed(storage: Storage, user: User, **changes: Any) -> User:
    """The row says so; nothing has followed from it yet."""
    now = await storage.users.get(user.id)
    assert now is not None
    after = now.model_copy(update={**changes, "unsettled": True})
    assert await storage.users.set_account(now, after)
    return after


async def everything_by(storage: Storage, ada: User) -> list[Post]:
    posts = [make_post(ada, f"{visibility}", visibility=visibility) for visibility in Visibility]
    posts.append(make_post(ada, "hidden", state=State.HIDDEN))
    posts.append(make_post(ada, "reply", reply_to=posts[0].id, thread=posts[0].id))
    return [await storage.posts.add(post) for post in posts]


async def lists(storage: Storage, ada: User, ben: User) -> list[list[int]]:
    """Ids in every list that may show them: everybody's, a follower's home, the profile to both."""
    insider = Viewer.of(ben, {ada.id})
    pages = [
        await storage.posts.latest_public(None, 50),
        await storage.posts.latest_home(ben.id, [ada.id], None, 50),
        await storage.posts.latest_of(ada.id, STRANGER, None, 50),
        await storage.posts.latest_of(ada.id, insider, None, 50),
    ]
    return [[post.id for post in page] for page in pages]


async def test_suspended_posts_stand_in_no_list_and_come_back_where_they_were(storage: Storage, ada: User, ben: User):
    posts = await everything_by(storage, ada)
    before = await lists(storage, ada, ben)
    kept = [await storage.posts.get(post.id) for post in posts]
    await changed(storage, ada, suspended_at=NOON)
    for _ in range(2):
        await settle(storage, ada.id)
        assert await lists(storage, ada, ben) == [[], [], [], []]
        for post in posts:
            now = await storage.posts.get(post.id)
            assert now is not None
            assert now.withdrawn
            assert not may_see(now, Viewer.of(ben, {ada.id}))
    await changed(storage, ada, suspended_at=None)
    for _ in range(2):
        await settle(storage, ada.id)
        assert await lists(storage, ada, ben) == before
        assert [await storage.posts.get(post.id) for post in posts] == kept


async def test_nobody_elses_posts_are_touched(storage: Storage, ada: User, ben: User):
    post = await storage.posts.add(make_post(ben))
    await changed(storage, ada, suspended_at=NOON)
    await settle(storage, ada.id)
    assert await storage.posts.get(post.id) == post
    assert [found.id for found in await storage.posts.latest_public(None, 9)] == [post.id]


async def test_who_is_suspended_writes_nothing_more(storage: Storage, ada: User):
    root = await storage.posts.add(make_post(ada))
    await changed(storage, ada, suspended_at=NOON)
    for post in (make_post(ada), make_post(ada, reply_to=root.id, thread=root.id)):
        with pytest.raises(ForbiddenError):
            await storage.posts.add(post, "key")
        assert await storage.posts.get(post.id) is None
    await changed(storage, ada, suspended_at=None)
    await storage.posts.add(make_post(ada), "key")


@pytest.mark.parametrize("engine", ["mongo"])  # the mock has no transactions to race
async def test_no_post_slips_through_behind_a_suspension(storage: Storage):
    for attempt in range(15):
        person = make_user(f"racer{attempt}")
        await storage.users.add(person)
        posts = [make_post(person, created_at=NOON.replace(year=2030 + attempt)) for _ in range(6)]

        async def suspend(person: User = person) -> None:
            row = await storage.users.get(person.id)
            while row is not None and row.suspended_at is None:
                after = row.model_copy(update={"suspended_at": NOON, "unsettled": True})
                if await storage.users.set_account(row, after):
                    break
                row = await storage.users.get(person.id)
            await settle(storage, person.id)

        await asyncio.gather(*(storage.posts.add(post) for post in posts), suspend(), return_exceptions=True)
        assert await storage.posts.latest_of(person.id, Viewer(person.id), None, 50) == []


async def test_an_edit_that_was_read_before_a_suspension_brings_nothing_back(storage: Storage, ada: User, ben: User):
    post = await storage.posts.add(make_post(ada))
    await changed(storage, ada, suspended_at=NOON)
    await settle(storage, ada.id)
    assert await storage.posts.set_content(post.model_copy(update={"source": "New."}), 1) is None
    withdrawn = await storage.posts.get(post.id)
    assert withdrawn is not None
    narrowed = withdrawn.model_copy(update={"visibility": Visibility.FOLLOWERS})
    assert await storage.posts.set_content(narrowed, 1) is not None, "an administrator may"
    assert await lists(storage, ada, ben) == [[], [], [], []]
    await changed(storage, ada, suspended_at=None)
    await settle(storage, ada.id)
    assert await lists(storage, ada, ben) == [[], [post.id], [], [post.id]]


async def test_sessions_end_with_a_suspension(storage: Storage, ada: User, ben: User):
    mine, theirs = make_session(ada, "a"), make_session(ben, "b")
    for session in (mine, theirs):
        await storage.sessions.add(session)
    await changed(storage, ada, suspended_at=NOON)
    await settle(storage, ada.id)
    assert await storage.sessions.get(mine.id) is None
    assert await storage.sessions.get(theirs.id) == theirs


async def test_a_new_name_stands_in_all_posts(storage: Storage, ada: User):
    posts = await everything_by(storage, ada)
    await changed(storage, ada, username="lovelace", username_key=username_key("lovelace"))
    await settle(storage, ada.id)
    stamps = {(await storage.posts.get(post.id) or post).author for post in posts}
    assert stamps == {AuthorStamp(id=ada.id, username="lovelace", name="Ada L.")}


async def test_who_leaves_is_forgotten_and_counters_are_right(storage: Storage, ada: User, ben: User):
    posts = await everything_by(storage, ada)
    theirs = await storage.posts.add(make_post(ben))
    reply = await storage.posts.add(make_post(ada, "My word.", reply_to=theirs.id, thread=theirs.id))
    gone_before = await storage.posts.add(make_post(ada))
    await storage.posts.remove(gone_before.id, NOON)
    await storage.follows.add(make_follow(ada, ben))
    await storage.follows.add(make_follow(ben, ada))
    await storage.sessions.add(make_session(ada, "a"))
    token = make_token(ada)
    await storage.mail_tokens.add(token)
    await changed(storage, ada, suspended_at=NOON, removed_at=NOON)
    for _ in range(2):
        await settle(storage, ada.id)
        for post in [*posts, reply, gone_before]:
            left = await storage.posts.get(post.id)
            assert left is not None, "a thread keeps the place"
            assert left.state is State.REMOVED
            assert left.author == AuthorStamp(id=ada.id, username="")
            assert (left.source, left.html, left.excerpt, left.title) == ("", "", "", "")
        assert await lists(storage, ada, ben) == [[theirs.id], [theirs.id], [], []]
        assert await storage.follows.of_follower(ben.id) == []
        assert await storage.mail_tokens.get(token.id, token.purpose) is None
        other, mine = await storage.users.get(ben.id), await storage.users.get(ada.id)
        assert other is not None
        assert mine is not None
        assert (other.counts.followers, other.counts.following, other.counts.posts) == (0, 0, 1)
        assert (mine.counts.followers, mine.counts.following, mine.counts.posts) == (0, 0, 0)
        assert not mine.unsettled
    assert await storage.posts.get(theirs.id) == theirs


STEPS = [
    ("sessions", "remove_of_user"),
    ("mail_tokens", "remove_of_user"),
    ("posts", "remove_of_author"),
    ("users", "erase"),
    ("follows", "remove_of_user"),
    ("users", "set_settled"),
]


@pytest.mark.parametrize(("repository", "step"), STEPS)
async def test_a_farewell_that_was_interrupted_at_any_step_is_finished_later(
    storage: Storage, ada: User, ben: User, monkeypatch: pytest.MonkeyPatch, repository: str, step: str
):
    post = await storage.posts.add(make_post(ada))
    await storage.follows.add(make_follow(ben, ada))
    await storage.sessions.add(make_session(ada, "a"))
    await changed(storage, ada, suspended_at=NOON, removed_at=NOON)

    async def die(*_: object) -> None:
        raise UnavailableError

    with monkeypatch.context() as broken:
        broken.setattr(getattr(storage, repository), step, die)
        with pytest.raises(UnavailableError):
            await settle(storage, ada.id)
        await settle_all(storage)  # fails as well, and says so in the log alone
    await settle_all(storage)
    left, tombstone = await storage.users.get(ada.id), await storage.posts.get(post.id)
    assert left is not None
    assert tombstone is not None
    assert (left.username, left.email, left.unsettled, left.counts.followers) == ("", "", False, 0)
    assert (tombstone.state, tombstone.source) == (State.REMOVED, "")
    assert await storage.sessions.of_user(ada.id) == []
    assert await storage.users.latest_unsettled(10) == []


async def test_a_suspension_that_was_interrupted_is_finished_later(storage: Storage, ada: User, ben: User):
    await everything_by(storage, ada)
    await changed(storage, ada, suspended_at=NOON)
    await settle_all(storage)
    assert await lists(storage, ada, ben) == [[], [], [], []]
    assert await storage.users.latest_unsettled(10) == []


async def test_suspending_and_restoring_at_once_end_as_the_row_says(storage: Storage, ada: User, ben: User):
    posts = await everything_by(storage, ada)
    for suspended_at in (NOON, None, NOON, None):
        await changed(storage, ada, suspended_at=suspended_at)
        await asyncio.gather(*(settle(storage, ada.id) for _ in range(4)))
    assert (await lists(storage, ada, ben))[0] == [posts[0].id]
