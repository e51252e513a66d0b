"""Who confirms the address of TIDINGS_ADMIN_EMAIL administers the site, and the audit says so."""

from tidings.clock import Clock
from tidings.documents.audit import Actor, about_person
from tidings.documents.user import Role
from tidings.errors import StaleError, found
from tidings.ids import IdMint
from tidings.repositories.protocols import Storage

__all__ = ["make_administrator"]

TRIES = 5


async def make_administrator(user_id: int, storage: Storage, clock: Clock, ids: IdMint) -> None:
    """Confirm the address and give the role, with the audit row in the same write; who has the role already gets no
    row. Somebody may edit the account at the same moment: then it is read once more."""
    for _ in range(TRIES):
        before = found(await storage.users.get(user_id))
        after = before.model_copy(
            update={"confirmed_at": before.confirmed_at or clock.now(), "role": Role.ADMINISTRATOR}
        )
        entry = None
        if before.role is not after.role:
            how = f"{before.role.value} became {after.role.value} by confirming the address of TIDINGS_ADMIN_EMAIL"
            entry = about_person(Actor.of(before), "person.promoted", before, ids, how)
        if after == before or await storage.users.set_account(before, after, entry):
            return
    raise StaleError
