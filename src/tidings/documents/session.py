"""Somebody is signed in somewhere."""

from datetime import datetime

from tidings.documents.base import Document

__all__ = ["Session"]


class Session(Document):
    """`id` is the SHA-256 of the secret in the cookie, as hex: who reads the database cannot sign in with it."""

    id: str
    user_id: int
    created_at: datetime
    last_seen: datetime
    expires_at: datetime
    remember: bool = False
    user_agent: str = ""
    address: str = ""
