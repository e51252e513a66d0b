"""The secret inside a letter's link, as the database knows it."""

from datetime import datetime
from enum import StrEnum

from tidings.documents.base import Document

__all__ = ["MailToken", "Purpose"]


class Purpose(StrEnum):
    """What a token is good for, and nothing else."""

    CONFIRM = "confirm"


class MailToken(Document):
    """`id` is the SHA-256 of the token in the link. A person has at most one per purpose: a newer one replaces it.

    `email_key` is the address the letter went to: the token is dead once the person's address is another.
    """

    id: str
    purpose: Purpose
    user_id: int
    email_key: str
    expires_at: datetime
