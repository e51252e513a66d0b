"""Documents as the database keeps them: `id` is `_id`, and what queries need stands beside what was written."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from tidings.documents.base import Document
from tidings.documents.follow import Follow
from tidings.documents.post import Post

__all__ = ["follow_key", "load", "load_follow", "load_post", "store", "store_follow", "store_post"]

D = TypeVar("D", bound=Document)
Stored = dict[str, Any]
DERIVED = ("timeline", "listed")


def plain(value: Any) -> Any:
    """The same value in types that BSON has: enumerations become their text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return value


def store(document: Document) -> Stored:
    stored: Stored = plain(document.model_dump())
    stored["_id"] = stored.pop("id")
    return stored


def load(kind: type[D], stored: Mapping[str, Any] | None) -> D | None:
    """The document that was stored, or None for None."""
    if stored is None:
        return None
    values = dict(stored)
    values["id"] = values.pop("_id")
    return kind.model_validate(values)


def store_post(post: Post) -> Stored:
    return store(post) | {name: getattr(post, name) for name in DERIVED}


def load_post(stored: Mapping[str, Any] | None) -> Post | None:
    if stored is None:
        return None
    return load(Post, {key: value for key, value in stored.items() if key not in DERIVED})


def follow_key(follower_id: int, followed_id: int) -> str:
    """The `_id` of a follow: the pair itself, so that a deletion's event, which carries only `_id`, names both."""
    return f"{follower_id}:{followed_id}"


def store_follow(follow: Follow) -> Stored:
    return follow.model_dump() | {"_id": follow_key(follow.follower_id, follow.followed_id)}


def load_follow(stored: Mapping[str, Any] | None) -> Follow | None:
    if stored is None:
        return None
    return Follow.model_validate({key: value for key, value in stored.items() if key != "_id"})
