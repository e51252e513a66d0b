"""A named cast and builders for documents: what a test does not name is plain and the same every time."""

from datetime import UTC, datetime
from typing import Any

from tidings.clock import SystemClock
from tidings.documents.follow import Follow
from tidings.documents.mail_token import MailToken, Purpose
from tidings.documents.post import AuthorStamp, Post
from tidings.documents.session import Session
from tidings.documents.user import User, email_key, username_key
from tidings.ids import IdMint

__all__ = [
    "CAST",
    "NOON",
    "PASSWORD",
    "make_follow",
    "make_post",
    "make_session",
    "make_token",
    "make_user",
    "mint",
    "stamp_of",
]

CAST = ("ada", "ben", "cleo", "dan", "eve", "finn", "gus", "hana", "ida", "jon")
PASSWORD = "correct horse battery"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

_MINT = IdMint(SystemClock(), process=1023)


def mint() -> int:
    """An id greater than all that were minted before it in this run."""
    return _MINT.mint()


def make_user(username: str = "ada", **changes: Any) -> User:
    """A confirmed person; `email` follows the name."""
    email = changes.pop("email", f"{username.lower()}@example.org")
    values: dict[str, Any] = {
        "id": mint(),
        "username": username,
        "username_key": username_key(username),
        "email": email,
        "email_key": email_key(email),
        "password_hash": "not a hash",
        "confirmed_at": NOON,
        "member_since": NOON,
        "last_seen": NOON,
    }
    return User(**(values | changes))


def stamp_of(user: User) -> AuthorStamp:
    return AuthorStamp(id=user.id, username=user.username, name=user.name)


def make_post(author: User | AuthorStamp | None = None, source: str = "Hello.", **changes: Any) -> Post:
    """A published public post; `html` and `excerpt` are the source in a paragraph."""
    if author is None:
        author = make_user()
    post_id = changes.pop("id", None) or mint()
    values: dict[str, Any] = {
        "id": post_id,
        "author": stamp_of(author) if isinstance(author, User) else author,
        "source": source,
        "html": f"<p>{source}</p>",
        "excerpt": f"<p>{source}</p>",
        "excerpt_is_whole": True,
        "thread": post_id,
        "created_at": NOON,
    }
    return Post(**(values | changes))


def make_follow(follower: User | int, followed: User | int) -> Follow:
    return Follow(
        id=mint(),
        follower_id=follower if isinstance(follower, int) else follower.id,
        followed_id=followed if isinstance(followed, int) else followed.id,
        created_at=NOON,
    )


def make_session(user: User, secret: str = "0", **changes: Any) -> Session:
    values: dict[str, Any] = {
        "id": secret * (64 // len(secret)),
        "user_id": user.id,
        "created_at": NOON,
        "last_seen": NOON,
        # Far from now: an engine may drop what has expired by its own clock.
        "expires_at": datetime(2099, 1, 1, tzinfo=UTC),
    }
    return Session(**(values | changes))


def make_token(user: User, secret: str = "1", **changes: Any) -> MailToken:
    values: dict[str, Any] = {
        "id": secret * (64 // len(secret)),
        "purpose": Purpose.CONFIRM,
        "user_id": user.id,
        "email_key": user.email_key,
        "expires_at": datetime(2099, 1, 1, tzinfo=UTC),
    }
    return MailToken(**(values | changes))
