"""Timelines: newest first, paged by key, complete, and showing each viewer what `visibility` says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import make_post, make_user, mint, stamp_of
from tidings.documents.post import Post, State, Visibility
from tidings.documents.user import User
from tidings.documents.visibility import STRANGER, Viewer, in_home, in_profile, in_public
from tidings.repositories import open_storage
from tidings.repositories.protocols import Storage
from tidings.settings import read_settings


async def keep(storage: Storage, author: User, number: int, **changes: object) -> list[Post]:
    return [await storage.posts.add(make_post(author, f"{n}", **changes)) for n in range(number)]


async def all_pages(ask, limit: int) -> list[int]:  # type: ignore[no-untyped-def]
    """Page by key until a page comes back empty."""
    ids: list[int] = []
    while page := await ask(ids[-1] if ids else None, limit):
        assert len(page) <= limit
        ids += [post.id for post in page]
    return ids


@pytest.fixture
async def cast(storage: Storage) -> list[User]:
    people = [make_user(name) for name in ("ada", "ben", "cleo")]
    for person in people:
        await storage.users.add(person)
    return people


async def test_pages_by_key_show_every_post_once_newest_first(storage: Storage, cast: list[User]):
    ada, ben, _ = cast
    kept = [post.id for n in range(4) for author in (ada, ben) for post in await keep(storage, author, 3)]
    newest_first = sorted(kept, reverse=True)
    assert await all_pages(storage.posts.latest_public, 5) == newest_first
    assert await all_pages(lambda b, n: storage.posts.latest_home(ada.id, [ben.id], b, n), 5) == newest_first
    by_ada = [post_id for post_id in newest_first if (await storage.posts.get(post_id)).author.id == ada.id]  # type: ignore[union-attr]
    assert await all_pages(lambda b, n: storage.posts.latest_of(ada.id, STRANGER, b, n), 5) == by_ada


async def test_a_page_is_not_moved_by_posts_that_came_meanwhile(storage: Storage, cast: list[User]):
    first = await keep(storage, cast[0], 6)
    page = await storage.posts.latest_public(None, 3)
    await keep(storage, cast[0], 3)
    assert [post.id for post in await storage.posts.latest_public(page[-1].id, 3)] == [p.id for p in first[2::-1]]


async def test_nothing_is_found_below_the_oldest(storage: Storage, cast: list[User]):
    [post] = await keep(storage, cast[0], 1)
    assert await storage.posts.latest_public(post.id, 20) == []
    assert await storage.posts.latest_public(0, 20) == []


@pytest.mark.parametrize("follows", [0, 1, 149, 150, 151, 200, 201, 1000])
async def test_home_is_complete_however_many_one_follows(storage: Storage, follows: int):
    """At 200 authors the planner of MongoDB changes its mind, so the question is asked in parts: none may be lost."""
    me = make_user("me")
    authors = [make_user(f"a{n}") for n in range(follows)]
    mine = [await storage.posts.add(make_post(me)) for _ in range(2)]
    # From the ends and the middle: the parts must be merged in the right order.
    picked = {n: authors[n] for n in (0, follows // 2, follows - 1) if 0 <= n < follows}
    theirs = [await storage.posts.add(make_post(author)) for author in picked.values() for _ in range(2)]
    await storage.posts.add(make_post(make_user("stranger")))
    wanted = sorted((post.id for post in mine + theirs), reverse=True)
    following = [author.id for author in authors]
    assert [post.id for post in await storage.posts.latest_home(me.id, following, None, 20)] == wanted
    assert await all_pages(lambda b, n: storage.posts.latest_home(me.id, following, b, n), 2) == wanted


async def test_home_with_oneself_among_those_followed_shows_nothing_twice(storage: Storage, cast: list[User]):
    ada = cast[0]
    kept = await keep(storage, ada, 2)
    page = await storage.posts.latest_home(ada.id, [ada.id, ada.id], None, 20)
    assert [post.id for post in page] == [kept[1].id, kept[0].id]


async def test_home_of_the_silent_is_empty(storage: Storage, cast: list[User]):
    await keep(storage, cast[0], 3)
    assert await storage.posts.latest_home(mint(), [mint() for _ in range(300)], None, 20) == []


kinds = st.tuples(
    st.integers(min_value=0, max_value=2), st.booleans(), st.sampled_from(State), st.sampled_from(Visibility)
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(kinds, max_size=12), st.frozensets(st.integers(min_value=0, max_value=2)), st.sampled_from([None, 0, 1])
)
async def test_every_timeline_answers_what_its_predicate_says(kept, follows, viewer_number):
    storage = open_storage(read_settings(_env_file=None, database_url="memory://"))
    await storage.open()
    people = [make_user(name) for name in ("ada", "ben", "cleo")]
    posts = [
        make_post(
            stamp_of(people[author]),
            state=state,
            visibility=visibility,
            **({"reply_to": 5, "thread": 5} if is_reply else {}),
        )
        for author, is_reply, state, visibility in kept
    ]
    for post in posts:
        await storage.posts.add(post)
    newest_first = sorted(posts, key=lambda post: -post.id)
    viewer = STRANGER
    if viewer_number is not None:
        viewer = Viewer(people[viewer_number].id, following=frozenset(people[n].id for n in follows))
        home = await storage.posts.latest_home(viewer.id, list(viewer.following), None, 50)  # type: ignore[arg-type]
        assert home == [post for post in newest_first if in_home(post, viewer)]
    assert await storage.posts.latest_public(None, 50) == [post for post in newest_first if in_public(post)]
    for person in people:
        profile = await storage.posts.latest_of(person.id, viewer, None, 50)
        assert profile == [p for p in newest_first if p.author.id == person.id and in_profile(p, viewer)]
    await storage.close()
