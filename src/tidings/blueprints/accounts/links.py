"""The links in letters: made, looked at, used up."""

from datetime import timedelta

from tidings.auth.secrets import digest, new_secret
from tidings.clock import Clock
from tidings.documents.mail_token import MailToken, Purpose
from tidings.documents.user import User
from tidings.errors import GoneError
from tidings.repositories.protocols import MailTokenRepository, Storage

__all__ = ["live", "new_token", "use_up"]

LIFE = timedelta(hours=1)


async def new_token(
    user: User, purpose: Purpose, tokens: MailTokenRepository, clock: Clock, new_email: str | None = None
) -> str:
    """The secret of a new link, which makes the person's older ones of this purpose worthless."""
    token = new_secret()
    await tokens.add(
        MailToken(
            id=digest(token),
            purpose=purpose,
            user_id=user.id,
            email_key=user.email_key,
            expires_at=clock.now() + LIFE,
            password_mark=digest(user.password_hash),
            new_email=new_email,
        )
    )
    return token


async def live(token: str, storage: Storage, clock: Clock, *purposes: Purpose) -> tuple[MailToken, User]:
    """The token and its person, good for one of these purposes; nothing changes by it.

    GoneError where it is used, superseded, too old, for something else, or never was, and where the person's address
    or password is another by now.
    """
    for purpose in purposes:
        row = await storage.mail_tokens.get(digest(token), purpose)
        if row is None or row.expires_at <= clock.now():
            continue
        user = await storage.users.get(row.user_id)
        # Judged here as well as removed where something changes: one that was asked for just before is made just after.
        if (
            user is not None
            and row.email_key == user.email_key
            and row.password_mark in ("", digest(user.password_hash))
        ):
            return row, user
    raise GoneError("This link has been used or is too old. Please ask for a new one.")


async def use_up(row: MailToken, tokens: MailTokenRepository) -> None:
    """Before what the link is for: of two who press its button at once, one gets GoneError.

    Should what follows fail, the link is gone and a new one is a letter away; the other way round, it would be good
    for more than once.
    """
    if not await tokens.remove(row.id):
        raise GoneError("This link has just been used.")
