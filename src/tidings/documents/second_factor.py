"""The second thing that somebody signs in with: a secret shared with their authenticator, and codes on paper."""

from datetime import datetime

from tidings.documents.base import Document

__all__ = ["SecondFactor"]


class SecondFactor(Document):
    """`id` is the person's. It exists exactly while the second factor is on.

    `secret` is base32, as RFC 6238 (TOTP) shares it. `last_step` is the newest 30-second step whose code was used:
    neither it nor an older one is taken again. `recovery` holds the SHA-256 of the recovery codes still unused.
    """

    id: int
    secret: str
    enabled_at: datetime
    last_step: int = 0
    recovery: tuple[str, ...] = ()
