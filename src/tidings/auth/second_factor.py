"""The second factor: codes of an authenticator (TOTP, RFC 6238) and recovery codes, each good for one use."""

import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as keyed_digest

from pyotp import TOTP
from quart import current_app

from tidings.auth.secrets import digest
from tidings.clock import milliseconds
from tidings.documents.second_factor import SecondFactor
from tidings.documents.session import Session
from tidings.repositories.protocols import SecondFactorRepository

__all__ = ["MAX_TRIES", "grouped", "matching_step", "new_recovery_codes", "offered_secret", "otpauth", "passes", "tidy"]

MAX_TRIES = 5
STEP_MILLISECONDS = 30_000
RECOVERY_CODES = 10
# Without letters and digits that look alike on paper. 16 of 31 are 79 random bits, so a fast digest will do.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 16


def offered_secret(session: Session) -> str:
    """The secret that somebody is offered before the second factor is on: base32, 160 bits, one for each session.

    Made of the site's own key and the session, so that it stays the same while they fetch their phone and nothing is
    stored before they proved that it arrived there. Another session, or one's next, is offered another.
    """
    key = current_app.secret_key or ""
    key = key.encode() if isinstance(key, str) else key
    return b32encode(keyed_digest(key, f"second factor {session.id}".encode(), sha256)[:20]).decode()


def otpauth(secret: str, username: str, site_name: str) -> str:
    """The address that authenticators read from a QR code."""
    return TOTP(secret).provisioning_uri(name=username, issuer_name=site_name)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The 30-second step whose code this is, at most one away from now (RFC 6238, 5.2), or None."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    totp, current = TOTP(secret), milliseconds(now) // STEP_MILLISECONDS
    for step in (current, current - 1, current + 1):
        if compare_digest(totp.generate_otp(step), code):
            return step
    return None


async def passes(code: str, factor: SecondFactor, factors: SecondFactorRepository, now: datetime) -> bool:
    """Whether this is a code of the authenticator or a recovery code that was not used before. It is used up by it."""
    code = tidy(code)
    step = matching_step(factor.secret, code, now)
    if step is not None:
        return await factors.set_last_step(factor.id, step)
    return len(code) == RECOVERY_LENGTH and await factors.remove_recovery(factor.id, digest(code))


def new_recovery_codes() -> list[str]:
    """Ten codes for the day when the authenticator is lost. Keep `digest` of each; show them `grouped`, once."""
    return ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]


def grouped(code: str) -> str:
    """In groups of four, as one copies it: `abcd-efgh-jkmn-pqrs`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def tidy(code: str) -> str:
    """As it was made, from what somebody typed: any case, with spaces and hyphens."""
    return "".join(code.split()).replace("-", "").lower()
