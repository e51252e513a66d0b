"""What `tidings user` does."""

from tidings.auth.passwords import Passwords
from tidings.blueprints.admin import actions
from tidings.clock import Clock, SystemClock
from tidings.documents.audit import COMMAND_LINE, about_person
from tidings.documents.user import Role, User, email_key, username_key
from tidings.errors import InvalidError, NotFoundError, SettingsError, TakenError
from tidings.ids import IdMint
from tidings.repositories.protocols import Storage
from tidings.web.addresses import check_email
from tidings.web.names import name_problem

__all__ = ["check", "create", "promote", "restore", "set_password", "suspend"]

NOT_MADE = "This account cannot be made."
TAKEN = {"username": "This name is taken.", "email": "Somebody with this address has an account already."}


def check(username: str, email: str, password: str, role: Role, confirmed: bool) -> None:
    """Raises InvalidError with a sentence for each of username, email, password and role that cannot be used."""
    problems = {"username": name_problem(username), "password": Passwords().problem(password, username, email)}
    if role is not Role.USER and not confirmed:
        problems["role"] = f"Nobody is {role.value} with an address that is not confirmed. Please add --confirmed."
    try:
        check_email(email)
    except ValueError as error:
        problems["email"] = str(error)
    wrong = {field: problem for field, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidError(wrong, NOT_MADE)


async def create(storage: Storage, username: str, email: str, password: str, role: Role, confirmed: bool) -> User:
    """Make an account of what was checked. InvalidError where name or address belong to somebody."""
    clock, ids = await tools(storage)
    now = clock.now()
    user = User(
        id=ids.mint(),
        username=username,
        username_key=username_key(username),
        email=email,
        email_key=email_key(email),
        password_hash=await Passwords().hash(password),
        role=role,
        confirmed_at=now if confirmed else None,
        member_since=now,
        last_seen=now,
    )
    try:
        await storage.users.add(user)
    except TakenError as error:
        raise InvalidError({error.field: TAKEN[error.field]}, NOT_MADE) from error
    await storage.audit.add(about_person(COMMAND_LINE, "person.created", user, ids, f"as {role.value}"))
    return user


async def tools(storage: Storage) -> tuple[Clock, IdMint]:
    """A clock that agrees with the database, and ids that no other process mints."""
    clock = SystemClock()
    clock.correct(await storage.now())
    ids = IdMint(clock)
    ids.renumber(await storage.lease_process(ids.renumber))
    return clock, ids


async def called(storage: Storage, username: str) -> User:
    """Who has the name, or had it before another one. Raises NotFoundError where there is nobody (any more)."""
    user = await storage.users.by_username(username) or await storage.users.by_former_username(username)
    if user is None or user.removed_at is not None:
        raise NotFoundError(f"Nobody is called {username}.")
    return user


async def promote(storage: Storage, username: str, role: Role | None) -> User:
    """Give somebody another role; where none is named, a plain user becomes moderator and nobody is lowered.

    Raises NotFoundError where nobody has the name, SettingsError where the person is more than a user and no role is
    named, and where the address is not confirmed: what it opens would be open to whoever typed it in.
    """
    user = await called(storage, username)
    if role is None and user.role is not Role.USER:
        raise SettingsError(
            f"{user.username} is {user.role.value} already. To give them another role, name it: "
            f"tidings user promote {user.username} --role moderator"
        )
    role = role or Role.MODERATOR
    if user.confirmed_at is None:
        raise SettingsError(f"{user.username} has not confirmed the address yet; until then the role stays as it is.")
    _, ids = await tools(storage)
    await actions.promote(user, role, COMMAND_LINE, storage, ids)
    return user.model_copy(update={"role": role})


async def suspend(storage: Storage, username: str) -> User:
    """As the page does it: out at once, and nothing of theirs is shown."""
    user = await called(storage, username)
    clock, ids = await tools(storage)
    await actions.suspend(user, COMMAND_LINE, storage, clock, ids)
    return user


async def restore(storage: Storage, username: str) -> User:
    """As the page does it: back in, with everything they wrote."""
    user = await called(storage, username)
    _, ids = await tools(storage)
    await actions.restore(user, COMMAND_LINE, storage, ids)
    return user


async def set_password(storage: Storage, username: str, password: str) -> User:
    """Another password: wherever they are signed in, they are not any more. InvalidError where it cannot be theirs."""
    user = await called(storage, username)
    problem = Passwords().problem(password, user.username, user.email)
    if problem is not None:
        raise InvalidError({"password": problem}, "This password cannot be set.")
    _, ids = await tools(storage)
    await actions.set_password_hash(user, await Passwords().hash(password), COMMAND_LINE, storage, ids)
    return user
