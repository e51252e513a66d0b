"""What happened, as live readers are told: past tense, with a place in the one order."""

from dataclasses import dataclass
from typing import Literal

from tidings.documents.changes import PersonUpdated, PostAdded, PostUpdated
from tidings.documents.position import Position
from tidings.documents.post import AuthorStamp, Post, State, Was

__all__ = ["Event", "FollowEvent", "Kind", "PersonEvent", "PostEvent", "person_event", "post_event"]

Kind = Literal["published", "edited", "removed", "hidden", "restored", "closed", "opened"]


@dataclass(frozen=True, slots=True)
class PostEvent:
    """Something happened to a post. It holds no text: what a reader is shown is the post as it is now.

    `before` and `after` are what decided who could see it, on either side of the event; `before` is None for a
    post that was not there.
    """

    kind: Kind
    position: Position
    post_id: int
    before: Was | None
    after: Was


@dataclass(frozen=True, slots=True)
class FollowEvent:
    """Somebody followed or unfollowed somebody: what they see is composed anew."""

    position: Position
    follower_id: int
    followed_id: int
    following: bool


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """Somebody is called otherwise, or all their posts went or came back, with them or (`erased`) for good.

    One event for all of their posts: what is held of these is changed with it (`applied_to`), since the posts
    themselves are changed silently.
    """

    kind: Literal["changed", "removed", "restored"]
    position: Position
    stamp: AuthorStamp
    erased: bool = False

    @property
    def person_id(self) -> int:
        return self.stamp.id

    def applied_to(self, post: Post) -> Post:
        """A post of this person as it is after the event."""
        if self.erased:
            nothing = {"title": "", "html": "", "excerpt": "", "state": State.REMOVED}
            return post.model_copy(update=nothing | {"author": self.stamp, "withdrawn": True})
        withdrawn = post.withdrawn if self.kind == "changed" else self.kind == "removed"
        return post.model_copy(update={"author": self.stamp, "withdrawn": withdrawn})


Event = PostEvent | FollowEvent | PersonEvent


def person_event(change: PersonUpdated) -> PersonEvent | None:
    """The event that a change of a person is, or None where nobody has to hear of it."""
    if "withdrawn_at" in change.fields:
        kind: Literal["removed", "restored"] = "removed" if change.withdrawn else "restored"
        return PersonEvent(kind, change.position, change.stamp, change.erased)
    if change.withdrawn or not change.fields & {"username", "name"}:
        return None
    return PersonEvent("changed", change.position, change.stamp)


def post_event(change: PostAdded | PostUpdated) -> PostEvent | None:
    """The event that a change of a post is, or None where nobody has to hear of it."""
    if isinstance(change, PostAdded):
        post = change.post
        if post.state is not State.PUBLISHED:
            return None
        return PostEvent("published", change.position, post.id, None, facts(post))
    if change.post is None:
        return None
    after = facts(change.post)
    return PostEvent(kind_of(change, change.post), change.position, change.post_id, change.was or after, after)


def facts(post: Post) -> Was:
    return Was(state=post.state, visibility=post.visibility)


def kind_of(change: PostUpdated, post: Post) -> Kind:
    if "state" in change.fields:
        if post.state is State.REMOVED:
            return "removed"
        if post.state is State.HIDDEN:
            return "hidden"
        return "restored" if change.was is not None and change.was.state is State.HIDDEN else "published"
    if "replies_closed" in change.fields:
        return "closed" if post.replies_closed else "opened"
    return "edited"
