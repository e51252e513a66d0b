"""Who is asking: Quart-Auth carries a random secret in the cookie, the database says whose session that is.

A signed cookie alone could be replayed after signing out; a row that is gone cannot.
"""

import logging
from datetime import datetime
from typing import Any

from quart import Quart, g, has_request_context, has_websocket_context, request
from quart_auth import AuthUser, QuartAuth, current_user, login_user, logout_user
from quart_auth.extension import _AuthSerializer

from tidings.auth.lifetimes import (
    MAX_PENDING,
    MAX_SESSIONS,
    PENDING,
    REMEMBERED,
    SEEN_EVERY,
    ends_at,
)
from tidings.auth.secrets import digest, new_secret
from tidings.clock import Clock
from tidings.documents.session import Session
from tidings.documents.user import User
from tidings.errors import ForbiddenError, InvalidError, UnavailableError
from tidings.parts import parts
from tidings.repositories.protocols import Storage
from tidings.settings import Settings

__all__ = [
    "begin_pending_session",
    "begin_session",
    "end_session",
    "identify",
    "install",
    "me",
    "pending_session",
    "renew_session",
    "session_alive",
    "session_id",
    "this_session",
]

log = logging.getLogger(__name__)

COOKIE_SALT = "tidings session"
MAX_USER_AGENT = 300
MAX_NEXT = 2_000


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
        duration=int(REMEMBERED.absolute.total_seconds()),
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
    g.tidings_me = g.tidings_session = None
    row = session_id()
    if row is None:
        return
    storage, clock = parts().storage, parts().clock
    session, now = await storage.sessions.get(row), clock.now()
    if session is None or session.expires_at <= now:
        return
    g.tidings_session = session
    if session.pending:
        return
    user = await storage.users.get(session.user_id)
    if user is None or not good_for(session, user):
        return
    g.tidings_me = user
    try:
        await see(session, user, now)
    except UnavailableError:
        log.info("Last seen could not be written.")


async def see(session: Session, user: User, now: datetime) -> None:
    """Write down that they are here, at most once a minute; it keeps the session from ending for want of use."""
    storage = parts().storage
    if now - session.last_seen >= SEEN_EVERY:
        end = ends_at(session.created_at, now, session.remember)
        await storage.sessions.set_last_seen(session.id, now, end)
    if now - user.last_seen >= SEEN_EVERY:
        await storage.users.set_last_seen(user.id, now)


def me() -> User | None:
    """Who is asking, or None for a stranger. Who has still to pass the second factor is a stranger."""
    if not (has_request_context() or has_websocket_context()):
        return None
    user: User | None = g.get("tidings_me")
    return user


def this_session() -> Session:
    """The session of who is asking, in a view that only somebody signed in can reach."""
    session: Session | None = g.get("tidings_session")
    if session is None or me() is None:
        raise ForbiddenError
    return session


def pending_session() -> Session | None:
    """The session of somebody who gave the right password and has still to give a code, or None."""
    session: Session | None = g.get("tidings_session")
    return session if session is not None and session.pending else None


async def begin_session(user: User, remember: bool) -> None:
    """Sign `user` in: a new session each time, in the place of one that the browser may bring along.

    `user` is as they were when the password was found right. InvalidError where it was changed since, or they were
    suspended: whoever ends the sessions of a person must not miss the one that is just beginning.
    """
    await end_session()
    now = parts().clock.now()
    secret, session = new_session(user, now, ends_at(now, now, remember), remember)
    sessions = parts().storage.sessions
    await sessions.add(session)
    fresh = await parts().storage.users.get(user.id)
    if fresh is None or not good_for(session, fresh) or fresh.password_hash != user.password_hash:
        await sessions.remove(session.id)
        changed = "Your account was changed just now. Please sign in again."
        raise InvalidError({"form": changed}, changed)
    await sessions.remove_oldest_of_user(user.id, pending=False, keep=MAX_SESSIONS)
    await parts().storage.users.set_last_seen(user.id, now)
    carry(secret, remember)


async def begin_pending_session(user: User, remember: bool, next: str) -> None:
    """The password was right, the code is still to come: a session of ten minutes in which nobody is signed in.

    It remembers for later whether to keep them signed in, and where to lead them.
    """
    await end_session()
    now = parts().clock.now()
    secret, session = new_session(user, now, now + PENDING, remember)
    update = {"pending": True, "next": next if len(next) <= MAX_NEXT else "/"}
    await parts().storage.sessions.add(session.model_copy(update=update))
    await parts().storage.sessions.remove_oldest_of_user(user.id, pending=True, keep=MAX_PENDING)
    carry(secret, remember=False)


async def renew_session() -> None:
    """Give this session a new id and this browser its cookie: whoever has a copy of the old one has nothing.

    Everything else stays, the day of its end too. It belongs to the person's epoch of now: who ends all sessions and
    keeps this one begins the epoch first.
    """
    session, secret = this_session(), new_secret()
    user = await parts().storage.users.get(session.user_id)
    epoch = user.epoch if user is not None else session.epoch
    renewed = session.model_copy(update={"id": digest(secret), "code_tries": 0, "epoch": epoch})
    await parts().storage.sessions.add(renewed)
    await parts().storage.sessions.remove(session.id)
    g.tidings_session = renewed
    carry(secret, session.remember)


def new_session(user: User, now: datetime, expires_at: datetime, remember: bool) -> tuple[str, Session]:
    """A secret for the cookie and the session that belongs to it."""
    secret = new_secret()
    session = Session(
        id=digest(secret),
        user_id=user.id,
        created_at=now,
        last_seen=now,
        expires_at=expires_at,
        remember=remember,
        user_agent=request.headers.get("User-Agent", "")[:MAX_USER_AGENT],
        address=request.remote_addr or "",
        epoch=user.epoch,
    )
    return secret, session


def carry(secret: str, remember: bool) -> None:
    """Let the browser keep the secret: for as long as a session can last, or until it closes."""
    login_user(Visitor(secret), remember=remember)


async def end_session() -> None:
    """Sign out: the row goes, and with it every copy of the cookie and every live socket."""
    row = session_id()
    if row is not None:
        await parts().storage.sessions.remove(row)
    logout_user()


async def session_alive(storage: Storage, clock: Clock, row: str) -> bool:
    """Whether somebody is signed in by the session with this id."""
    session = await storage.sessions.get(row)
    if session is None or session.pending or session.expires_at <= clock.now():
        return False
    user = await storage.users.get(session.user_id)
    return user is not None and good_for(session, user)


def good_for(session: Session, user: User) -> bool:
    """Whether the person can still be signed in by this session."""
    return user.suspended_at is None and session.epoch == user.epoch
