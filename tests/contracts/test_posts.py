"""Posts: kept once per request key, changed only over the version that was read, and removed to a tombstone."""

import asyncio
from datetime import timedelta

import pytest

from tests.people import NOON, make_post, make_user, mint
from tidings.clock import SystemClock
from tidings.documents.post import AuthorStamp, Post, State, Visibility, Was
from tidings.documents.user import User
from tidings.errors import RequestKeyError
from tidings.repositories.protocols import Storage


@pytest.fixture
async def ada(storage: Storage) -> User:
    person = make_user("ada")
    await storage.users.add(person)
    return person


async def posts_counted(storage: Storage, person: User) -> int:
    kept = await storage.users.get(person.id)
    assert kept is not None
    return kept.counts.posts


def edited(post: Post, **changes: object) -> Post:
    return post.model_copy(update={"source": "New.", "html": "<p>New.</p>", "excerpt": "<p>New.</p>", **changes})


async def test_a_post_comes_back_as_it_was_kept(storage: Storage, ada: User):
    post = make_post(ada, "Ünïcode 🎈\r\n\ttext", title="<b>", visibility=Visibility.UNLISTED, excerpt_is_whole=False)
    assert await storage.posts.add(post) == post
    assert await storage.posts.get(post.id) == post
    assert await storage.posts.get(mint()) is None


