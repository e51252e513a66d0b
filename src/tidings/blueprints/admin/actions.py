"""What administrators do to accounts, step by step; the pages and the command line share these.

Each writes the person's row and the audit row in one transaction, marked as unsettled, and then settles: should the
process die in between, another finishes what the row says.
"""

import asyncio
from typing import Any

from tidings.blueprints.admin.forms import AccountForm
from tidings.clock import Clock
from tidings.documents.audit import Action, Actor, about_person
from tidings.documents.user import Permission, Role, User, email_key, username_key
from tidings.errors import InvalidError, NotFoundError, StaleError, TakenError
from tidings.ids import IdMint
from tidings.markup import render_off_loop
from tidings.repositories.protocols import Storage
from tidings.repositories.settling import settle_soon
from tidings.web.addresses import check_email
from tidings.web.names import name_problem

__all__ = ["edit", "promote", "restore", "set_password_hash", "suspend"]

TAKEN = {
    "username": "This name belongs to somebody, or did once.",
    "email": "Somebody else has an account with this address.",
}


async def edit(
    form: AccountForm, person: User, actor: Actor, storage: Storage, clock: Clock, ids: IdMint, keep: str | None = None
) -> User:
    """Change what the form names. Another address, or no longer being a moderator, ends the person's sessions but
    the one named by `keep`.

    Raises InvalidError for what cannot be or belongs to somebody else (LastAdministratorError is one), StaleError
    where somebody changed the same fields meanwhile.
    """
    after = await changed(form, person, clock)
    detail = differences(person, after)
    if not detail:
        return person
    # An open socket knows from its beginning whether it is a moderator's; so no session is kept then.
    demoted = lost(person, after, Permission.MODERATE)
    if demoted or person.email_key != after.email_key:
        after = after.model_copy(update={"epoch": person.epoch + 1})
    renamed = (after.username, after.name) != (person.username, person.name)
    after = after.model_copy(update={"unsettled": renamed or person.unsettled})
    await write(person, after, "person.edited", actor, storage, ids, detail)
    if after.epoch != person.epoch:
        await storage.sessions.remove_of_user(person.id, keep=None if demoted else keep)
    if renamed:
        await finished(storage, person)
    return after


async def changed(form: AccountForm, person: User, clock: Clock) -> User:
    """The person as the form wants them. InvalidError with a sentence for every field that cannot be."""
    wanted: dict[str, Any] = form.model_dump(include={"name", "location", "role"}, exclude_none=True)
    problems: dict[str, str] = {}
    if form.username is not None and form.username != person.username:
        problem = name_problem(form.username)
        if problem is not None:
            problems["username"] = problem
        wanted |= {"username": form.username, "username_key": username_key(form.username)}
    if form.email is not None and form.email != person.email:
        try:
            wanted |= {"email": check_email(form.email), "email_key": email_key(form.email)}
        except ValueError as error:
            problems["email"] = str(error)
    if form.confirmed is not None and form.confirmed != person.confirmed:
        wanted["confirmed_at"] = clock.now() if form.confirmed else None
    if form.about is not None and form.about != person.about:
        try:
            wanted |= {"about": form.about, "about_html": (await render_off_loop(form.about)).html}
        except InvalidError as error:
            problems["about"] = next(iter(error.fields.values()), error.sentence)
    if problems:
        raise InvalidError(problems)
    return person.model_copy(update=wanted)


def differences(before: User, after: User) -> str:
    """What was changed, in words, for the audit. An address is personal: that it changed is enough."""
    words = []
    if before.username != after.username:
        words.append(f"now called {after.username}")
    if before.role is not after.role:
        words.append(f"{before.role.value} became {after.role.value}")
    if before.email != after.email:
        words.append("another address")
    if before.confirmed != after.confirmed:
        words.append("address confirmed" if after.confirmed else "address no longer confirmed")
    if before.name != after.name:
        words.append("another name")
    if before.location != after.location:
        words.append("another location")
    if before.about != after.about:
        words.append("another text about themselves")
    return ", ".join(words)


def lost(before: User, after: User, permission: Permission) -> bool:
    return before.role.allows(permission) and not after.role.allows(permission)


async def promote(person: User, role: Role, actor: Actor, storage: Storage, ids: IdMint) -> None:
    """Give somebody another role; who is no moderator any more signs in again."""
    after = person.model_copy(update={"role": role})
    if after == person:
        return
    demoted = lost(person, after, Permission.MODERATE)
    if demoted:
        after = after.model_copy(update={"epoch": person.epoch + 1})
    await write(person, after, "person.promoted", actor, storage, ids, f"{person.role.value} became {role.value}")
    if demoted:
        await storage.sessions.remove_of_user(person.id)


async def suspend(person: User, actor: Actor, storage: Storage, clock: Clock, ids: IdMint) -> None:
    """End the person's sessions and take all they wrote out of sight. Again: what may be left undone is done."""
    if person.suspended_at is None:
        after = person.model_copy(update={"suspended_at": clock.now(), "unsettled": True})
        await write(person, after, "person.suspended", actor, storage, ids)
    await finished(storage, person)


async def restore(person: User, actor: Actor, storage: Storage, ids: IdMint) -> None:
    """Let the person back in and show their posts again. NotFoundError for somebody who left: nothing is left."""
    if person.removed_at is not None:
        raise NotFoundError
    if person.suspended_at is not None:
        after = person.model_copy(update={"suspended_at": None, "unsettled": True})
        await write(person, after, "person.restored", actor, storage, ids)
    await finished(storage, person)


async def set_password_hash(person: User, password_hash: str, actor: Actor, storage: Storage, ids: IdMint) -> None:
    """Another password: all sessions end, and links in letters are dead."""
    after = person.model_copy(update={"password_hash": password_hash, "epoch": person.epoch + 1})
    await write(person, after, "person.password_set", actor, storage, ids)
    await storage.mail_tokens.remove_of_user(person.id)
    await storage.sessions.remove_of_user(person.id)
    await storage.devices.remove_of_user(person.id)


async def write(
    before: User, after: User, action: Action, actor: Actor, storage: Storage, ids: IdMint, detail: str = ""
) -> None:
    entry = about_person(actor, action, before, ids, detail)
    try:
        written = await storage.users.set_account(before, after, entry)
    except TakenError as error:
        raise InvalidError({error.field: TAKEN[error.field]}) from error
    if not written:
        raise StaleError("Somebody else changed this account meanwhile. Please look again.")


async def finished(storage: Storage, person: User) -> None:
    """Settle, to the end even when the caller is cancelled: somebody may close the browser."""
    await asyncio.shield(asyncio.ensure_future(settle_soon(storage, person.id)))
