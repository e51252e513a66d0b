"""One person follows another."""

from datetime import datetime

from tidings.documents.base import Document

__all__ = ["Follow"]


class Follow(Document):
    """`id` orders lists of followers by when it happened; the pair (follower, followed) is unique."""

    id: int
    follower_id: int
    followed_id: int
    created_at: datetime
