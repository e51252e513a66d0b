"""A browser in which somebody has signed in before."""

from datetime import datetime

from tidings.documents.base import Document

__all__ = ["Device"]


class Device(Document):
    """`id` is the SHA-256 of the secret in the device's cookie together with the person: it signs nobody in.

    All it is good for is a throttle of its own, see `web.throttle`.
    """

    id: str
    user_id: int
    expires_at: datetime
