"""What `tidings user` does."""

from tidings.auth.passwords import Passwords
from tidings.blueprints.accounts.forms import check_email
from tidings.blueprints.accounts.names import name_problem
from tidings.clock import SystemClock
from tidings.documents.user import Role, User, email_key, username_key
from tidings.errors import InvalidError, NotFoundError, SettingsError, TakenError
from tidings.ids import IdMint
from tidings.repositories.protocols import Storage

__all__ = ["check", "create", "promote"]

NOT_MADE = "This account cannot be made."
TAKEN = {"username": "This name is taken.", "email": "Somebody with this address has an account already."}


def check(username: str, email: str, password: str) -> None:
    """Raises InvalidError with a sentence for each of username, email and password that cannot be used."""
    problems = {"username": name_problem(username), "password": Passwords().problem(password, username, email)}
    try:
        check_email(email)
    except ValueError as error:
        problems["email"] = str(error)
    wrong = {field: problem for field, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidError(wrong, NOT_MADE)


async def create(storage: Storage, username: str, email: str, password: str, role: Role, confirmed: bool) -> User:
    """Make an account of what was checked. InvalidError where name or address belong to somebody."""
    clock = SystemClock()
    clock.correct(await storage.now())
    ids = IdMint(clock)
    ids.renumber(await storage.lease_process(ids.renumber))
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
    return user


async def promote(storage: Storage, username: str, role: Role) -> User:
    """Give somebody another role. Raises NotFoundError where nobody has the name, SettingsError where the address
    is not confirmed: what it opens would be open to whoever typed it in."""
    user = await storage.users.by_username(username)
    if user is None:
        raise NotFoundError(f"Nobody is called {username}.")
    if user.confirmed_at is None:
        raise SettingsError(f"{user.username} has not confirmed the address yet; until then the role stays as it is.")
    await storage.users.set_confirmed(user.id, user.confirmed_at, role)
    return user.model_copy(update={"role": role})
