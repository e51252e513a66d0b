"""A new name on its way into all posts of its owner: in the background, and taken up again where it was cut off."""

import asyncio
import logging

from tidings.documents.post import AuthorStamp
from tidings.errors import UnavailableError
from tidings.repositories.protocols import Storage

__all__ = ["stamp_posts", "stamp_unfinished"]

log = logging.getLogger(__name__)

TRIES = 10
MOST_AT_ONCE = 1_000


async def stamp_posts(storage: Storage, user_id: int) -> None:
    """Put a person's present name into all their posts.

    The write that changed the name marked the person as not stamped; the mark goes only when all posts are done and
    the name is still the one that was put into them. So a process that dies in the middle leaves a mark behind, which
    `stamp_unfinished` finds, and of two changes at once the later one stands in the end. Until then some posts show
    the name of before, nothing else.
    """
    for attempt in range(TRIES):
        try:
            user = await storage.users.get(user_id)
            if user is None:
                return
            stamp = AuthorStamp(id=user.id, username=user.username, name=user.name)
            await storage.posts.set_author(stamp)
            if await storage.users.set_stamped(stamp):
                return
        except UnavailableError:
            # Very many posts take longer than one answer may; what is done is done, and the next try goes on there.
            await asyncio.sleep(min(0.1 * 2**attempt, 5))
    log.warning("The posts of %s do not all carry the new name yet; the next start goes on with it.", user_id)


async def stamp_unfinished(storage: Storage) -> None:
    """Go on with what another process left undone. Several processes may do it at once."""
    try:
        for user in await storage.users.unstamped(MOST_AT_ONCE):
            await stamp_posts(storage, user.id)
    except UnavailableError as error:
        log.warning("Names in posts could not be looked after: %s", error)
