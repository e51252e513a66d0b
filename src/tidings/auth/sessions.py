"""Who is asking: Quart-Auth carries a random secret in the cookie, the database says whose session that is.

A signed cookie alone could be replayed after signing out; a row that is gone cannot.
"""

import logging
from datetime import timedelta
from typing import Any

from quart import Quart, g, has_request_context, has_websocket_context, request
from quart_auth import AuthUser, QuartAuth, current_user, login_user, logout_user
from quart_auth.extension import _AuthSerializer

from tidings.auth.secrets import digest, new_secret
from tidings.clock import Clock
from tidings.documents.session import Session
from tidings.documents.user import User
from tidings.errors import UnavailableError
from tidings.parts import parts
from tidings.repositories.protocols import Storage
from tidings.settings import Settings

__all__ = ["begin_session", "end_session", "identify", "install", "me", "session_alive", "session_id"]

log = logging.getLogger(__name__)

COOKIE_SALT = "tidings session"
REMEMBERED = timedelta(days=30)
# Without "remember me" the browser forgets the cookie when it closes; the row must not outlive that for long.
UNREMEMBERED = timedelta(days=2)
SEEN_EVERY = timedelta(minutes=1)
MAX_USER_AGENT = 300


class Serializer(_AuthSerializer):
    """The signature says that we made the cookie; how long it is good for is the row's to say.

    The cookie's own age is not judged: machines whose clocks differ by seconds would reject each other's cookies.
    """

    # The types of the two classes above us contradict each other; at run time it is called with `max_age` alone.
    def loads(self, s: str | bytes, **options: Any) -> Any:  # type: ignore[override]
        options.pop("max_age", None)
        return super().loads(s, **options)


class Visitor(AuthUser):
    """What Quart-Auth knows of who is asking: the secret from the cookie, or None."""


def install(app: Quart, settings: Settings) -> None:
    """Set Quart-Auth up for this application."""
    QuartAuth(
        app,
        cookie_name="__Host-tidings" if settings.production else "tidings",
        cookie_secure=settings.production,
        cookie_http_only=True,
        cookie_samesite="Lax",
        duration=int(REMEMBERED.total_seconds()),
        salt=COOKIE_SALT,
        serializer_class=Serializer,
        user_class=Visitor,
    )


def session_id() -> str | None:
    """The id of the session that the request's cookie names, whether or not it still stands."""
    secret = current_user.auth_id
    return digest(secret) if isinstance(secret, str) else None


async def identify() -> None:
    """Find out who is asking, once per request or socket; `me()` answers from then on."""
    g.tidings_me = None
    row = session_id()
    if row is None:
        return
    storage, clock = parts().storage, parts().clock
    session = await storage.sessions.get(row)
    now = clock.now()
    if session is None or session.expires_at <= now:
        return
    user = await storage.users.get(session.user_id)
    if user is None or user.suspended_at is not None:
        return
    g.tidings_me = user
    if now - session.last_seen >= SEEN_EVERY:
        try:
            await storage.sessions.set_last_seen(session.id, now)
            await storage.users.set_last_seen(user.id, now)
        except UnavailableError:
            log.info("Last seen could not be written.")


def me() -> User | None:
    """Who is asking, or None for a stranger."""
    if not (has_request_context() or has_websocket_context()):
        return None
    user: User | None = g.get("tidings_me")
    return user


async def begin_session(user: User, remember: bool) -> None:
    """Sign `user` in: a new session each time, in the place of one that the browser may bring along."""
    await end_session()
    storage, clock = parts().storage, parts().clock
    secret, now = new_secret(), clock.now()
    await storage.sessions.add(
        Session(
            id=digest(secret),
            user_id=user.id,
            created_at=now,
            last_seen=now,
            expires_at=now + (REMEMBERED if remember else UNREMEMBERED),
            remember=remember,
            user_agent=request.headers.get("User-Agent", "")[:MAX_USER_AGENT],
            address=request.remote_addr or "",
        )
    )
    login_user(Visitor(secret), remember=remember)


async def end_session() -> None:
    """Sign out: the row goes, and with it every copy of the cookie and every live socket."""
    row = session_id()
    if row is not None:
        await parts().storage.sessions.remove(row)
    logout_user()


async def session_alive(storage: Storage, clock: Clock, row: str) -> bool:
    """Whether the session with this id still stands."""
    session = await storage.sessions.get(row)
    return session is not None and session.expires_at > clock.now()
