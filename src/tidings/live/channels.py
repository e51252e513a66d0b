"""Who gets what: for each channel, what an event is to one viewer, if anything.

Every rule asks `documents.visibility`, with the post as it is now; an event about a post that this viewer may not
see now is told without the post, and only to those who could see it before.
"""

from dataclasses import dataclass
from typing import Protocol

from tidings.documents.post import Post, Was
from tidings.documents.visibility import Viewer, in_home, in_profile, in_public, may_see
from tidings.live.events import FollowEvent, PersonEvent, PostEvent

__all__ = ["Channel", "Home", "Outcome", "Profile", "Public", "Thread", "subjects_of"]


EVERYBODY = ("public", 0)


def by_author(author_id: int) -> tuple[str, int]:
    return ("author", author_id)


def in_thread(root_id: int) -> tuple[str, int]:
    return ("thread", root_id)


def subjects_of(post: Post) -> tuple[tuple[str, int], ...]:
    """The subjects that an event of this post belongs to."""
    return (EVERYBODY, by_author(post.author.id), in_thread(post.thread))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The name of the event on the wire, and whether the post goes with it."""

    name: str
    shown: bool


class Channel(Protocol):
    """Something that can be subscribed to. `name` is what the client calls it."""

    @property
    def name(self) -> str: ...

    @property
    def whole(self) -> bool:
        """Whether frames carry the whole post rather than its excerpt."""

    @property
    def subject(self) -> tuple[str, int]:
        """What it is about, by which an event finds its channels: several names can mean the same person."""

    def outcome(self, event: PostEvent, post: Post, viewer: Viewer) -> Outcome | None:
        """What the event is here to this viewer; `post` is the post as it is now. None where it is nothing."""

    def concerned_by(self, event: PersonEvent, viewer: Viewer) -> bool:
        """Whether posts of this person may stand on the page."""

    def unsettled_by(self, event: FollowEvent, viewer: Viewer) -> bool:
        """Whether the follow or unfollow changes what this channel shows this viewer."""


def as_it_was(post: Post, facts: Was | None) -> Post | None:
    if facts is None:
        return None
    return post.model_copy(update={"state": facts.state, "visibility": facts.visibility})


def list_outcome(event: PostEvent, before: bool, after: bool, now: bool) -> Outcome | None:
    """In a list a post is there or not: `before` and `after` the event, and `now`."""
    if after:
        if not now:
            return None
        if not before:
            return Outcome("post.published", shown=True)
        return Outcome("post.edited", shown=True) if event.kind == "edited" else None
    return Outcome("post.removed", shown=False) if before else None


@dataclass(frozen=True, slots=True)
class Public:
    name: str = "public"
    whole: bool = False

    @property
    def subject(self) -> tuple[str, int]:
        return EVERYBODY

    def outcome(self, event: PostEvent, post: Post, viewer: Viewer) -> Outcome | None:
        before, after = as_it_was(post, event.before), as_it_was(post, event.after)
        return list_outcome(
            event, before is not None and in_public(before), after is not None and in_public(after), in_public(post)
        )

    def concerned_by(self, event: PersonEvent, viewer: Viewer) -> bool:
        return True

    def unsettled_by(self, event: FollowEvent, viewer: Viewer) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Home:
    """Its readers are found by whom they follow, not by a subject."""

    name: str = "home"
    whole: bool = False

    @property
    def subject(self) -> tuple[str, int]:
        return ("home", 0)

    def outcome(self, event: PostEvent, post: Post, viewer: Viewer) -> Outcome | None:
        before, after = as_it_was(post, event.before), as_it_was(post, event.after)
        return list_outcome(
            event,
            before is not None and in_home(before, viewer),
            after is not None and in_home(after, viewer),
            in_home(post, viewer),
        )

    def concerned_by(self, event: PersonEvent, viewer: Viewer) -> bool:
        return viewer.insider_of(event.person_id)

    def unsettled_by(self, event: FollowEvent, viewer: Viewer) -> bool:
        return event.follower_id == viewer.id


@dataclass(frozen=True, slots=True)
class Profile:
    """The posts of one author."""

    name: str
    author_id: int
    whole: bool = False

    @property
    def subject(self) -> tuple[str, int]:
        return by_author(self.author_id)

    def outcome(self, event: PostEvent, post: Post, viewer: Viewer) -> Outcome | None:
        before, after = as_it_was(post, event.before), as_it_was(post, event.after)
        return list_outcome(
            event,
            before is not None and in_profile(before, viewer),
            after is not None and in_profile(after, viewer),
            in_profile(post, viewer),
        )

    def concerned_by(self, event: PersonEvent, viewer: Viewer) -> bool:
        return event.person_id == self.author_id

    def unsettled_by(self, event: FollowEvent, viewer: Viewer) -> bool:
        return event.follower_id == viewer.id and event.followed_id == self.author_id


@dataclass(frozen=True, slots=True)
class Thread:
    """One post's page with its replies."""

    name: str
    root_id: int
    author_id: int
    whole: bool = True

    @property
    def subject(self) -> tuple[str, int]:
        return in_thread(self.root_id)

    def outcome(self, event: PostEvent, post: Post, viewer: Viewer) -> Outcome | None:
        noun = "post" if post.reply_to is None else "reply"
        before, after = as_it_was(post, event.before), as_it_was(post, event.after)
        if event.kind in ("removed", "hidden"):
            # The text leaves every page; its author and moderators find it again at its address.
            could_see = before is not None and may_see(before, viewer)
            return Outcome(f"{noun}.{event.kind}", shown=False) if could_see else None
        if after is not None and may_see(after, viewer):
            return Outcome(f"{noun}.{event.kind}", shown=True) if may_see(post, viewer) else None
        could_see = before is not None and may_see(before, viewer)
        return Outcome(f"{noun}.removed", shown=False) if could_see else None

    def concerned_by(self, event: PersonEvent, viewer: Viewer) -> bool:
        # The page knows who wrote on it, replies included; nothing is told here that the public timeline does not tell.
        return True

    def unsettled_by(self, event: FollowEvent, viewer: Viewer) -> bool:
        return event.follower_id == viewer.id and event.followed_id == self.author_id
