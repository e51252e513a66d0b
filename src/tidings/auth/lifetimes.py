"""How long one stays signed in: docs/decisions/0011-sessions-end-by-themselves.md says why these numbers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["MAX_PENDING", "MAX_SESSIONS", "PENDING", "REMEMBERED", "SEEN_EVERY", "UNREMEMBERED", "ends_at"]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session ends when nobody used it for `idle`, and `absolute` after signing in however much it was used."""

    idle: timedelta
    absolute: timedelta


REMEMBERED = Lifetime(idle=timedelta(days=14), absolute=timedelta(days=30))
# Without "remember me" the browser forgets the cookie when it closes; the row must not outlive that for long.
UNREMEMBERED = Lifetime(idle=timedelta(hours=24), absolute=timedelta(days=7))
# From the right password to the code of the second factor.
PENDING = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
MAX_SESSIONS = 20
# Counted apart: who knows the password alone must not push out those who are signed in.
MAX_PENDING = 5


def ends_at(created_at: datetime, seen: datetime, remember: bool) -> datetime:
    """When a session that was begun and last seen at these times ends, unless it is seen again before."""
    lifetime = REMEMBERED if remember else UNREMEMBERED
    return min(created_at + lifetime.absolute, seen + lifetime.idle)
