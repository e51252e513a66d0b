"""Somebody is signed in somewhere."""

from datetime import datetime
from hashlib import sha256

from tidings.documents.base import Document

__all__ = ["Session"]


class Session(Document):
    """`id` is the SHA-256 of the secret in the cookie, as hex: who reads the database cannot sign in with it.

    `expires_at` is the nearer of two ends, that of a session nobody uses and that of any session; being seen moves it.
    It is good only as long as the person's `epoch` is its own. While `pending`, the password was right and the second
    factor is still to come: nobody is signed in by it. It keeps where to go afterwards (`next`). `code_tries` counts
    the codes that were tried.
    """

    id: str
    user_id: int
    created_at: datetime
    last_seen: datetime
    expires_at: datetime
    remember: bool = False
    user_agent: str = ""
    address: str = ""
    epoch: int = 0
    pending: bool = False
    code_tries: int = 0
    next: str = "/"

    @property
    def name(self) -> str:
        """What pages call this session, 32 hexadecimal digits.

        Not the id: what stands in a page lands in screenshots and logs, and should not be what the database looks
        sessions up by. It is a digest of the id, so it needs no field of its own and leads back to nothing.
        """
        return sha256(f"session {self.id}".encode()).hexdigest()[:32]
