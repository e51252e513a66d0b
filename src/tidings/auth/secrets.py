"""Secrets that are handed out (session ids, links in letters) and what the database keeps of them."""

import hashlib
import secrets

__all__ = ["digest", "new_secret"]


def new_secret() -> str:
    """43 URL-safe characters that carry 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 of a secret, 64 hexadecimal digits. A fast hash will do: 256 random bits cannot be guessed.

    Any str is accepted, since it comes from outside: one that is no Unicode text is no secret of ours either.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
