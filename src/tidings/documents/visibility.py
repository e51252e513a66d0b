"""Who may see what: the one place that decides, for pages, feeds, search and live delivery.

Every rule stands twice, side by side: as a predicate about one post, and as the filter that asks the database for
all posts it holds for. A property test holds the two equal. A filter is a plain mapping of stored field to value.
"""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from tidings.documents.post import Post, State, Visibility
from tidings.documents.user import Permission, User

__all__ = [
    "STRANGER",
    "Viewer",
    "in_home",
    "in_profile",
    "in_public",
    "may_see",
    "profile_filter",
    "public_filter",
]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: an id (None for a stranger), whether a moderator, and the ids of those they follow.

    `following` need only answer for the authors that are asked about.
    """

    id: int | None = None
    moderator: bool = False
    following: Container[int] = frozenset()

    @classmethod
    def of(cls, user: User | None, following: Container[int] = frozenset()) -> "Viewer":
        if user is None:
            return STRANGER
        return cls(user.id, user.role.allows(Permission.MODERATE), following)

    def insider_of(self, author_id: int) -> bool:
        """Whether they see what the author writes for followers."""
        return self.id is not None and (self.id == author_id or author_id in self.following)


STRANGER = Viewer()


def may_see(post: Post, viewer: Viewer) -> bool:
    """Whether the post's own page answers this viewer; to all others it is as if it never was."""
    if post.state is State.REMOVED:
        return False
    # Its author is suspended, so nobody is left to whom it belongs; moderators judge by it whether to restore them.
    if post.withdrawn and not viewer.moderator:
        return False
    if viewer.id is not None and viewer.id == post.author.id:
        return True
    if post.state is State.WAITING:
        return False
    if post.state is State.HIDDEN and not viewer.moderator:
        return False
    return post.visibility is not Visibility.FOLLOWERS or viewer.insider_of(post.author.id)


def in_public(post: Post) -> bool:
    """Whether it stands in the public timeline."""
    return post.listed


def public_filter() -> dict[str, Any]:
    return {"listed": True}


def in_profile(post: Post, viewer: Viewer) -> bool:
    """Whether it stands on its author's profile for this viewer: strangers see what is listed, insiders all."""
    return post.timeline if viewer.insider_of(post.author.id) else post.listed


def profile_filter(author_id: int, viewer: Viewer) -> dict[str, Any]:
    return {"author.id": author_id, ("timeline" if viewer.insider_of(author_id) else "listed"): True}


def in_home(post: Post, viewer: Viewer) -> bool:
    """Whether it stands in this viewer's home timeline: their own posts and those of people they follow."""
    return post.timeline and viewer.insider_of(post.author.id)
