"""How somebody leaves, step by step."""

import asyncio

from tidings.clock import Clock
from tidings.documents.user import User
from tidings.errors import InvalidError, StaleError
from tidings.parts import PasswordKeeper
from tidings.repositories.protocols import Storage
from tidings.repositories.settling import settle_soon

__all__ = ["leave"]

TRIES = 3


async def leave(user: User, password: str, storage: Storage, passwords: PasswordKeeper, clock: Clock) -> None:
    """Forget everything that says who somebody is. Their name stays taken, and threads of others keep a tombstone.

    First the row says that they left; what follows may be interrupted anywhere and is finished soon.
    Raises InvalidError for a wrong password, LastAdministratorError where nobody else could administer the site.
    """
    if not await passwords.verify(user.password_hash, password):
        raise InvalidError({"password": "This is not your password."})
    for _ in range(TRIES):
        now = clock.now()
        gone = user.model_copy(update={"removed_at": now, "suspended_at": now, "unsettled": True})
        if await storage.users.set_account(user, gone):
            # To the end, even when whoever asked for it closes the browser.
            await asyncio.shield(asyncio.ensure_future(settle_soon(storage, user.id)))
            return
        # An administrator suspended them, or the same form was sent twice: look again.
        fresh = await storage.users.get(user.id)
        if fresh is None or fresh.suspended_at is not None:
            return
        user = fresh
    raise StaleError