async def test_a_kept_post_is_counted_and_a_reply_is_not_counted_as_one(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    await storage.posts.add(make_post(ada, reply_to=post.id, thread=post.id))
    assert await posts_counted(storage, ada) == 1


async def test_counters_equal_rows_after_fifty_simultaneous_posts(storage: Storage, ada: User):
    await asyncio.gather(*(storage.posts.add(make_post(ada, f"{n}")) for n in range(50)))
    assert len(await storage.posts.latest_public(None, 100)) == 50
    assert await posts_counted(storage, ada) == 50


def new_post(author: User, source: str = "Once.", **changes: object) -> Post:
    """A post of now: request keys are kept for 24 hours."""
    return make_post(author, source, created_at=SystemClock().now(), **changes)


async def test_the_same_request_key_and_content_give_the_first_post(storage: Storage, ada: User):
    first = new_post(ada, "Once.")
    assert await storage.posts.add(first, "key") == first
    again = await storage.posts.add(new_post(ada, "Once."), "key")
    assert again.id == first.id
    assert len(await storage.posts.latest_public(None, 10)) == 1
    assert await posts_counted(storage, ada) == 1


@pytest.mark.parametrize("change", [{"source": "Twice."}, {"title": "T"}, {"visibility": Visibility.FOLLOWERS}])
async def test_the_same_request_key_with_other_content_is_refused(storage: Storage, ada: User, change: dict[str, str]):
    await storage.posts.add(new_post(ada, "Once."), "key")
    with pytest.raises(RequestKeyError):
        await storage.posts.add(new_post(ada, **({"source": "Once."} | change)), "key")
    assert len(await storage.posts.latest_public(None, 10)) == 1


async def test_a_request_key_belongs_to_one_person(storage: Storage, ada: User):
    ben = make_user("ben")
    await storage.users.add(ben)
    await storage.posts.add(new_post(ada, "Once."), "key")
    post = new_post(ben, "Other.")
    assert await storage.posts.add(post, "key") == post


async def test_of_twenty_simultaneous_posts_with_one_request_key_one_is_kept(storage: Storage, ada: User):
    answers = await asyncio.gather(*(storage.posts.add(new_post(ada, "Once."), "key") for _ in range(20)))
    kept = await storage.posts.latest_public(None, 100)
    assert [post.id for post in kept] == list({answer.id for answer in answers})
    assert await posts_counted(storage, ada) == 1


@pytest.mark.parametrize("engine", ["memory"])  # the real one drops expired rows once a minute
async def test_a_request_key_is_free_again_after_a_day(storage: Storage, ada: User):
    old = SystemClock().now() - timedelta(hours=25)
    await storage.posts.add(make_post(ada, "Once.", created_at=old), "key")
    post = new_post(ada, "Another day.")
    assert await storage.posts.add(post, "key") == post


async def test_an_edit_over_the_version_that_was_read_counts_it_up(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    later = NOON + timedelta(minutes=1)
    kept = await storage.posts.set_content(edited(post, title="T", edited_at=later), 1)
    assert kept == edited(post, title="T", edited_at=later, version=2)
    assert await storage.posts.get(post.id) == kept


async def test_an_edit_over_an_older_version_changes_nothing(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    first = await storage.posts.set_content(edited(post), 1)
    assert await storage.posts.set_content(edited(post, source="Late."), 1) is None
    assert await storage.posts.set_content(edited(post, source="Early."), 3) is None
    assert await storage.posts.get(post.id) == first


async def test_of_ten_simultaneous_edits_of_one_version_exactly_one_happens(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    answers = await asyncio.gather(*(storage.posts.set_content(edited(post, source=f"{n}"), 1) for n in range(10)))
    won = [answer for answer in answers if answer is not None]
    assert len(won) == 1
    assert await storage.posts.get(post.id) == won[0]


async def test_an_edit_changes_only_what_an_edit_may(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    other = make_user("ben")
    forged = edited(post, author=make_post(other).author, created_at=NOON - timedelta(days=9), state=State.HIDDEN)
    kept = await storage.posts.set_content(forged, 1)
    assert kept is not None
    assert (kept.author, kept.created_at, kept.state) == (post.author, post.created_at, State.PUBLISHED)


async def test_what_a_change_of_visibility_replaced_stands_beside_it(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    kept = await storage.posts.set_content(edited(post, visibility=Visibility.FOLLOWERS), 1)
    assert kept is not None
    assert kept.was == Was(state=State.PUBLISHED, visibility=Visibility.PUBLIC)
    assert await storage.posts.latest_public(None, 10) == []


async def test_a_removed_post_leaves_a_tombstone_without_text(storage: Storage, ada: User):
    post = make_post(ada, "Secret.", title="Secret")
    await storage.posts.add(post)
    assert await storage.posts.remove(post.id, NOON)
    kept = await storage.posts.get(post.id)
    assert kept is not None
    assert (kept.state, kept.version) == (State.REMOVED, 2)
    assert kept.was == Was(state=State.PUBLISHED, visibility=Visibility.PUBLIC)
    assert (kept.title, kept.source, kept.html, kept.excerpt) == ("", "", "", "")
    assert await storage.posts.latest_public(None, 10) == []
    assert await posts_counted(storage, ada) == 0


async def test_removing_again_or_what_never_was_changes_nothing(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    answers = await asyncio.gather(*(storage.posts.remove(post.id, NOON) for _ in range(5)))
    assert sorted(answers) == [False] * 4 + [True]
    assert not await storage.posts.remove(mint(), NOON)
    assert await posts_counted(storage, ada) == 0


async def test_a_removed_post_cannot_be_edited_back(storage: Storage, ada: User):
    post = make_post(ada)
    await storage.posts.add(post)
    await storage.posts.remove(post.id, NOON)
    for version in (1, 2):
        assert await storage.posts.set_content(edited(post), version) is None


async def test_a_new_stamp_reaches_all_posts_of_its_author_and_nobody_elses(storage: Storage):
    ada, ben = make_user("ada"), make_user("ben")
    mine, theirs = [make_post(ada), make_post(ada)], make_post(ben)
    for post in (*mine, theirs):
        await storage.posts.add(post)
    stamp = AuthorStamp(id=ada.id, username="countess", name="Ada, Countess")
    await storage.posts.set_author(stamp)
    assert [(await stored(storage, post.id)).author for post in mine] == [stamp, stamp]
    assert (await stored(storage, theirs.id)).author == theirs.author
    assert (await stored(storage, mine[0].id)).version == mine[0].version


async def stored(storage: Storage, post_id: int) -> Post:
    post = await storage.posts.get(post_id)
    assert post is not None
    return post
