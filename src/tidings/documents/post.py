"""A post, and everything a timeline needs of it in one document: no joins on the way to the screen."""

from datetime import datetime
from enum import StrEnum

from tidings.documents.base import Document
from tidings.documents.user import User

__all__ = ["AuthorStamp", "Post", "PostCounts", "State", "Visibility", "Was"]


class Visibility(StrEnum):
    """Whom the author means it for: everybody, everybody who has the address (and followers), followers alone."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"


class State(StrEnum):
    """Where it stands: in the undo window, out, hidden by a moderator, or removed (a tombstone)."""

    WAITING = "waiting"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    REMOVED = "removed"


class AuthorStamp(Document):
    """The author as of writing, kept inside the post."""

    id: int
    username: str
    name: str = ""

    @classmethod
    def of(cls, user: User) -> "AuthorStamp":
        """How this person signs from now on."""
        return cls(id=user.id, username=user.username, name=user.name)

    @property
    def display_name(self) -> str:
        return self.name or self.username


class PostCounts(Document):
    replies: int = 0


class Was(Document):
    """State and visibility before the newest change of either, written in the same update as the change.

    A change event carries only the new value; who could see the post before is read from here.
    """

    state: State
    visibility: Visibility


class Post(Document):
    """What somebody wrote. `html` is the whole text, `excerpt` its beginning for lists, both sanitised at writing.

    `withdrawn` says that its author is suspended: a shadow of the person's row, so that a timeline needs no join.
    """

    id: int
    author: AuthorStamp
    title: str = ""
    source: str
    html: str
    excerpt: str
    excerpt_is_whole: bool
    reply_to: int | None = None
    thread: int
    visibility: Visibility = Visibility.PUBLIC
    state: State = State.PUBLISHED
    withdrawn: bool = False
    was: Was | None = None
    replies_closed: bool = False
    created_at: datetime
    edited_at: datetime | None = None
    version: int = 1
    counts: PostCounts = PostCounts()

    @property
    def path(self) -> str:
        """The address below the site's root. A reply's leads to its place in the thread."""
        if self.reply_to is not None:
            return f"/@{self.author.username}/{self.thread}#{self.id}"
        return f"/@{self.author.username}/{self.id}"

    @property
    def timeline(self) -> bool:
        """Whether it stands in the timelines of those who follow its author. Stored beside the post."""
        return self.state is State.PUBLISHED and self.reply_to is None and not self.withdrawn

    @property
    def listed(self) -> bool:
        """Whether it stands in lists that everybody sees. Stored beside the post."""
        return self.timeline and self.visibility is Visibility.PUBLIC
