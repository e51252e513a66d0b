"""Who may see what: each predicate and its filter are one rule told twice, and no way leads around it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.people import make_post, make_user, stamp_of
from tidings.documents.post import Post, State, Visibility
from tidings.documents.user import Role
from tidings.documents.visibility import (
    STRANGER,
    Viewer,
    in_home,
    in_profile,
    in_public,
    may_see,
    profile_filter,
    public_filter,
)

AUTHORS = [make_user("ada"), make_user("ben"), make_user("cleo")]
IDS = [author.id for author in AUTHORS]

posts = st.builds(
    lambda author, reply, withdrawn, state, visibility: make_post(
        author,
        state=state,
        visibility=visibility,
        withdrawn=withdrawn,
        **({"reply_to": 5, "thread": 5} if reply else {}),
    ),
    st.sampled_from(AUTHORS),
    st.booleans(),
    st.booleans(),
    st.sampled_from(State),
    st.sampled_from(Visibility),
)
viewers = st.builds(
    Viewer,
    st.none() | st.sampled_from([*IDS, 99]),
    st.booleans(),
    st.frozensets(st.sampled_from(IDS)),
).filter(lambda viewer: viewer.id is not None or (not viewer.moderator and not viewer.following))


def stored(post: Post) -> dict[str, Any]:
    """The post as an engine keeps it: its fields and, beside them, the two that are computed."""
    return post.model_dump(mode="json") | {"timeline": post.timeline, "listed": post.listed}


def matches(document: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """What a database answers for a filter of plain equalities, dots leading inside."""
    for path, value in wanted.items():
        found: Any = document
        for part in path.split("."):
            found = found[part]
        if found != value:
            return False
    return True


@given(posts)
def test_the_public_timeline_and_its_filter_are_one_rule(post):
    assert in_public(post) == matches(stored(post), public_filter())


@given(posts, viewers)
def test_a_profile_and_its_filter_are_one_rule(post, viewer):
    for author in AUTHORS:
        by_filter = matches(stored(post), profile_filter(author.id, viewer))
        assert by_filter == (post.author.id == author.id and in_profile(post, viewer))


@given(posts, viewers)
def test_every_list_shows_only_what_its_own_page_would_show(post, viewer):
    if in_public(post):
        assert may_see(post, STRANGER)
    if in_profile(post, viewer) or in_home(post, viewer):
        assert may_see(post, viewer)


@given(posts, viewers)
def test_what_is_hidden_removed_or_waiting_is_in_no_list(post, viewer):
    if post.state is not State.PUBLISHED:
        assert not (in_public(post))
        assert not (in_profile(post, viewer))
        assert not (in_home(post, viewer))


@given(posts, viewers)
def test_what_was_withdrawn_is_in_no_list_and_there_for_moderators_alone(post, viewer):
    gone = post.model_copy(update={"withdrawn": True})
    assert not in_public(gone)
    assert not in_profile(gone, viewer)
    assert not in_home(gone, viewer)
    assert may_see(gone, viewer) == (viewer.moderator and may_see(post.model_copy(update={"withdrawn": False}), viewer))


@given(posts)
def test_a_removed_post_is_there_for_nobody(post):
    gone = post.model_copy(update={"state": State.REMOVED})
    for viewer in (STRANGER, Viewer(post.author.id), Viewer(99, moderator=True)):
        assert not may_see(gone, viewer)


@given(posts, viewers)
def test_what_is_for_followers_is_for_nobody_else(post, viewer):
    if post.visibility is Visibility.FOLLOWERS and may_see(post, viewer):
        assert viewer.id is not None
        assert viewer.id == post.author.id or post.author.id in viewer.following


@given(posts, viewers)
def test_to_follow_somebody_never_takes_anything_away(post, viewer):
    if viewer.id is None:
        return
    nearer = Viewer(viewer.id, viewer.moderator, frozenset(IDS))
    assert may_see(post, nearer) >= may_see(post, viewer)
    assert in_profile(post, nearer) >= in_profile(post, viewer)


def test_a_hidden_post_is_there_for_its_author_and_for_moderators_alone():
    ada, ben = AUTHORS[:2]
    post = make_post(ada, state=State.HIDDEN)
    assert may_see(post, Viewer.of(ada))
    assert may_see(post, Viewer(99, moderator=True))
    assert not may_see(post, Viewer.of(ben, following={ada.id}))
    assert not may_see(post, STRANGER)


def test_an_unlisted_post_has_an_address_but_stands_in_no_public_list():
    ada, ben = AUTHORS[:2]
    post = make_post(ada, visibility=Visibility.UNLISTED)
    assert may_see(post, STRANGER)
    assert not in_public(post)
    assert not in_profile(post, STRANGER)
    assert in_profile(post, Viewer.of(ben, following={ada.id}))
    assert in_home(post, Viewer.of(ben, following={ada.id}))


def test_replies_stand_in_no_timeline():
    ada = AUTHORS[0]
    reply = make_post(ada, reply_to=5, thread=5)
    assert not in_public(reply)
    assert not in_home(reply, Viewer.of(ada))
    assert may_see(reply, STRANGER)


def test_a_moderator_does_not_see_what_is_for_followers():
    post = make_post(AUTHORS[0], visibility=Visibility.FOLLOWERS)
    assert not may_see(post, Viewer(99, moderator=True))


def test_a_viewer_knows_from_the_role_whether_they_moderate():
    assert Viewer.of(None) is STRANGER
    assert not Viewer.of(make_user("dan")).moderator
    assert Viewer.of(make_user("dan", role=Role.MODERATOR)).moderator
    assert Viewer.of(make_user("dan", role=Role.ADMINISTRATOR)).moderator
    assert stamp_of(AUTHORS[0]).id == IDS[0]
