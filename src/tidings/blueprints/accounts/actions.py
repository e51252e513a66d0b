"""What happens to an account, step by step: plain functions with their collaborators as parameters."""

from tidings.blueprints.accounts.administrator import make_administrator
from tidings.blueprints.accounts.forms import RegisterForm
from tidings.blueprints.accounts.links import new_token, use_up
from tidings.clock import Clock
from tidings.documents.mail_token import MailToken, Purpose
from tidings.documents.user import User, email_key, username_key
from tidings.errors import InvalidError, TakenError
from tidings.ids import IdMint
from tidings.mail import Letter
from tidings.mail.letters import Letters
from tidings.mail.postman import Postman
from tidings.parts import PasswordKeeper
from tidings.repositories.protocols import MailTokenRepository, Storage, UserRepository

__all__ = ["confirm", "confirmation_letter", "register", "resend", "sign_in"]


async def register(
    form: RegisterForm,
    storage: Storage,
    passwords: PasswordKeeper,
    letters: Letters,
    clock: Clock,
    ids: IdMint,
    base: str,
) -> Letter:
    """Make an account that waits for its address to be confirmed, and give the letter to send.

    Somebody else's address gets another letter and no account; who fills in the form cannot tell the difference.
    Raises InvalidError for a name that is taken or a password that is no good.
    """
    problem = passwords.problem(form.password, form.username, form.email)
    if problem is not None:
        raise InvalidError({"password": problem})
    taken = InvalidError({"username": "This name is taken. Please choose another."})
    # Asked before the slow hash, for the person's sake; what decides is the unique index.
    users = storage.users
    if await users.by_username(form.username) or await users.by_former_username(form.username):
        raise taken
    now = clock.now()
    user = User(
        id=ids.mint(),
        username=form.username,
        username_key=username_key(form.username),
        email=form.email,
        email_key=email_key(form.email),
        password_hash=await passwords.hash(form.password),
        member_since=now,
        last_seen=now,
    )
    try:
        await storage.users.add(user)
    except TakenError as error:
        if error.field == "username":
            raise taken from error
        owner = await storage.users.by_email(form.email)
        name = owner.username if owner is not None else form.username
        # The same writes as for a new account, so that the time does not tell either: this link is nobody's.
        await new_token(user, Purpose.CONFIRM, storage.mail_tokens, clock)
        return letters.compose("already_registered", form.email, username=name, url_login=f"{base}/login")
    return await confirmation_letter(user, storage.mail_tokens, letters, clock, base)


async def confirmation_letter(
    user: User, tokens: MailTokenRepository, letters: Letters, clock: Clock, base: str
) -> Letter:
    """A letter with a new link, which makes older ones worthless."""
    token = await new_token(user, Purpose.CONFIRM, tokens, clock)
    return letters.compose("confirm", user.email, username=user.username, url=f"{base}/confirm/{token}")


async def resend(email: str, storage: Storage, letters: Letters, postman: Postman, clock: Clock, base: str) -> None:
    """Write to the address where somebody waits to confirm it."""
    user = await storage.users.by_email(email)
    if user is not None and not user.confirmed:
        await postman.post(await confirmation_letter(user, storage.mail_tokens, letters, clock, base))


async def confirm(
    row: MailToken, user: User, storage: Storage, clock: Clock, ids: IdMint, admin_email: str | None
) -> None:
    """Use a live token up and mark the address as confirmed; its owner becomes administrator where it is that address.

    Raises GoneError where the link has just been used.
    """
    await use_up(row, storage.mail_tokens)
    if admin_email is not None and user.email_key == email_key(admin_email):
        await make_administrator(user.id, storage, clock, ids)
    else:
        await storage.users.set_confirmed(user.id, clock.now(), user.role)


async def sign_in(identifier: str, password: str, users: UserRepository, passwords: PasswordKeeper) -> User | None:
    """The person whose name or address and password these are, or None; it takes as long either way."""
    user = await (users.by_email(identifier) if "@" in identifier else users.by_username(identifier))
    if not await passwords.verify(user.password_hash if user is not None else None, password):
        return None
    if user is None or user.suspended_at is not None:
        return None
    if passwords.needs_rehash(user.password_hash):
        fresh = await passwords.hash(password)
        # Never over a password that was changed meanwhile.
        if await users.set_password_hash(user.id, fresh, over=user.password_hash):
            user = user.model_copy(update={"password_hash": fresh})
    return user
