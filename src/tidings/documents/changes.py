"""What was committed, as the storage tells it: one object a change that live readers may have to hear of.

These are facts about rows. What they mean to a reader (an event with a name) is decided in `live.relay`.
"""

from dataclasses import dataclass

from tidings.documents.position import Position
from tidings.documents.post import AuthorStamp, Post, Was

__all__ = ["Change", "FollowChanged", "Lost", "PersonUpdated", "PostAdded", "PostUpdated", "Probed", "SessionEnded"]


@dataclass(frozen=True, slots=True)
class PostAdded:
    """A post was inserted; `post` is what was inserted."""

    position: Position
    post: Post


@dataclass(frozen=True, slots=True)
class PostUpdated:
    """A post was changed. `post` was looked up after the event: it can be newer than it, or None once deleted.

    `was` is set where *this* change touched state or visibility: what they were before.
    """

    position: Position
    post_id: int
    post: Post | None
    was: Was | None
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class PersonUpdated:
    """A person is called otherwise, or their posts were withdrawn or came back, or all their sessions were ended.

    As looked up after the event: `stamp` is how they sign, `withdrawn` whether their posts are shown to nobody,
    `erased` whether they left for good and took their texts along.
    """

    position: Position
    stamp: AuthorStamp
    withdrawn: bool
    erased: bool
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class FollowChanged:
    """A follow came (`following`) or went."""

    position: Position
    follower_id: int
    followed_id: int
    following: bool


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session's row is gone: signed out, ended from elsewhere, or expired."""

    position: Position
    session_id: str


@dataclass(frozen=True, slots=True)
class Probed:
    """A process wrote its probe: nothing happened but that time passed, and the whole path works."""

    position: Position
    probe: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The history does not reach back to where the reading stopped: changes before `position` are unknown."""

    position: Position


Change = PostAdded | PostUpdated | PersonUpdated | FollowChanged | SessionEnded | Probed | Lost
