"""The secret inside a letter's link, as the database knows it."""

from datetime import datetime
from enum import StrEnum

from tidings.documents.base import Document

__all__ = ["MailToken", "Purpose"]


class Purpose(StrEnum):
    """What a token is good for, and nothing else."""

    CONFIRM = "confirm"
    RESET = "reset"
    EMAIL = "email"


class MailToken(Document):
    """`id` is the SHA-256 of the token in the link. A person has at most one per purpose: a newer one replaces it.

    `email_key` is the person's address when it was made, `password_mark` the SHA-256 of their password's hash then: the
    token is dead once either is another, whoever changed it. ("" stands for a token that does not depend on it.)
    `new_email` is the address to be, for Purpose.EMAIL alone.
    """

    id: str
    purpose: Purpose
    user_id: int
    email_key: str
    expires_at: datetime
    password_mark: str = ""
    new_email: str | None = None
